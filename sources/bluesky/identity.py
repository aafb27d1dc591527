"""Resolves a handle to its DID, document and server (PDS), and verifies both directions.

https://atproto.com/specs/handle and https://atproto.com/specs/did. A public document may not point to
loopback; loopback addresses are allowed only if the directory is on loopback too.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ...models.errors import NotFound, SourceError, Unreachable
from ...models.text import clean_line
from ..http import Http
from ..http_errors import RequestRejected
from ..servers import checked_server, is_loopback
from .handles import handle_in, is_did
from .xrpc import value_of

_MAX_BYTES = 1_000_000
_TIMEOUT = 20.0

Published = Callable[[str], Awaitable[str]]


class Identity(msgspec.Struct, frozen=True):
    """An account of the AT Protocol. `handle` is the DID itself if no handle resolves to it."""

    did: str
    handle: str
    pds: str


def appview() -> str:
    """The URL of the public AppView, which needs no sign-in. QUIETFEED_APPVIEW overrides it."""
    return checked_server(os.environ.get("QUIETFEED_APPVIEW") or "https://public.api.bsky.app")


def directory() -> str:
    """The URL of the did:plc directory. QUIETFEED_PLC overrides it."""
    return checked_server(os.environ.get("QUIETFEED_PLC") or "https://plc.directory")


async def resolve(given: str, server: str = "", published: Published | None = None) -> Identity:
    """Resolve a handle or DID with `server` or the public AppView.

    `published` returns the DID that the handle's own web server publishes, or "".
    Raises NotFound if there is no such handle, and SourceError if the DID does not confirm the handle.
    """
    wanted = handle_in(given)
    if not wanted:
        raise NotFound(f"{clean_line(given)[:80]!r} is not a handle: a handle looks like ada.bsky.social.")
    if is_did(wanted):
        return await _resolve_did(wanted, server)
    did = await _did_of(wanted, server, published or _published_did)
    document = await document_of(did)
    if f"at://{wanted}" not in _names(document):
        raise SourceError(
            f"{wanted} points to {did}, which does not confirm the handle, so it cannot be used to sign in."
        )
    return Identity(did, wanted, pds_of(document))


async def _resolve_did(did: str, server: str) -> Identity:
    document = await document_of(did)
    for name in _names(document)[:1]:
        handle = handle_in(name)
        try:
            if handle and await _did_of(handle, server, _published_did) == did:
                return Identity(did, handle, pds_of(document))
        except (NotFound, SourceError):
            # Sign-in works with a broken handle, because the DID identifies the account.
            break
    return Identity(did, did, pds_of(document))


async def _did_of(handle: str, server: str, published: Published) -> str:
    resolver = server or appview()
    try:
        did = await _requested_did(handle, resolver)
    except Unreachable:
        did = await published(handle)
        if not did:
            raise
    did = did or await published(handle)
    if not did:
        raise NotFound(f"There is no account with the handle {handle}: check the spelling.")
    return did


async def _requested_did(handle: str, resolver: str) -> str:
    async with Http(resolver, max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        try:
            path, params = "/xrpc/com.atproto.identity.resolveHandle", {"handle": handle}
            response = await http.retry_once(lambda: http.request("GET", path, params=params))
            did = value_of(response, http.host).get("did")
        except RequestRejected:
            # 400 InvalidRequest "Unable to resolve handle": the handle is unknown.
            return ""
    if isinstance(did, str) and is_did(did):
        return did
    return ""


async def _published_did(handle: str) -> str:
    """The DID that the handle's own web server publishes; "" if there is none."""
    async with Http(f"https://{handle}", max_bytes=_MAX_BYTES, timeout=_TIMEOUT, public_only=True) as http:
        try:
            response = await http.request("GET", "/.well-known/atproto-did")
        except SourceError:
            return ""
    did = response.text.strip()
    if response.status == 200 and is_did(did):
        return did
    return ""


async def document_of(did: str) -> dict[str, Any]:
    """Fetch the document of a DID. Raises SourceError if it is missing or belongs to another DID."""
    if did.startswith("did:plc:"):
        server, path, public_only = directory(), f"/{did}", False
    elif is_did(did):
        # checked_server allows plain http for loopback, which a public DID must not point to.
        server, path = checked_server(unquote(did.removeprefix("did:web:"))), "/.well-known/did.json"
        _reject_loopback(server)
        public_only = True
    else:
        raise SourceError(f"{clean_line(did)[:80]!r} is not a DID that the AT Protocol allows.")
    async with Http(server, max_bytes=_MAX_BYTES, timeout=_TIMEOUT, public_only=public_only) as http:
        response = await http.retry_once(lambda: http.request("GET", path))
    if response.status in (404, 410):
        raise SourceError(f"{http.host} has no document for {did}: the account no longer exists.")
    document = value_of(response, http.host)
    if document.get("id") != did:
        raise SourceError(f"{http.host} returned the document of another account for {did}; it was not used.")
    return document


def pds_of(document: dict[str, Any], *, allow_loopback: bool | None = None) -> str:
    """The address of the PDS in a DID document. `allow_loopback` None allows loopback if the directory is on loopback.

    Raises SourceError if the document names none, or one on the user's own network.
    """
    services = document.get("service")
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            address = service.get("serviceEndpoint")
            if service.get("type") == "AtprotoPersonalDataServer" and isinstance(address, str) and "://" in address:
                server = checked_server(address)
                _reject_loopback(server, allow_loopback)
                return server
    raise SourceError(f"The document of {clean_line(str(document.get('id')))[:80]} has no server for the account.")


def _reject_loopback(server: str, allow_loopback: bool | None = None) -> None:
    if allow_loopback is None:
        allow_loopback = _is_loopback(directory())
    if _is_loopback(server) and not allow_loopback:
        raise SourceError("The account's document points to this machine; quietfeed did not connect.")


def _is_loopback(server: str) -> bool:
    return is_loopback(urlsplit(server).hostname or "")


def _names(document: dict[str, Any]) -> list[str]:
    names = document.get("alsoKnownAs")
    if isinstance(names, list):
        return [name.casefold() for name in names if isinstance(name, str)]
    return []

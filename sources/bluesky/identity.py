"""Who a handle is: handle -> DID -> document -> the server (PDS) that holds the account, checked in both directions.

https://atproto.com/specs/handle and https://atproto.com/specs/did. What a public document names is never an address on
this machine: loopback answers only where loopback asked.
"""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from ...models.errors import NotFound, SourceError, Unreachable
from ...models.text import clean_line
from ..http import Http, checked_server, is_loopback
from ..http_errors import RequestRejected
from .handles import handle_in, is_did
from .xrpc import value_of

_MAX_BYTES = 1_000_000
_TIMEOUT = 20.0


class Identity(msgspec.Struct, frozen=True):
    """An account of the AT Protocol. `handle` is the DID itself where no handle points back to it."""

    did: str
    handle: str
    pds: str


def appview() -> str:
    """The public AppView, which answers without a sign-in; QUIETFEED_APPVIEW names another."""
    return checked_server(os.environ.get("QUIETFEED_APPVIEW") or "https://public.api.bsky.app")


def directory() -> str:
    """The directory of did:plc documents; QUIETFEED_PLC names another."""
    return checked_server(os.environ.get("QUIETFEED_PLC") or "https://plc.directory")


async def resolve(given: str, server: str = "") -> Identity:
    """The account of a handle or DID, asked of `server` or of the public AppView.

    Raises NotFound where there is no such handle, and SourceError where what it points to does not point back.
    """
    wanted = handle_in(given)
    if not wanted:
        raise NotFound(f"{clean_line(given)[:80]!r} is no handle: it looks like ada.bsky.social.")
    if is_did(wanted):
        return await _resolve_did(wanted, server)
    did = await _did_of(wanted, server)
    document = await document_of(did)
    if f"at://{wanted}" not in _names(document):
        raise SourceError(f"{wanted} points to {did}, which does not name it back: nobody can sign in by that handle.")
    return Identity(did, wanted, pds_of(document))


async def _resolve_did(did: str, server: str) -> Identity:
    document = await document_of(did)
    for name in _names(document)[:1]:
        handle = handle_in(name)
        try:
            if handle and await _did_of(handle, server) == did:
                return Identity(did, handle, pds_of(document))
        except (NotFound, SourceError):
            # A broken handle does not keep anybody from signing in: the DID is the name that lasts.
            break
    return Identity(did, did, pds_of(document))


async def _did_of(handle: str, server: str) -> str:
    resolver = server or appview()
    try:
        did = await _asked_did(handle, resolver)
    except Unreachable:
        did = await _published_did(handle)
        if not did:
            raise
    did = did or await _published_did(handle)
    if not did:
        raise NotFound(f"There is no account with the handle {handle}: look for a typing mistake.")
    return did


async def _asked_did(handle: str, resolver: str) -> str:
    async with Http(resolver, max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        try:
            path, params = "/xrpc/com.atproto.identity.resolveHandle", {"handle": handle}
            answer = await http.retry_once(lambda: http.request("GET", path, params=params))
            did = value_of(answer, http.host).get("did")
        except RequestRejected:
            # 400 InvalidRequest "Unable to resolve handle": the resolver does not know it.
            return ""
    return did if isinstance(did, str) and is_did(did) else ""


async def _published_did(handle: str) -> str:
    """What the handle's own web server says, "" where it says nothing."""
    async with Http(f"https://{handle}", max_bytes=_MAX_BYTES, timeout=_TIMEOUT, public_only=True) as http:
        try:
            answer = await http.request("GET", "/.well-known/atproto-did")
        except SourceError:
            return ""
    did = answer.text.strip()
    return did if answer.status == 200 and is_did(did) else ""


async def document_of(did: str) -> dict[str, Any]:
    """The document of a DID. Raises SourceError where there is none, or where it is another's."""
    if did.startswith("did:plc:"):
        server, path, public_only = directory(), f"/{did}", False
    elif is_did(did):
        # checked_server takes plain http for loopback; a public name never leads there.
        server, path = checked_server(unquote(did.removeprefix("did:web:"))), "/.well-known/did.json"
        _reject_loopback(server)
        public_only = True
    else:
        raise SourceError(f"{clean_line(did)[:80]!r} is no DID that the AT Protocol allows.")
    async with Http(server, max_bytes=_MAX_BYTES, timeout=_TIMEOUT, public_only=public_only) as http:
        answer = await http.retry_once(lambda: http.request("GET", path))
    if answer.status in (404, 410):
        raise SourceError(f"{http.host} has no document for {did}: the account is gone.")
    document = value_of(answer, http.host)
    if document.get("id") != did:
        raise SourceError(f"{http.host} answered with another's document for {did}: it was not used.")
    return document


def pds_of(document: dict[str, Any], *, near: bool | None = None) -> str:
    """The server that holds the account, by its document. `near`: loopback may be named (None: as the directory is)."""
    services = document.get("service")
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            address = service.get("serviceEndpoint")
            if service.get("type") == "AtprotoPersonalDataServer" and isinstance(address, str) and "://" in address:
                server = checked_server(address)
                _reject_loopback(server, near)
                return server
    raise SourceError(f"The document of {clean_line(str(document.get('id')))[:80]} names no server for the account.")


def _reject_loopback(server: str, near: bool | None = None) -> None:
    if near is None:
        near = _is_near(directory())
    if _is_near(server) and not near:
        raise SourceError("The account's document points to this very machine: it was not followed.")


def _is_near(server: str) -> bool:
    return is_loopback(urlsplit(server).hostname or "")


def _names(document: dict[str, Any]) -> list[str]:
    names = document.get("alsoKnownAs")
    return [name.casefold() for name in names if isinstance(name, str)] if isinstance(names, list) else []

"""Finds the authorization server of an account, and reads and checks its metadata.

https://atproto.com/specs/oauth: the metadata of an account's server (RFC 9728) names the authorization server,
whose own metadata (RFC 8414) lists its endpoints.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ...models.errors import (
    NotFound,
    SourceError,
)
from ..http import Http
from ..http_errors import RequestRejected
from ..servers import checked_server, is_loopback
from . import identity
from .handles import handle_in
from .xrpc import value_of

MAX_BYTES = 1_000_000

TIMEOUT = 30.0

_OFFERS_NONE = "{host} offers no browser sign-in: use an app password (`quietfeed account add --help`)."


class Issuer(msgspec.Struct, frozen=True):
    """An authorization server and its endpoints, which are URLs on the same server."""

    url: str
    pushed: str
    authorize: str
    token: str
    revoke: str


async def find_server(where: str) -> tuple[str, str, str, bool]:
    """Find the authorization server for what the user typed.

    Returns the expected DID ("" if unknown), the hint for the sign-in page, the URL of the authorization server, and
    whether the user typed its host, which may then be on their own network. Raises SourceError.
    """
    handle = handle_in(where)
    if not handle:
        return "", "", *await _server_behind(checked_server(where))
    try:
        found = await identity.resolve(handle)
    except NotFound:
        # A name like bsky.social may be a server.
        try:
            return "", "", *await _server_behind(checked_server(handle))
        except SourceError:
            pass
        raise
    return found.did, handle, await authorization_server(found.pds, public_only=True), False


async def _server_behind(typed: str) -> tuple[str, bool]:
    """The authorization server of a typed server, and whether both have the same host."""
    try:
        server = await authorization_server(typed, public_only=False)
    except RequestRejected:
        # The typed server is the authorization server itself, without accounts.
        return typed, True
    return server, _has_same_host(server, typed)


async def authorization_server(pds: str, *, public_only: bool) -> str:
    """The authorization server of an account's server (RFC 9728). Raises RequestRejected if it has none."""
    http = Http(pds, max_bytes=MAX_BYTES, timeout=TIMEOUT, public_only=public_only)
    metadata = await _well_known(http, "oauth-protected-resource")
    resource, servers = metadata.get("resource"), metadata.get("authorization_servers")
    named = servers[0] if isinstance(servers, list) and servers else None
    if not isinstance(resource, str) or resource.rstrip("/") != pds or not isinstance(named, str):
        raise SourceError(_OFFERS_NONE.format(host=http.host))
    server = checked_server(named)
    if _is_loopback(server) and not _is_loopback(pds):
        raise SourceError(f"{http.host} points to this machine for its sign-in; quietfeed did not connect.")
    return server


async def read_issuer(server: str, *, public_only: bool = False) -> Issuer:
    """Read the metadata of an authorization server (RFC 8414). Raises SourceError if it lacks a security feature.

    `public_only`: the URL comes from a document, so loopback and private hosts are rejected.
    """
    http = Http(server, max_bytes=MAX_BYTES, timeout=TIMEOUT, public_only=public_only)
    try:
        metadata = await _well_known(http, "oauth-authorization-server")
    except RequestRejected:
        raise SourceError(_OFFERS_NONE.format(host=http.host)) from None
    if metadata.get("issuer") != server:
        raise SourceError(f"{http.host} claims to be another server, so a sign-in there is not safe.")
    if metadata.get("authorization_response_iss_parameter_supported") is not True or not (
        _lists(metadata, "code_challenge_methods_supported", "S256")
        and _lists(metadata, "dpop_signing_alg_values_supported", "ES256")
        and _lists(metadata, "scopes_supported", "atproto")
    ):
        raise SourceError(_OFFERS_NONE.format(host=http.host))
    names = ("pushed_authorization_request_endpoint", "authorization_endpoint", "token_endpoint", "revocation_endpoint")
    pushed, authorize, token, revoke = (_own_address(metadata.get(name), server) for name in names)
    if not (pushed and authorize and token):
        raise SourceError(f"{http.host} signs in through another server, which is not safe.")
    return Issuer(server, pushed, authorize, token, revoke)


async def _well_known(http: Http, name: str) -> dict[str, Any]:
    async with http:
        return value_of(await http.retry_once(lambda: http.request("GET", f"/.well-known/{name}")), http.host)


def _lists(metadata: Mapping[str, Any], name: str, value: str) -> bool:
    found = metadata.get(name)
    return isinstance(found, list) and value in found


def _own_address(address: object, server: str) -> str:
    """The URL if it is on this server, else ""."""
    if not isinstance(address, str) or not address.startswith(f"{server}/"):
        return ""
    if address.isascii() and address.isprintable() and not {" ", "?", "#"} & set(address):
        return address
    return ""


def _has_same_host(one: str, other: str) -> bool:
    return urlsplit(one).hostname == urlsplit(other).hostname


def _is_loopback(server: str) -> bool:
    return is_loopback(urlsplit(server).hostname or "")

"""Signs in with an app password, and signs out. oauth.py signs in with the browser.

https://docs.bsky.app/docs/api/com-atproto-server-create-session
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from ...models.account import Account
from ...models.errors import PermissionMissing, SignInNeeded, SourceError, UsageError, WrongAccount
from ...models.signin import Credentials
from ...models.text import clean_line
from ...sources.bluesky.permissions import missing
from ..addresses import public_addresses
from ..http import Http
from ..servers import checked_server, is_loopback
from . import identity
from .client import CHAT_SERVICE, delete_session, tokens_of
from .handles import handle_in, is_did
from .permissions import CHAT, is_missing
from .xrpc import create_session, message_of, name_of

_PASSWORD_LARGEST = 512


async def with_token(server: str, token: str, handle: str) -> Credentials:
    """Sign in with a handle and an app password, at `server` or, if it is "", at the server of the handle's account.

    Raises UsageError without a handle, NotFound for an unknown handle, and SignInNeeded for a wrong password.
    """
    if not handle:
        raise UsageError("Signing in to Bluesky with an app password needs --handle H.")
    if not handle_in(handle):
        raise SignInNeeded(f"{clean_line(handle)[:80]} is not a handle: a handle looks like ada.bsky.social.")
    if not token.isascii() or not token.isprintable() or len(token) > _PASSWORD_LARGEST:
        raise SignInNeeded("That is not an app password, which looks like abcd-efgh-ijkl-mnop.")
    if server:
        server, did = checked_server(server), ""
    else:
        found = await identity.resolve(handle)
        server, did = found.pds, found.did
    async with Http(server, public_only=bool(did)) as http:
        session = await create_session(http, handle_in(handle), token)
        lacking = await _lacking(http, tokens_of(session, http.host))
    own = session.get("did")
    if not isinstance(own, str) or not is_did(own) or (did and own != did):
        raise WrongAccount(http.host, handle)
    name = handle_in(str(session.get("handle", ""))) or own
    pds = server if did else await _own_server(session, own, server)
    account = Account("bluesky", pds, name, own)
    return Credentials(account, {"kind": "password", "did": own, "pds": pds} | tokens_of(session, http.host), lacking)


async def _lacking(http: Http, tokens: Mapping[str, str]) -> tuple[PermissionMissing, ...]:
    """Warnings about an app password without access to direct messages."""
    headers = {"Authorization": f"Bearer {tokens['access']}", **CHAT_SERVICE}
    try:
        response = await http.request("GET", f"/xrpc/{CHAT}", params={"limit": "1"}, headers=headers)
    except SourceError:
        # The chat service is a separate server, and may be down.
        return ()
    if is_missing(response, name_of(response), message_of(response)):
        return (missing(http.host, CHAT),)
    return ()


async def _own_server(session: dict[str, object], did: str, server: str) -> str:
    """The account's PDS, from the document in the session response: bsky.social signs in for many servers."""
    document = session.get("didDoc")
    if not isinstance(document, dict) or document.get("id") != did:
        return server
    try:
        pds = identity.pds_of(document, allow_loopback=is_loopback(urlsplit(server).hostname or ""))
        if pds != server and not is_loopback(urlsplit(pds).hostname or ""):
            await public_addresses(httpx.URL(pds))
    except (SourceError, OSError, UnicodeError, httpx.InvalidURL):
        return server
    return pds


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Revoke the tokens. Errors of the server are ignored, so that signing out always works."""
    if secret.get("kind") == "oauth":
        from . import oauth

        try:
            await oauth.revoke(secret)
        except SourceError:
            return
        return
    async with Http(server) as http:
        try:
            await delete_session(http, secret)
        except SourceError:
            return

"""Signs in with the browser: OAuth with the AT Protocol profile, as a public client on loopback.

https://atproto.com/specs/oauth: the metadata of the account's server contains the authorization server. The request is
pushed first (PAR, RFC 9126), with PKCE (RFC 7636) and DPoP-bound tokens. The account is accepted only if its own
document leads back to the same authorization server.
"""

import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from ...models.account import Account
from ...models.errors import (
    CodeRejected,
    PermissionMissing,
    SignInDeclined,
    SignInEnded,
    SignInNeeded,
    SourceError,
    TokenUnusable,
    WrongAccount,
)
from ...models.signin import PASTED, Authorization, Credentials
from ...models.text import clean_line
from ..http import Http, Response
from ..pkce import challenge_of
from . import identity
from .dpop import DPoPSigner, new_key
from .handles import is_did
from .oauth_server import MAX_BYTES, TIMEOUT, Issuer, _has_same_host, authorization_server, find_server, read_issuer
from .permissions import optional_missing
from .write_scopes import WRITE_SCOPES
from .xrpc import AGAIN, check_active, value_of

QUERIES = (
    "app.bsky.actor.getPreferences",
    "app.bsky.actor.getProfiles",
    "app.bsky.feed.getActorLikes",
    "app.bsky.feed.getAuthorFeed",
    "app.bsky.feed.getFeed",
    "app.bsky.feed.getFeedGenerators",
    "app.bsky.feed.getListFeed",
    "app.bsky.feed.getPostThread",
    "app.bsky.feed.getPosts",
    "app.bsky.feed.getTimeline",
    "app.bsky.graph.getBlocks",
    "app.bsky.graph.getList",
    "app.bsky.graph.getListBlocks",
    "app.bsky.graph.getListMutes",
    "app.bsky.graph.getLists",
    "app.bsky.graph.getMutes",
    "app.bsky.graph.getRelationships",
    "app.bsky.labeler.getServices",
    "app.bsky.notification.listNotifications",
    "chat.bsky.convo.getMessages",
    "chat.bsky.convo.listConvos",
)
"""Every query that quietfeed sends to an account's server. Each needs its own permission; none writes."""

_PASSED_ON = "app.bsky.feed.getFeedSkeleton"
# The account's server calls it on the feed's server for the user (measured: getFeed needs both permissions).
READING = " ".join(["atproto", *(f"rpc:{nsid}?aud=*" for nsid in (*QUERIES, _PASSED_ON))])
TRANSITIONAL = "atproto transition:generic transition:chat.bsky"
"""Scopes for servers older than https://atproto.com/specs/permission, which have no narrower ones."""

_HERE = "http://127.0.0.1/"
# Characters that need no escaping in a query (RFC 3986, 3.4): without a browser the user copies the URL by hand.
_BARE = ":/?=*"


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Start a sign-in with a handle, a DID or a server, and return the URL to open in the browser.

    With `writing` it also requests the permissions that actions need. Without a loopback port, the browser ends on a
    page that does not load, and the URL of that page contains the code. Raises NotFound for an unknown handle, and
    SourceError.
    """
    did, hint, server, is_typed = await find_server(where)
    issuer = await read_issuer(server, public_only=not is_typed)
    key, verifier, state = new_key(), secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    challenge = challenge_of(verifier)
    back = _HERE if redirect == PASTED else redirect
    form = {
        "response_type": "code",
        "redirect_uri": back,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": hint} if hint else {}),
    }
    client, request = await _push(issuer, DPoPSigner(key), form, writing=writing)
    url = f"{issuer.authorize}?{urlencode({'client_id': client, 'request_uri': request}, safe=_BARE)}"
    return Authorization(issuer.url, url, back, client, "", verifier, state, issuer.url, key, did)


async def _push(issuer: Issuer, signer: DPoPSigner, form: Mapping[str, str], *, writing: bool) -> tuple[str, str]:
    """Push the authorization request (PAR). Returns the client id and the request URI.

    Requests narrow permissions first, and the broad ones of older servers only if the server rejects those.
    """
    narrow = " ".join((READING, *WRITE_SCOPES)) if writing else READING
    async with Http(issuer.url, max_bytes=MAX_BYTES, timeout=TIMEOUT) as http:
        for scope in (narrow, TRANSITIONAL):
            client = f"http://localhost?{urlencode({'redirect_uri': _HERE, 'scope': scope}, safe=_BARE)}"
            data = {**form, "client_id": client, "scope": scope}
            response = await signer.send(http, "POST", issuer.pushed, data=data)
            # Older servers reject unknown permissions with various errors.
            if response.status < 300:
                break
    request = None
    if isinstance(response.value, dict):
        request = response.value.get("request_uri")
    if response.status >= 300 or not isinstance(request, str) or not request:
        raise SourceError(f"{http.host} rejected the sign-in{_error_detail(response)}; an app password may work.")
    return client, request


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Exchange the code (or the pasted URL that contains it) for tokens, and verify their account.

    Raises SignInNeeded if the server rejects the code, or if it belongs to another sign-in or account.
    """
    issuer = await read_issuer(authorization.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": _code_in(authorization, code),
        "redirect_uri": authorization.redirect,
        "client_id": authorization.client_id,
        "code_verifier": authorization.verifier,
    }
    signer = DPoPSigner(authorization.key)
    response, host = await _send(issuer, signer, issuer.token, form)
    if response.status >= 300:
        raise CodeRejected(host)
    tokens = _tokens(response, host)
    did = str(response.value.get("sub"))
    if not is_did(did) or authorization.person not in ("", did):
        raise WrongAccount(host)
    found = await identity.resolve(did)
    public_only = not _has_same_host(found.pds, issuer.url)
    if await authorization_server(found.pds, public_only=public_only) != issuer.url:
        raise SignInNeeded(f"{host} is not the sign-in server of {found.handle}; nothing was saved.")
    await _verify_account(signer, found.pds, did, tokens["access"])
    client = {"issuer": issuer.url, "client_id": authorization.client_id, "key": authorization.key}
    secret = {"kind": "oauth", "did": did, "pds": found.pds, **client, **tokens}
    scopes = tuple(str(response.value.get("scope")).split())
    account = Account("bluesky", found.pds, found.handle, did, scopes=scopes)
    return Credentials(account, secret, optional_missing(urlsplit(found.pds).netloc, scopes))


async def _verify_account(signer: DPoPSigner, pds: str, did: str, token: str) -> None:
    async with Http(pds, max_bytes=MAX_BYTES, timeout=TIMEOUT) as http:
        response = await signer.send(http, "GET", "/xrpc/com.atproto.server.getSession", token)
    session = value_of(response, http.host)
    check_active(session, http.host)
    if session.get("did") != did:
        raise WrongAccount(http.host)


def _code_in(authorization: Authorization, given: str) -> str:
    """Extract the code. For a pasted URL, check state and issuer as the listener does."""
    if authorization.redirect != _HERE:
        return given
    query = parse_qs(given.strip().partition("?")[2])
    state, issuer, code = (query.get(name, [""])[0] for name in ("state", "iss", "code"))
    if query.get("error"):
        raise SignInDeclined
    if not code:
        raise SignInNeeded("That address contains no code: copy the whole address, from http to the end.")
    if state != authorization.state or issuer != authorization.issuer:
        raise SignInNeeded("That address belongs to another sign-in: paste the newest one, or start again.")
    return code


def _tokens(response: Response, host: str) -> dict[str, str]:
    """The tokens of a response, and their lifetime. Raises SignInNeeded or PermissionMissing if they are unusable."""
    value = response.value if isinstance(response.value, dict) else {}
    access, refresh, lives = value.get("access_token"), value.get("refresh_token", ""), value.get("expires_in")
    if not isinstance(access, str) or not access or str(value.get("token_type")).casefold() != "dpop":
        raise SignInNeeded(f"{host} returned no token; an app password may work.")
    scopes = str(value.get("scope")).split()
    reads = any(each == "transition:generic" or "app.bsky.feed.getTimeline" in each for each in scopes)
    if "atproto" not in scopes or not reads:
        raise PermissionMissing(host, "app.bsky.feed.getTimeline", "read your timeline", "allow_reading")
    tokens = {"access": access, "refresh": refresh if isinstance(refresh, str) else ""}
    if isinstance(lives, int) and 0 < lives < 10**9:
        tokens |= {"lives": str(lives), "expires": str(int(time.time()) + lives)}
    return tokens


async def renew(signer: DPoPSigner, secret: Mapping[str, str]) -> dict[str, str]:
    """Renew the tokens; a refresh token works only once. Raises SignInNeeded if the sign-in has ended."""
    issuer = await read_issuer(secret.get("issuer", ""))
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secret.get("refresh", ""),
        "client_id": secret.get("client_id", ""),
    }
    response, host = await _send(issuer, signer, issuer.token, form)
    if response.status >= 300:
        raise SignInEnded(host, AGAIN, expired=True)
    tokens = _tokens(response, host)
    if response.value.get("sub") != secret.get("did"):
        raise TokenUnusable("other_account", AGAIN, host)
    return {**secret, **tokens, "refresh": tokens["refresh"] or secret.get("refresh", "")}


async def revoke(secret: Mapping[str, str]) -> None:
    """Revoke the tokens at the authorization server (RFC 7009). Raises SourceError."""
    issuer = await read_issuer(secret.get("issuer", ""))
    if not issuer.revoke:
        return
    data = {"token": secret.get("refresh", "") or secret.get("access", ""), "client_id": secret.get("client_id", "")}
    await _send(issuer, DPoPSigner(secret.get("key", "")), issuer.revoke, data)


async def _send(issuer: Issuer, signer: DPoPSigner, address: str, form: Mapping[str, str]) -> tuple[Response, str]:
    """Post a form to an authorization server. Returns the response and the host. Raises SourceError."""
    async with Http(issuer.url, max_bytes=MAX_BYTES, timeout=TIMEOUT) as http:
        return await signer.send(http, "POST", address, data=form), http.host


def _error_detail(response: Response) -> str:
    value = response.value if isinstance(response.value, dict) else {}
    detail = value.get("error_description") or value.get("error")
    if isinstance(detail, str) and detail:
        return f" ({clean_line(detail)[:160]})"
    return ""

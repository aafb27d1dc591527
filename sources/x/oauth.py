"""Signs in to X: OAuth 2.0 with PKCE, as a public client with the client ID of the user's own developer app.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code. X compares the whole redirect address with
the one in the app's settings, so the loopback port is fixed. A refresh token works once.
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from ...models.account import Account
from ...models.errors import CodeRejected, SignInDeclined, SignInEnded, SignInNeeded, SourceError, UsageError
from ...models.signin import PASTED, Authorization, Credentials
from ...models.text import clean_line
from ..entities import part_of, text_of
from ..http import Http, Response
from ..pkce import challenge_of
from ..registry import PAID
from ..servers import checked_server, is_loopback
from .requests import AGAIN, SITE, api_of, body_of

SCOPES = ("tweet.read", "users.read", "follows.read", "offline.access")
"""The scopes for reading posts, people and follows, and for staying signed in. None of them writes."""
_HERE = f"http://127.0.0.1:{PAID.redirect_port}/"
_TOKEN, _REVOKE = "/2/oauth2/token", "/2/oauth2/revoke"
_MAX_BYTES = 1_000_000
_TIMEOUT = 30.0
_LONGEST = 200
_LONGEST_LIFE = 10**7
_KINDS = {"tweet.read": "your timeline", "users.read": "profiles", "follows.read": "who you follow"}


def parse_start(text: str) -> tuple[str, str]:
    """Split "CLIENT_ID" or "CLIENT_ID@SERVER" into the client ID and the server; a server is only for tests.

    Raises UsageError for another server than this machine, because a token must not leave X.
    """
    client, at, address = text.strip().rpartition("@")
    if not at and "://" in text:
        client, address = "", text.strip()
    elif not at:
        client, address = text.strip(), ""
    if len(client) > _LONGEST or not client.isascii() or not client.isprintable() or " " in client:
        raise UsageError("That is not a client ID: copy it from your app's page on https://console.x.com.")
    if not address or address.rstrip("/") == SITE:
        return client, SITE
    server = checked_server(address)
    if not is_loopback(urlsplit(server).hostname or ""):
        raise UsageError(f"{clean_line(address)[:80]} is not a server of X.")
    return client, server


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Build the address that the user opens to allow reading. Sends no request. Raises UsageError."""
    if writing:
        raise UsageError("X is read-only in quietfeed: writing cannot be allowed.")
    client, server = parse_start(where)
    if not client:
        raise UsageError("Signing in to X needs the client ID of your developer app: docs/x.md explains how.")
    if redirect == PASTED:
        redirect = _HERE
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    query = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": redirect,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    url = f"{server}/i/oauth2/authorize?{urlencode(query, quote_via=quote)}"
    return Authorization(server, url, redirect, client, "", verifier, state, scopes=" ".join(SCOPES))


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Exchange the code, or the pasted address that contains it, for tokens, and find their account.

    Raises SignInNeeded if the code is rejected or belongs to another sign-in.
    """
    form = {
        "grant_type": "authorization_code",
        "code": _code_in(authorization, code),
        "redirect_uri": authorization.redirect,
        "client_id": authorization.client_id,
        "code_verifier": authorization.verifier,
    }
    async with Http(api_of(authorization.server), max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        response = await http.request("POST", _TOKEN, data=form)
        if _error_of(response) == "unauthorized_client":
            raise SignInNeeded("This app of X has a secret: choose Native App as its type on console.x.com.")
        if response.status >= 300:
            raise CodeRejected(http.host)
        tokens = _tokens(response, http.host)
    return await _credentials(authorization.server, {"client_id": authorization.client_id, **tokens})


def _error_of(response: Response) -> str:
    """The error code of a token response (RFC 6749, section 5.2)."""
    if isinstance(response.value, dict):
        return text_of(response.value, "error")
    return ""


def _code_in(authorization: Authorization, given: str) -> str:
    """The code: as the loopback port received it, or in a pasted address, whose state must match."""
    if "://" not in given:
        return given
    parts = urlsplit(given.strip())
    query = parse_qs(parts.query)
    state, code = (query.get(name, [""])[0] for name in ("state", "code"))
    if f"{parts.scheme}://{parts.netloc}{parts.path}" != authorization.redirect or state != authorization.state:
        raise SignInNeeded("That address belongs to another sign-in: paste the newest one, or start again.")
    if query.get("error"):
        raise SignInDeclined
    if not code:
        raise SignInNeeded("That address contains no code: copy the whole address, from http to the end.")
    return code


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with a token that the user got elsewhere.

    With a client ID in `server` it is a refresh token, which is renewed at once. Without one it is an access token,
    which ends after two hours. Raises SignInNeeded.
    """
    del handle
    client, place = parse_start(server)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SignInNeeded("That is not a token, which is one word of letters and digits.")
    if not client:
        return await _credentials(place, {"access": token})
    return await _credentials(place, await renew(place, {"client_id": client, "refresh": token}))


async def renew(server: str, secret: Mapping[str, str]) -> dict[str, str]:
    """Renew the tokens; the refresh token works once. Raises SignInEnded if X no longer accepts it."""
    refresh = secret.get("refresh", "")
    async with Http(api_of(server), max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        if not refresh:
            raise SignInEnded(http.host, AGAIN, expired=True)
        form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": secret.get("client_id", "")}
        response = await http.request("POST", _TOKEN, data=form)
        if response.status >= 300:
            raise SignInEnded(http.host, AGAIN, expired=True)
        tokens = _tokens(response, http.host)
    return {**secret, **tokens, "refresh": tokens["refresh"] or refresh}


def _tokens(response: Response, host: str) -> dict[str, str]:
    value = response.value if isinstance(response.value, dict) else {}
    access, lives = value.get("access_token"), value.get("expires_in")
    if not isinstance(access, str) or not access or str(value.get("token_type")).casefold() != "bearer":
        raise SignInNeeded(f"{host} returned no token for this code; sign in again.")
    granted = str(value.get("scope") or " ".join(SCOPES)).split()
    lacking = [what for scope, what in _KINDS.items() if scope not in granted]
    if lacking:
        raise SignInNeeded(f"{host} granted no permission to read {lacking[0]}: sign in again and allow it.")
    refresh = value.get("refresh_token")
    tokens = {"access": access, "refresh": refresh if isinstance(refresh, str) else "", "scope": " ".join(granted)}
    if isinstance(lives, int) and 0 < lives < _LONGEST_LIFE:
        tokens["expires"] = str(int(time.time()) + lives)
    return tokens


async def _credentials(server: str, secret: dict[str, str]) -> Credentials:
    """Find the account of a token with one request, which costs one user read."""
    async with Http(api_of(server), max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        headers = {"Authorization": f"Bearer {secret['access']}"}
        body = body_of(await http.request("GET", "/2/users/me", headers=headers), http.host)
    me: Mapping[str, Any] = part_of(body, "data") or {}
    person, handle = text_of(me, "id"), text_of(me, "username").casefold()
    if not person.isdecimal() or not handle:
        raise SourceError(f"{http.host} returned no account for this token.")
    scopes = tuple(secret.pop("scope", " ".join(SCOPES[:-1])).split())
    start = secret.get("client_id", "")
    if start and server != SITE:
        start = f"{start}@{server}"
    if start:
        # The start of the next sign-in.
        secret["start"] = start
    return Credentials(Account(PAID.name, server, handle, person, scopes=scopes), secret)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Revoke the tokens (RFC 7009). Errors of the server are ignored, so that signing out always works."""
    client = secret.get("client_id", "")
    if not client:
        return
    async with Http(api_of(server), max_bytes=_MAX_BYTES, timeout=_TIMEOUT) as http:
        try:
            token = secret.get("refresh", "") or secret.get("access", "")
            await http.request("POST", _REVOKE, data={"token": token, "client_id": client})
        except SourceError:
            return

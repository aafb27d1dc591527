"""Signs in: registers the app, runs the authorization-code flow with PKCE, and verifies the token before it is saved.

https://docs.joinmastodon.org/spec/oauth/ and RFC 7636. Servers without PKCE ignore it. snac returns a token for a wrong
code, so every token is verified with verify_credentials first.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from msgspec.structs import replace

from ...models.account import Account
from ...models.errors import CodeRejected, PermissionMissing, SignInNeeded, SourceError, TokenRejected
from ...models.signin import PASTED, Authorization, Credentials
from ...models.text import status_words
from ..entities import Entity, text_of
from ..http import Http
from ..http_errors import RequestRejected
from ..pkce import challenge_of
from ..servers import checked_server
from .paging import ask
from .people import handle_of
from .scopes import PROBES, Permission, missing_from, permission_for, permission_missing, wanted_scopes


async def begin(server: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Register an app and return the URL where the user allows it to read, and with `writing` also to act.

    An app cannot request more scopes than it was registered with, so each sign-in registers a new one. Raises
    SourceError.
    """
    scopes = wanted_scopes(writing=writing)
    server = checked_server(server)
    async with Http(server) as http:
        try:
            response = await http.post(
                "/api/v1/apps", {"client_name": "quietfeed", "redirect_uris": redirect, "scopes": scopes}
            )
            app: Entity = {}
            if isinstance(response.value, dict):
                app = response.value
            client_id, client_secret = text_of(app, "client_id"), text_of(app, "client_secret")
            if not client_id:
                raise SourceError(f"{urlsplit(server).netloc} did not register quietfeed; is it a Mastodon server?")
            pkce = await _offers_pkce(http)
        except RequestRejected as error:
            if error.kind == "blocked":
                raise
            returned = status_words(error.status, error.detail)
            raise SourceError(
                f"{urlsplit(server).netloc} is not a Mastodon server, or accepts no apps (it returned {returned})."
            ) from None
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect,
        "scope": scopes,
        "state": state,
    }
    if pkce:
        query |= {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    url = f"{server}/oauth/authorize?{urlencode(query)}"
    return Authorization(
        server, url, redirect, client_id, client_secret, verifier if pkce else "", state, scopes=scopes
    )


async def _offers_pkce(http: Http) -> bool:
    try:
        response = await http.get("/.well-known/oauth-authorization-server")
    except SourceError:
        return False
    if not isinstance(response.value, dict):
        return False
    methods = response.value.get("code_challenge_methods_supported")
    return isinstance(methods, list) and "S256" in methods


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Exchange the code for a token and verify it. Raises SignInNeeded if the server rejects the code."""
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": authorization.client_id,
        "client_secret": authorization.client_secret,
        "redirect_uri": authorization.redirect,
        "scope": authorization.scopes,
    }
    if authorization.verifier:
        data["code_verifier"] = authorization.verifier
    async with Http(authorization.server) as http:
        try:
            response = await http.post("/oauth/token", data)
        except (RequestRejected, SignInNeeded):
            raise CodeRejected(http.host) from None
    if isinstance(response.value, dict):
        token = response.value.get("access_token")
    else:
        token = None
    if not isinstance(token, str) or not token:
        raise SignInNeeded("The server returned no token for this code; sign in again.")
    found = await with_token(authorization.server, token, text_of(response.value, "scope"))
    secret = {"token": token, "client_id": authorization.client_id, "client_secret": authorization.client_secret}
    return Credentials(
        replace(found.account, scopes=_granted(response.value, authorization.scopes)), secret, found.lacking
    )


def _granted(response: Entity, requested: str) -> tuple[str, ...]:
    """The granted scopes. A server that does not list them granted the requested ones."""
    return tuple((text_of(response, "scope") or requested).split())


async def with_token(server: str, token: str, scopes: str = "") -> Credentials:
    """Verify a token and find its account. `scopes` are the granted scopes; "" if unknown.

    Raises SignInNeeded if the server rejects the token, and PermissionMissing if it cannot read the timeline.
    """
    server = checked_server(server)
    host = urlsplit(server).netloc
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SignInNeeded("That is not a token, which is one word of letters and digits.")
    async with Http(server, token) as http:
        try:
            response = await ask(http, "/api/v1/accounts/verify_credentials")
            lacking = await _lacking(http, scopes)
        except SignInNeeded:
            raise TokenRejected(host) from None
        except RequestRejected as error:
            if error.status == 401:
                raise TokenRejected(host) from None
            # Mastodon returns 422 for an app token without a user.
            if error.status == 422:
                raise SignInNeeded(
                    f"{host} returned no account for this token: create a token for your account."
                ) from None
            if error.status == 403:
                raise
            raise SourceError(f"{host} returned no account for this token; is it a Mastodon server?") from None
    me: Entity = response.value if isinstance(response.value, dict) else {}
    if not text_of(me, "id"):
        raise SourceError(f"{host} returned no account for this token; is it a Mastodon server?")
    account = Account("mastodon", server, handle_of(me, host), text_of(me, "id"))
    needed = [each for each in lacking if each.required]
    if needed:
        raise permission_missing(host, needed[0])
    return Credentials(account, {"token": token}, tuple(permission_missing(host, each) for each in lacking))


async def _lacking(http: Http, scopes: str) -> list[Permission]:
    """The permissions that a token lacks, from its scopes or else by trying."""
    if any(each.partition(":")[0] == "read" for each in scopes.split()):
        return missing_from(scopes.split())
    found: dict[str, Permission] = {}
    try:
        app = await http.get("/api/v1/apps/verify_credentials")
        scopes_found = None
        if isinstance(app.value, dict):
            scopes_found = app.value.get("scopes")
        if isinstance(scopes_found, list) and "read" not in scopes_found:
            found = {each.scope: each for each in missing_from(map(str, scopes_found))}
    except SourceError:
        # Not every server has this endpoint, and a token may have fewer scopes than its app.
        pass
    for path in PROBES:
        try:
            await ask(http, path, {"limit": 1})
        except PermissionMissing:
            permission = permission_for(path)
            found[permission.scope] = permission
        except SourceError:
            continue
    return list(found.values())


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Revoke the token. Errors of the server are ignored, so that signing out always works."""
    if "client_id" not in secret:
        return
    async with Http(server) as http:
        try:
            await http.post("/oauth/revoke", {key: secret[key] for key in ("client_id", "client_secret", "token")})
        except SourceError:
            return

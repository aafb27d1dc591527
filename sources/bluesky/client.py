"""The XRPC client of the account's server (PDS), which proxies requests to the AppView and the chat service.

Tokens are renewed shortly before they expire, or when the server reports that they have expired. New tokens are stored
at once, because the old refresh token stops working. A public AppView is used without a token.
"""

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from ...models.account import Account
from ...models.errors import PermissionMissing, SignInEnded, SignInNeeded, SourceError, StoreError
from ...models.signin import SecretStore
from ..http import Http, Response, checked_server
from ..http_errors import RequestRejected
from ..threads import in_daemon_thread
from ..uploading import CountedBody
from .identity import appview
from .permissions import missing, not_granted, scopes_of
from .xrpc import AGAIN, name_of, refuse, value_of

if TYPE_CHECKING:
    from .dpop import DPoPSigner

Secret = dict[str, str]

# The service that the PDS proxies chat requests to: https://docs.bsky.app/docs/api/chat-bsky-convo-list-convos
CHAT_SERVICE = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}
_EARLY = 60.0
_FOREVER = float("inf")


class Client:
    """The XRPC queries and procedures of one signed-in account. Raises SourceError and nothing else.

    `secret` is the result of the sign-in. `store` saves it; another quietfeed process may renew it there.
    """

    def __init__(
        self,
        account: Account,
        secret: Mapping[str, str],
        store: SecretStore | None = None,
    ) -> None:
        self._account = account
        self._http = Http(account.server)
        self.accept_labelers = ""
        """The atproto-accept-labelers header; "" uses the default of the AppView."""
        self.content_labelers = ""
        """The atproto-content-labelers header of the last response."""
        self._store = store
        self._renewal: asyncio.Task[None] | None = None
        self._signer = _signer(secret)
        self._use(dict(secret), remaining=lifetime(secret)[0])

    @property
    def server(self) -> str:
        """The base URL of the server."""
        return self._account.server

    def server_time(self) -> datetime | None:
        """The current time by the server's clock; None if unknown."""
        return self._http.server_time()

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The missing permissions that have caused a rejection, each once.

        After the first rejection, a browser sign-in also lists every scope that an older quietfeed did not request.
        """
        lacking = dict(self._http.lacking)
        if lacking and self._signer is not None:
            from .oauth import QUERIES

            for nsid in not_granted(scopes_of(self._secret), QUERIES):
                lacking.setdefault(nsid, missing(self._http.host, nsid))
        return tuple(lacking.values())

    def _use(self, secret: Secret, *, remaining: float) -> None:
        self._secret = secret
        self._good_until = time.monotonic() + remaining

    async def get(self, nsid: str, params: Any = None) -> Any:
        """Call a query and return its JSON. `params` is a mapping or a list of pairs, as in httpx."""
        return await self._http.retry_once(lambda: self._get(nsid, params))

    async def post(self, nsid: str, body: Mapping[str, Any]) -> Any:
        """Call a procedure and return its JSON. Never retried, except after a rejection for an expired token."""
        return await self._call(nsid, "POST", json=body)

    async def upload(self, nsid: str, body: CountedBody, size: int, mime: str) -> Any:
        """Call a procedure with a file of `size` bytes and return its JSON.

        A repeated upload of the same file is the same blob.
        """
        return await self._call(nsid, "POST", content=body, headers={"Content-Type": mime, "Content-Length": str(size)})

    async def _get(self, nsid: str, params: Any) -> Any:
        return await self._call(nsid, "GET", params=params)

    async def _call(self, nsid: str, method: str, **parts: Any) -> Any:
        if time.monotonic() > self._good_until - _EARLY:
            await self._renew(self._secret.get("access", ""))
        used = self._secret.get("access", "")
        response = await self._ask(nsid, method, **parts)
        if used and _is_expired(response):
            await self._renew(used)
            response = await self._ask(nsid, method, **parts)
        try:
            return value_of(response, self._http.host, nsid)
        except PermissionMissing as error:
            # The user chose to create the app password without direct messages, and saw a warning at sign-in.
            if method == "GET" and (self._signer is not None or not nsid.startswith("chat.")):
                self._http.lacking.setdefault(nsid, error)
            raise
        except SignInNeeded:
            if used or self._account.remote_id or (response.status != 401 and name_of(response) != "AuthMissing"):
                raise
            raise RequestRejected(
                self._http.host, response.status, kind="members_only", name=name_of(response)
            ) from None

    async def _ask(self, nsid: str, method: str, **parts: Any) -> Response:
        headers: dict[str, str] = dict(parts.pop("headers", {}))
        if nsid.startswith("chat.bsky."):
            headers |= CHAT_SERVICE
        if self.accept_labelers and nsid.startswith("app.bsky."):
            headers["atproto-accept-labelers"] = self.accept_labelers
        path, token = f"/xrpc/{nsid}", self._secret.get("access", "")
        if self._signer is not None:
            response = await self._signer.send(self._http, method, path, token, headers=headers, **parts)
        else:
            if token:
                headers["Authorization"] = f"Bearer {token}"
            response = await self._http.request(method, path, headers=headers, **parts)
        self.content_labelers = response.headers.get("atproto-content-labelers", self.content_labelers)
        return response

    async def _renew(self, used: str) -> None:
        """Replace the access token `used`. Concurrent callers wait for the same renewal.

        A cancelled caller does not cancel it: a refresh token works once, so its result must be stored.
        """
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew_alone(used))
        await asyncio.shield(self._renewal)

    async def _renew_alone(self, used: str) -> None:
        alone = self._store.lock() if self._store else nullcontext()
        # Another quietfeed may hold the lock until its server responds.
        await asyncio.to_thread(alone.__enter__)
        try:
            if self._secret.get("access", "") != used or await self._adopted():
                return
            try:
                secret = await self._refreshed()
            except SignInNeeded:
                if await self._adopted():
                    return
                raise
            self._use(secret, remaining=lifetime(secret)[1])
            if self._store is not None:
                await in_daemon_thread(partial(self._store.save, secret))
        except StoreError as error:
            raise SourceError(f"The renewed sign-in could not be saved: {error}") from None
        finally:
            alone.__exit__(None, None, None)

    async def _adopted(self) -> bool:
        """Use the stored secret if another process has renewed it. Returns whether it is still fresh."""
        if self._store:
            stored = await in_daemon_thread(self._store.load)
        else:
            stored = None
        own = self._secret
        if not stored or stored.get("refresh") == own.get("refresh") or stored.get("did") != own.get("did"):
            return False
        remaining = lifetime(stored)[0]
        self._use(dict(stored), remaining=remaining)
        self._signer = _signer(stored)
        return remaining > _EARLY

    async def _refreshed(self) -> Secret:
        if self._signer is not None:
            from .oauth import renew

            return await renew(self._signer, self._secret)
        return await refresh_session(self._http, self._secret)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for a running renewal, then close the connection."""
        if self._renewal is not None and not self._renewal.done():
            await asyncio.wait({self._renewal})
        await self._http.close()


def _signer(secret: Mapping[str, str]) -> "DPoPSigner | None":
    """The DPoP signer of a browser sign-in, else None. Imports cryptography only when it is needed."""
    if secret.get("kind") != "oauth":
        return None
    from .dpop import DPoPSigner

    return DPoPSigner(secret.get("key", ""))


def public_client(server: str = "") -> Client:
    """A client of the public AppView, or of `server`, without a sign-in."""
    return Client(Account("bluesky", checked_server(server) if server else appview(), "", ""), {})


async def refresh_session(http: Http, secret: Secret) -> Secret:
    """Renew the tokens (com.atproto.server.refreshSession). Raises SignInNeeded if they are revoked."""
    headers = {"Authorization": f"Bearer {secret.get('refresh', '')}"}
    response = await http.request("POST", "/xrpc/com.atproto.server.refreshSession", headers=headers)
    if name_of(response) in ("ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"):
        raise SignInEnded(http.host, AGAIN, expired=True)
    session = value_of(response, http.host)
    return secret | tokens_of(session, http.host)


async def delete_session(http: Http, secret: Mapping[str, str]) -> None:
    """End the session (com.atproto.server.deleteSession). Both tokens stop working."""
    headers = {"Authorization": f"Bearer {secret.get('refresh', '')}"}
    refuse(await http.request("POST", "/xrpc/com.atproto.server.deleteSession", headers=headers), http.host)


def tokens_of(session: Mapping[str, Any], host: str) -> Secret:
    """The tokens of a session. Raises SourceError if they are missing."""
    access, refresh = session.get("accessJwt"), session.get("refreshJwt")
    if not isinstance(access, str) or not isinstance(refresh, str) or not access or not refresh:
        raise SourceError(f"{host} returned no tokens; is it a server of the AT Protocol?")
    return {"access": access, "refresh": refresh}


def lifetime(secret: Mapping[str, str]) -> tuple[float, float]:
    """The remaining seconds of an access token by the local clock, and its total seconds; infinite if unknown.

    The signature is not checked, because the result only decides when to renew. Right after a renewal the total is more
    reliable, because it does not depend on the local clock.
    """
    try:
        if "expires" in secret:
            return float(secret["expires"]) - time.time(), max(float(secret["lives"]), 2 * _EARLY)
        middle = secret["access"].split(".")[1]
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        expires = float(claims["exp"])
        total = expires - float(claims.get("iat", time.time()))
    except (KeyError, IndexError, ValueError, TypeError):
        return _FOREVER, _FOREVER
    return expires - time.time(), max(total, 2 * _EARLY)


def _is_expired(response: Response) -> bool:
    # A DPoP-bound token is rejected with 401 and a challenge (RFC 9449, 7.1), a session token with 400 and a name.
    challenge = response.headers.get("www-authenticate", "")
    bound = response.status == 401 and ("invalid_token" in challenge or name_of(response) == "invalid_token")
    return bound or (response.status >= 400 and name_of(response) == "ExpiredToken")

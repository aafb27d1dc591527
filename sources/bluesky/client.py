"""The XRPC client of the account's server (PDS), which proxies requests to the AppView and the chat service.

Tokens are renewed shortly before they expire, or when the server reports that they have expired. New tokens are stored
at once, because the old refresh token stops working. A public AppView is used without a token.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from ...models.account import Account
from ...models.errors import PermissionMissing, SignInEnded, SignInNeeded, SourceError
from ...models.signin import SecretStore
from ..http import Http, Response
from ..http_errors import RequestRejected
from ..renewal import Secret, TokenRenewal
from ..servers import checked_server
from ..uploading import CountedBody
from .identity import appview
from .permissions import missing, not_granted, scopes_of
from .xrpc import AGAIN, name_of, raise_rejection, value_of

if TYPE_CHECKING:
    from .dpop import DPoPSigner

# The service that the PDS proxies chat requests to: https://docs.bsky.app/docs/api/chat-bsky-convo-list-convos
CHAT_SERVICE = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}


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
        self._signer = _signer(secret)
        self._tokens = TokenRenewal(secret, store, self._request_renewal, on_adopted=self._use_signer_of)

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

            for nsid in not_granted(scopes_of(self._tokens.secret), QUERIES):
                lacking.setdefault(nsid, missing(self._http.host, nsid))
        return tuple(lacking.values())

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
        await self._tokens.renew_if_expiring()
        used = self._tokens.access
        response = await self._ask(nsid, method, **parts)
        if used and _is_expired(response):
            await self._tokens.renew(used)
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
        path, token = f"/xrpc/{nsid}", self._tokens.access
        if self._signer is not None:
            response = await self._signer.send(self._http, method, path, token, headers=headers, **parts)
        else:
            if token:
                headers["Authorization"] = f"Bearer {token}"
            response = await self._http.request(method, path, headers=headers, **parts)
        self.content_labelers = response.headers.get("atproto-content-labelers", self.content_labelers)
        return response

    async def _request_renewal(self, secret: Secret) -> Secret:
        if self._signer is not None:
            from .oauth import renew

            return await renew(self._signer, secret)
        return await refresh_session(self._http, secret)

    def _use_signer_of(self, secret: Mapping[str, str]) -> None:
        self._signer = _signer(secret)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for a running renewal, then close the connection."""
        try:
            await self._tokens.close()
        finally:
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
    """End the session (com.atproto.server.deleteSession). Both tokens stop working. Raises SourceError."""
    headers = {"Authorization": f"Bearer {secret.get('refresh', '')}"}
    raise_rejection(await http.request("POST", "/xrpc/com.atproto.server.deleteSession", headers=headers), http.host)


def tokens_of(session: Mapping[str, Any], host: str) -> Secret:
    """The tokens of a session. Raises SourceError if they are missing."""
    access, refresh = session.get("accessJwt"), session.get("refreshJwt")
    if not isinstance(access, str) or not isinstance(refresh, str) or not access or not refresh:
        raise SourceError(f"{host} returned no tokens; is it a server of the AT Protocol?")
    return {"access": access, "refresh": refresh}


def _is_expired(response: Response) -> bool:
    # A DPoP-bound token is rejected with 401 and a challenge (RFC 9449, 7.1), a session token with 400 and a name.
    challenge = response.headers.get("www-authenticate", "")
    bound = response.status == 401 and ("invalid_token" in challenge or name_of(response) == "invalid_token")
    return bound or (response.status >= 400 and name_of(response) == "ExpiredToken")

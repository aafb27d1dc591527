"""The client of X's API for one account. Every request is counted by the meter before it is sent.

The addresses and their errors are in requests.py. Tokens are renewed shortly before they expire, or when X rejects
them. The renewed tokens are stored before the first request with them.
"""

from collections.abc import Iterable, Mapping

from ...models.account import Account
from ...models.errors import (
    ConnectionFailed,
    RateLimited,
    RequestRejected,
    ServerError,
    SourceError,
)
from ...models.paid import Cost, Meter, Purpose
from ...models.signin import SecretStore
from ..entities import Entity, parts_of
from ..http import Http, Response
from ..renewal import Secret, TokenRenewal
from .oauth import renew
from .prices import USER, charge_of
from .requests import api_of, body_of
from .words import TWEET, Words, other, rejects_words

_BATCH = 100
_UNSENT = ("unknown_host", "refused", "bad_certificate")


class Client:
    """GET requests of one account. Raises SourceError, and StoreError if the spending cannot be stored."""

    def __init__(self, account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> None:
        self._account = account
        self._http = Http(api_of(account.server))
        self._tokens = TokenRenewal(secret, store, self._request_renewal, save_first=True)
        self._words: dict[str, Words] = {}
        """The vocabulary that each operation accepts."""
        self.meter: Meter | None = None

    async def read_posts(
        self,
        operation: str,
        path: str,
        params: Mapping[str, str],
        cost: Cost,
        unit: int,
        *,
        references: bool = True,
        authors: bool = False,
    ) -> Entity:
        """GET posts in the vocabulary that the server accepts. `unit` is the price of a post of `data`.

        The other vocabulary is tried if the server rejects the first one; a rejected request costs nothing.
        `references`: also the posts that they refer to, pictures and polls. `authors`: with the ids of their authors.
        """
        words = self._words.get(operation, TWEET)
        named = words.named(references=references, authors=authors)
        response = await self._respond(path, {**params, **named}, cost, unit)
        if response.status == 400 and rejects_words(response.value, words):
            words = other(words)
            named = words.named(references=references, authors=authors)
            response = await self._respond(path, {**params, **named}, cost, unit)
        value = body_of(response, self._http.host)
        self._words[operation] = words
        return value

    async def read_users(self, ids: Iterable[str], fields: str, purpose: Purpose) -> list[Entity]:
        """GET users by their ids, in batches. Those who are gone are left out."""
        wanted = list(dict.fromkeys(ids))
        found: list[Entity] = []
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            cost = Cost(purpose, len(part) * USER)
            try:
                value = await self.get("/2/users", {"ids": ",".join(part), "user.fields": fields}, cost, USER)
            except RequestRejected as error:
                if not error.name:
                    raise
                continue
            found += parts_of(value, "data")
        return found

    async def get(self, path: str, params: Mapping[str, str], cost: Cost, unit: int) -> Entity:
        """GET an object."""
        return body_of(await self._respond(path, params, cost, unit), self._http.host)

    async def _respond(self, path: str, params: Mapping[str, str], cost: Cost, unit: int) -> Response:
        """Send a request, and once more with renewed tokens. Each attempt is counted."""
        await self._tokens.renew_if_expiring()
        used = self._tokens.access
        response = await self._counted(path, params, cost, unit)
        if response.status == 401 and self._tokens.secret.get("refresh"):
            await self._tokens.renew(used)
            response = await self._counted(path, params, cost, unit)
        return response

    async def _counted(self, path: str, params: Mapping[str, str], cost: Cost, unit: int) -> Response:
        meter = self.meter
        if meter is None:
            raise SourceError("No request was sent, because its cost cannot be counted.")
        reservation = meter.reserve(cost)
        headers = {"Authorization": f"Bearer {self._tokens.access}"}
        try:
            response = await self._http.request("GET", path, params=dict(params), headers=headers)
        except (RateLimited, ServerError):
            meter.settle(reservation, 0, 0)
            raise
        except ConnectionFailed as error:
            # A request that was interrupted later may have been charged.
            if error.cause in _UNSENT:
                meter.settle(reservation, 0, 0)
            raise
        if response.status >= 300:
            meter.settle(reservation, 0, 0)
        elif isinstance(response.value, Mapping):
            meter.settle(reservation, *charge_of(response.value, unit))
        # Otherwise the cost of the response is unknown, so it stays counted in full.
        return response

    async def _request_renewal(self, secret: Secret) -> Secret:
        return await renew(self._account.server, secret)

    @property
    def host(self) -> str:
        """The host of the API."""
        return self._http.host

    async def close(self) -> None:
        """Wait for a running renewal, then close the connection."""
        try:
            await self._tokens.close()
        finally:
            await self._http.close()

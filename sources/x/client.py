"""The client of X's API for one account. Every request is counted by the meter before it is sent.

Tokens are renewed shortly before they expire, or when X rejects them. The renewed tokens are stored before the first
request with them, because the old refresh token no longer works.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import partial

from ...models.account import Account
from ...models.errors import (
    ConnectionFailed,
    RateLimited,
    RequestRejected,
    ServerError,
    SignInEnded,
    SourceError,
    StoreError,
)
from ...models.paid import Cost, Meter, Purpose
from ...models.signin import SecretStore
from ..entities import Entity, parts_of
from ..http import Http, Response
from ..threads import in_daemon_thread
from .oauth import renew
from .prices import USER, charge_of
from .requests import api_of, body_of
from .words import TWEET, Words, other, rejects_words

_EARLY = 60.0
_BATCH = 100
_UNSENT = ("unknown_host", "refused", "bad_certificate")


class Client:
    """GET requests of one account. Raises SourceError, and StoreError if the spending cannot be stored."""

    def __init__(self, account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> None:
        self._account = account
        self._http = Http(api_of(account.server))
        self._store = store
        self._secret = dict(secret)
        self._unsaved: dict[str, str] | None = None
        self._renewal: asyncio.Task[None] | None = None
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
        if time.time() > float(self._secret.get("expires", "inf")) - _EARLY:
            await self._renew(self._secret.get("access", ""))
        used = self._secret.get("access", "")
        response = await self._counted(path, params, cost, unit)
        if response.status == 401 and self._secret.get("refresh"):
            await self._renew(used)
            response = await self._counted(path, params, cost, unit)
        return response

    async def _counted(self, path: str, params: Mapping[str, str], cost: Cost, unit: int) -> Response:
        meter = self.meter
        if meter is None:
            raise SourceError("No request was sent, because nothing counts what it costs.")
        reservation = meter.reserve(cost)
        headers = {"Authorization": f"Bearer {self._secret.get('access', '')}"}
        try:
            response = await self._http.request("GET", path, params=dict(params), headers=headers)
        except (RateLimited, ServerError):
            meter.settle(reservation, 0, 0)
            raise
        except ConnectionFailed as error:
            # A request that was cut off later may have been charged.
            if error.cause in _UNSENT:
                meter.settle(reservation, 0, 0)
            raise
        if response.status >= 300:
            meter.settle(reservation, 0, 0)
        elif isinstance(response.value, Mapping):
            meter.settle(reservation, *charge_of(response.value, unit))
        # Otherwise what the response cost is unknown: it stays counted in full.
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
            if self._unsaved is None:
                try:
                    self._unsaved = await renew(self._account.server, self._secret)
                except SignInEnded:
                    if await self._adopted():
                        return
                    raise
            if self._store is not None:
                await in_daemon_thread(partial(self._store.save, self._unsaved))
            self._secret, self._unsaved = self._unsaved, None
        except StoreError as error:
            raise SourceError(f"The renewed sign-in could not be saved: {error}") from None
        finally:
            alone.__exit__(None, None, None)

    async def _adopted(self) -> bool:
        """Use the stored tokens if another process has renewed them. Returns whether they are still fresh."""
        stored = None
        if self._store is not None:
            stored = await in_daemon_thread(self._store.load)
        if not stored or stored.get("access") == self._secret.get("access"):
            return False
        self._secret = dict(stored)
        return time.time() < float(stored.get("expires", "inf")) - _EARLY

    @property
    def host(self) -> str:
        """The host of the API."""
        return self._http.host

    async def close(self) -> None:
        """Wait for a running renewal, then close the connection."""
        if self._renewal is not None and not self._renewal.done():
            await asyncio.wait({self._renewal})
        await self._http.close()

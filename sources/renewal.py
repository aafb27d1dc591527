"""Renews the tokens of a sign-in: once for all callers that wait for it, and in one process at a time.

A refresh token usually works once (RFC 9700, 4.14.2), so renewed tokens are stored at once, and tokens that another
process has stored are used instead of a second renewal.
"""

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from functools import partial

from ..models.errors import SignInNeeded, SourceError, StoreError
from ..models.signin import SecretStore
from .threads import in_daemon_thread

EARLY = 60.0
"""Seconds before the expiry of an access token at which it is renewed."""
_FOREVER = float("inf")

Secret = dict[str, str]


class TokenRenewal:
    """The current secret of one account, and its renewal.

    `request` sends the renewal and returns the new secret. It raises SignInNeeded if the refresh token is rejected.
    `store` saves the secret; other quietfeed processes may renew it there. With `save_first`, renewed tokens are not
    used before they are saved. `on_adopted` is called with the secret of another process before it is used.
    """

    def __init__(
        self,
        secret: Mapping[str, str],
        store: SecretStore | None,
        request: Callable[[Secret], Awaitable[Secret]],
        *,
        save_first: bool = False,
        on_adopted: Callable[[Secret], None] | None = None,
    ) -> None:
        self._store = store
        self._request = request
        self._save_first = save_first
        self._on_adopted = on_adopted
        self._running: asyncio.Task[None] | None = None
        self._unsaved: Secret | None = None
        self._last_stored = _tokens_of(secret)
        self._use(dict(secret), remaining=lifetime(secret)[0])

    @property
    def secret(self) -> Secret:
        """The secret in use."""
        return self._secret

    @property
    def access(self) -> str:
        """The access token in use; "" without a sign-in."""
        return self._secret.get("access", "")

    async def renew_if_expiring(self) -> None:
        """Renew the access token if it expires within a minute. Raises like `renew`."""
        if time.monotonic() > self._valid_until - EARLY:
            await self.renew(self.access)

    async def renew(self, used: str) -> None:
        """Replace the access token `used`. Concurrent callers wait for the same renewal.

        A cancelled caller does not cancel it: a refresh token works once, so its result must be stored. Raises
        SignInNeeded if the sign-in has ended, and SourceError.
        """
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._renew(used))
        await asyncio.shield(self._running)

    async def close(self) -> None:
        """Wait for a running renewal, and try once more to save tokens that could not be saved."""
        if self._running is not None and not self._running.done():
            await asyncio.wait({self._running})
        if self._unsaved is not None:
            with suppress(StoreError):
                await self._save(self._unsaved)

    async def _renew(self, used: str) -> None:
        lock = self._store.lock() if self._store else nullcontext()
        # Another quietfeed may hold the lock until its server responds.
        await asyncio.to_thread(lock.__enter__)
        try:
            if self.access != used or await self._adopt():
                return
            if self._unsaved is None or not self._save_first:
                renewed = await self._requested()
                if renewed is None:
                    return
                self._unsaved = renewed
                if not self._save_first:
                    self._use_renewed(renewed)
            await self._save(self._unsaved)
        except StoreError as error:
            raise SourceError(f"The renewed sign-in could not be saved: {error}") from None
        finally:
            lock.__exit__(None, None, None)

    async def _requested(self) -> Secret | None:
        """The renewed secret; None if the refresh token was used up by another process whose tokens are now in use."""
        try:
            return await self._request(self._secret)
        except SignInNeeded:
            if await self._adopt():
                return None
            raise

    async def _save(self, renewed: Secret) -> None:
        """Save a renewed secret, then use it. Raises StoreError."""
        if self._store is not None:
            await in_daemon_thread(partial(self._store.save, renewed))
        self._last_stored, self._unsaved = _tokens_of(renewed), None
        if self._secret is not renewed:
            self._use_renewed(renewed)

    async def _adopt(self) -> bool:
        """Use the stored secret if another process has renewed it. Returns whether it is still fresh."""
        if self._store is None:
            return False
        stored = await in_daemon_thread(self._store.load)
        if not stored or _tokens_of(stored) in (self._last_stored, _tokens_of(self._secret)):
            return False
        if stored.get("did") != self._secret.get("did"):
            # It belongs to another account of the AT Protocol.
            return False
        adopted = dict(stored)
        if self._on_adopted is not None:
            self._on_adopted(adopted)
        remaining = lifetime(adopted)[0]
        self._use(adopted, remaining=remaining)
        self._last_stored, self._unsaved = _tokens_of(adopted), None
        return remaining > EARLY

    def _use_renewed(self, renewed: Secret) -> None:
        # Right after a renewal the total lifetime is reliable even if the local clock is wrong.
        self._use(renewed, remaining=lifetime(renewed)[1])

    def _use(self, secret: Secret, *, remaining: float) -> None:
        self._secret = secret
        self._valid_until = time.monotonic() + remaining


def _tokens_of(secret: Mapping[str, str]) -> tuple[str, str]:
    # A renewal within the same second can return an equal access token, or keep the refresh token.
    return secret.get("access", ""), secret.get("refresh", "")


def lifetime(secret: Mapping[str, str]) -> tuple[float, float]:
    """The remaining seconds of an access token by the local clock, and its total seconds; infinite if unknown.

    Read from "expires" and "lives", which the sign-in stored, or else from the token itself if it is a JWT (RFC 7519).
    Its signature is not checked, because the result only decides when to renew.
    """
    try:
        if "expires" in secret:
            remaining = float(secret["expires"]) - time.time()
            return remaining, max(float(secret.get("lives", remaining)), 2 * EARLY)
        middle = secret["access"].split(".")[1]
        claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        expires = float(claims["exp"])
        total = expires - float(claims.get("iat", time.time()))
    except (KeyError, IndexError, ValueError, TypeError):
        return _FOREVER, _FOREVER
    return expires - time.time(), max(total, 2 * EARLY)

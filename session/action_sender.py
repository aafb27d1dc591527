"""Sends one action, and stores its receipt, its rejection or the time of the next attempt."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from ..models.account import Account
from ..models.action import Action, ActionState, Receipt, state_if_put_back
from ..models.action_kinds import kind_of
from ..models.errors import (
    CannotCompare,
    NotPossible,
    PermissionMissing,
    QuietfeedError,
    RateLimited,
    SourceError,
    TimedOut,
)
from ..models.jitter import after_limit
from ..models.writer import Writer, writer_of
from ..phrases.actions import cannot_compare, not_done
from ..phrases.errors import cannot_do, error_text
from ..sources import write_rules
from ..store.archive import Archive
from ..store.outbox import LEASE, Entry
from .accounts import Accounts
from .attempts import attempt
from .clock import Clock
from .concurrency import repeated
from .events import Events
from .ingest import store_receipt
from .loaded import LoadedPosts
from .outcome import show_result
from .uploads import publish_uploads
from .write_budget import cost_of, longest_limit, next_allowed, retry_interval

_LATE_ANSWER = timedelta(minutes=1)
"""How long a server may work on a request after this program stopped waiting for the response."""


class FindsContact(Protocol):
    """Returns the id of the interaction that an action is evidence of; "" if there is none."""

    def __call__(self, action: Action, unknown: str, record_id: str = "") -> str:
        """`unknown` replaces the id until the response contains it."""


class ActionSender:
    """Sends the actions of the outbox. `ended` is called with each action after an attempt.

    `first_retry` is the interval before the first retry; `dice` returns numbers in [0, 1) for the jitter.
    """

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        events: Events,
        clock: Clock,
        first_retry: timedelta,
        dice: Callable[[], float],
        contact: FindsContact,
        ended: Callable[[Entry], None],
    ) -> None:
        self._archive = archive
        self._store = archive.outbox
        self._accounts = accounts
        self._loaded = loaded
        self._events = events
        self._clock = clock
        self._first_retry = first_retry
        self._dice = dice
        self._contact = contact
        self._ended = ended

    async def send(self, account: Account, entry: Entry) -> None:
        """Claim a due action, send it, store the result, and call `ended`.

        Does nothing if another process has claimed it. If it is cancelled, the action is compared with the server
        before it is sent again.
        """
        now = self._clock.now()
        claimed = self._store.claim(entry.id, now)
        if claimed is None:
            return
        allowed = self._allowed_at(account, claimed, now)
        if allowed > now:
            self._put_back(claimed, state_if_put_back(claimed.state), allowed, "the server's rate limit is reached")
            return
        try:
            # The upload of a video may take longer than a claim lasts.
            async with repeated(lambda: self._store.renew(claimed.id, self._clock.now()), LEASE / 3):
                await self._attempt(account, claimed)
        except BaseException:
            # Cancelled, or an internal error: the result on the server is unknown.
            self._put_back(claimed, "unclear", self._retry_at(claimed), "")
            raise

    async def _attempt(self, account: Account, entry: Entry) -> None:
        before = state_if_put_back(entry.state)
        entry = self._store.prepared(entry)
        ended = await attempt(lambda: self._writer(account, entry.action), entry.action, entry.key, before)
        if ended.receipt is not None:
            self._finish(entry, ended.receipt)
        elif ended.error is not None:
            if isinstance(ended.error, PermissionMissing) and ended.error.remedy == "write":
                ended.error.command = f"`quietfeed account refresh {account.name} --write`"
            self._postpone(entry, ended.state, ended.error)

    def _finish(self, entry: Entry, receipt: Receipt) -> None:
        contact = self._contact(entry.action, "", receipt.record_id) if receipt.record_id else ""
        now = self._clock.now()
        store_receipt(self._archive, entry, receipt, now, contact, not_done(receipt))
        show_result(self._archive, self._loaded, self._events, entry, receipt, now)
        self._settled(entry)

    def _postpone(self, entry: Entry, state: ActionState, error: SourceError) -> None:
        """Store why an action is not done: it was rejected, needs a decision of the user, or is retried later."""
        if isinstance(error, CannotCompare):
            self._store.ask(entry, cannot_compare(kind_of(entry.action).name))
            self._settled(entry)
        elif state == "failed":
            self._refuse(entry, error)
        elif isinstance(error, RateLimited):
            self._put_back(entry, state, after_limit(error.retry_at, self._dice()), error_text(error))
        else:
            at = self._retry_at(entry)
            if isinstance(error, TimedOut) and not kind_of(entry.action).repeatable:
                # The server may still be working on the request, so it is compared later.
                at = max(at, self._clock.now() + _LATE_ANSWER)
            self._put_back(entry, state, at, error_text(error))

    async def _writer(self, account: Account, action: Action) -> Writer:
        writer = writer_of(await self._accounts.source(account))
        if writer is None or kind_of(action).capability not in write_rules(account.network).capabilities:
            raise NotPossible(cannot_do(account.name))
        return publish_uploads(writer, self._events)

    def _allowed_at(self, account: Account, entry: Entry, now: datetime) -> datetime:
        rules = write_rules(account.network)
        sent = self._store.spent(account.key, now - longest_limit(rules))
        costs = ((at, cost_of(action, rules)) for at, action in sent)
        return next_allowed(costs, cost_of(entry.action, rules), rules, now)

    def _retry_at(self, entry: Entry) -> datetime:
        return self._clock.now() + retry_interval(entry.attempts, self._first_retry, self._dice())

    def _put_back(self, entry: Entry, state: ActionState, at: datetime, reason: str) -> None:
        self._store.put_back(entry, state, at, reason)
        self._settled(entry)

    def _refuse(self, entry: Entry, error: QuietfeedError) -> None:
        self._store.failed(entry, error_text(error))
        self._settled(entry)

    def _settled(self, entry: Entry) -> None:
        # Meanwhile another command may have forgotten its person.
        stored = self._store.get(entry.id)
        if stored is not None:
            self._ended(stored)

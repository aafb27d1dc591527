"""One sync of everything, for `quietfeed sync`: sends, fetches, maintains the files, and trains.

The screens do the same work in the background, each part at its own time.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ..models.account import Account
from ..models.view import HideCause, RefreshResult
from .accounts import Accounts
from .fetching import FetchingService
from .learning import LearningService
from .outbox import OutboxService
from .sync import ignore_progress
from .tally import SCRIPT_STEPS, Tally
from .timeline import TimelineService
from .upkeep import UpkeepService


class Synced(msgspec.Struct, frozen=True):
    """The result of one account: its new posts at the current level, and how many are stored in all."""

    account: Account
    new: int
    shown: int
    hidden_as: Mapping[HideCause, int]
    stored: int
    errors: tuple[str, ...] = ()
    """What could not be fetched, as sentences."""

    @property
    def hidden(self) -> int:
        """How many new posts the level hides."""
        return self.new - self.shown


class FullSync:
    """Syncs all accounts in one call."""

    def __init__(
        self,
        accounts: Accounts,
        outbox: OutboxService,
        fetching: FetchingService,
        timeline: TimelineService,
        tally: Tally,
        upkeep: UpkeepService,
        learning: LearningService,
    ) -> None:
        self._accounts = accounts
        self._outbox = outbox
        self._fetching = fetching
        self._timeline = timeline
        self._tally = tally
        self._upkeep = upkeep
        self._learning = learning

    async def run(self, report: Callable[[Synced], None], notice: Callable[[str], None]) -> None:
        """Sync everything. `report` is called for each account in its order, `notice` with notices about the files.

        An error of one account is in its result and does not stop the others. The results of actions are events
        (ActionChanged). Raises StoreError.
        """
        accounts = self._accounts.all()
        # Sending and fetching do not wait for each other, and a slow server delays only the results after its own.
        sending = asyncio.create_task(self._outbox.send_due())
        refreshes = [asyncio.create_task(self._fetching.refresh(ignore_progress, [each])) for each in accounts]
        try:
            for account, refresh in zip(accounts, refreshes, strict=True):
                result = await refresh
                await self._tally.settle(SCRIPT_STEPS)
                report(self._synced(account, result))
            await sending
        finally:
            tasks: list[asyncio.Task[Any]] = [*refreshes, sending]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for sentence in await self._upkeep.run():
            notice(sentence)
        self._learning.train_pending()

    def _synced(self, account: Account, result: RefreshResult) -> Synced:
        new = self._timeline.get_or_load(result.new)
        shown = sum(judged.verdict.shown_at(self._timeline.level) for judged in new)
        hidden_as = self._timeline.count_hidden(result.new)
        return Synced(account, len(new), shown, hidden_as, self._timeline.stored(account.key), result.errors)

"""Maintains the files: the weekly backup, damaged marks, and one-time notices about both."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ..models.config import Config
from ..models.errors import StoreError
from ..phrases.handles import handle_change_sentence, questions_sentence
from ..phrases.upkeep import exposed_sentence, restored_sentence
from ..store.archive import Archive
from .clock import Clock
from .linking import LinkService
from .loaded import LoadedPosts
from .marks import MarkService
from .tally import Rest

if TYPE_CHECKING:
    from .forgetting import ForgetService

_PRUNE_STEPS = 25
"""How many steps of pruning a command waits for, some 0.2 s in all."""


class UpkeepService:
    """Runs in the background after the first screen. Nothing here raises; failures become notices."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        marks: MarkService,
        links: LinkService,
        clock: Clock,
        config: Config,
        forgetting: Callable[[], "ForgetService"],
        sources_opened: Callable[[], Awaitable[None]],
        exposed: Sequence[Path] = (),
    ) -> None:
        """`forgetting` returns the service, which is rarely needed. `sources_opened` waits until none is being opened.

        `exposed`: files and folders that others could read until this start.
        """
        self._forgetting = forgetting
        self._sources_opened = sources_opened
        self._archive = archive
        self._loaded = loaded
        self._marks = marks
        self._links = links
        self._clock = clock
        self._config = config
        self._notices: list[str] = []
        if archive.notice:
            self._notices.append(archive.notice)
        if exposed:
            self._notices.append(exposed_sentence([each.name for each in exposed]))
        self._reported: set[str] = set()

    def _back_up(self) -> None:
        """Make the weekly backup if it is due. Any thread may call it."""
        try:
            self._archive.back_up_if_due(self._clock.now())
        except StoreError as error:
            self._notices.append(f"The weekly backup failed. {error}")

    async def _finish_forgetting(self) -> None:
        """Remove deleted data that an earlier run had to leave in a file."""
        if not self._archive.purge_pending:
            return
        try:
            await self._forgetting().purge()
        except StoreError as error:
            self._notices.append(f"Deleted data is still in a backup or the journal. {error}")

    def _restore(self) -> None:
        """Restore damaged marks, links and mutes from the journal."""
        if not self._archive.damage_seen:
            return
        try:
            count = self._archive.restore_taught()
        except StoreError as error:
            self._notices.append(str(error))
            return
        if count:
            self._links.reload()
            self._marks.reload()
            self._loaded.reread_ties()
            self._notices.append(restored_sentence(count))

    def _prune(self) -> bool:
        """Remove a few posts beyond the age and the number of the settings. Returns whether more may follow."""
        age = None
        most = self._config.keep_posts or None
        try:
            if self._config.keep_days:
                age = timedelta(days=self._config.keep_days)
            gone = self._archive.pruning.step(self._clock.now(), age=age, most=most, loaded=set(self._loaded.keys()))
        except (StoreError, OverflowError):
            # The disk is full or read-only, or the age exceeds the calendar. Nothing is removed.
            return False
        return gone is not None

    def notices(self) -> list[str]:
        """New notices for the user, as sentences. Each is returned once."""
        with suppress(StoreError):
            changes = self._archive.handle_changes()
            self._notices += map(handle_change_sentence, changes)
            if changes:
                self._archive.set_handle_changes_reported(changes)
                questions = self._archive.handle_questions()
                if questions:
                    self._notices.append(questions_sentence(len(questions)))
        fresh = [each for each in dict.fromkeys(self._notices) if each not in self._reported]
        self._reported.update(fresh)
        self._notices.clear()
        return fresh

    async def run(self) -> list[str]:
        """Run everything, for an interface without screens; returns the notices."""
        await self._finish_forgetting()
        self._back_up()
        self._restore()
        for _ in range(_PRUNE_STEPS):
            if not self._prune():
                break
        return self.notices()

    async def run_beside(self, report: Callable[[], None], rest: Rest) -> None:
        """Run everything in the background of a screen: slow writes in a thread, and pruning while no keys arrive.

        `report` is called when there may be notices. `rest` is awaited before the backup and before each step of
        pruning; the first False ends the run.
        """
        await self._finish_forgetting()
        if not await rest():
            return
        # The thread that opened the sources makes the backup. Another one would keep 800 KB for the whole session.
        await self._sources_opened()
        await asyncio.to_thread(self._back_up)
        self._restore()
        report()
        while await rest() and self._prune():
            pass

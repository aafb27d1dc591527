"""Looking after the files: the weekly backup, damaged marks, and what the user should be told of them once."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..models.errors import StoreError
from ..phrases.handles import handle_change_sentence
from ..phrases.upkeep import exposed_sentence, restored_sentence
from ..store.archive import Archive
from .clock import Clock
from .linking import LinkService
from .loaded import LoadedPosts
from .marks import MarkService


class UpkeepService:
    """Call it beside the first screen, never before it. Nothing here raises: what fails is a notice."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        marks: MarkService,
        links: LinkService,
        clock: Clock,
        exposed: Sequence[Path] = (),
    ) -> None:
        """`exposed`: files and folders that others could read until this start."""
        self._archive = archive
        self._loaded = loaded
        self._marks = marks
        self._links = links
        self._clock = clock
        self._notices = [archive.notice] if archive.notice else []
        if exposed:
            self._notices.append(exposed_sentence([each.name for each in exposed]))
        self._told: set[str] = set()

    def back_up(self) -> None:
        """Make the weekly backup when it is due. Any thread may call it."""
        try:
            self._archive.back_up_if_due(self._clock.now())
        except StoreError as error:
            self._notices.append(f"The weekly backup failed. {error}")

    def restore(self) -> None:
        """Bring back from the journal what the user taught, where something of it was found damaged."""
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

    def notices(self) -> list[str]:
        """What the user should know and was not told yet, in sentences. Each is returned once."""
        with suppress(StoreError):
            changes = self._archive.handle_changes()
            self._notices += map(handle_change_sentence, changes)
            if changes:
                self._archive.handle_changes_told(changes)
        fresh = [each for each in dict.fromkeys(self._notices) if each not in self._told]
        self._told.update(fresh)
        self._notices.clear()
        return fresh

    def run(self) -> list[str]:
        """All of it, for an interface without screens; returns the notices."""
        self.back_up()
        self.restore()
        return self.notices()

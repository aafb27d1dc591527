"""Tracks which posts were read, per account, across restarts."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from operator import neg

from ..models.tuning import Tuning
from ..models.view import Change, PostKey
from ..store.archive import Archive
from ..store.changes import SortKey
from .history import Command, History


class UnreadTracker:
    """The unread posts. `save` stores reads later, so that scrolling does not wait for the disk."""

    def __init__(self, archive: Archive, history: History, tuning: Tuning) -> None:
        self._archive = archive
        self._history = history
        self.most = tuning.unread_tracked
        self._unread: set[PostKey] = set()
        self._unsaved: dict[PostKey, bool] = {}
        self._stored: list[PostKey] = []
        self._times: array[int] = array("q")
        self._as_of = -1
        self.changes = 0
        """Increases when unread posts may have been added to the store."""

        self.touched = 0
        """Increases when a post may have become read or unread."""

        self.restored = 0
        """Increases when a post that was read may have become unread again."""
        self.reload()

    @property
    def unread(self) -> Collection[PostKey]:
        """All unread posts, loaded or not, shown or hidden."""
        return self._unread

    def add_stored(self, keys: Sequence[PostKey]) -> None:
        """Add posts that were just stored, as unread."""
        self._unread.update(key for key in self._archive.posts.unread_among(keys) if key not in self._unsaved)
        self.touched += 1
        self.changes += 1

    def reload(self) -> None:
        """Reload the unread posts of the store, after another process changed it."""
        self.changes += 1
        self._read_stored()
        self._unread = set(self._stored)
        self.touched += 1
        self.restored += 1
        for key, unread in self._unsaved.items():
            if unread:
                self._unread.add(key)
            else:
                self._unread.discard(key)

    def count_above(self, place: SortKey) -> int:
        """How many of the newest posts in the store that were unread when it was last changed are above a place."""
        if self._as_of != self.changes:
            self._read_stored()
        at, account, post_id = place
        number = bisect_left(self._times, -at, key=neg)
        while number < len(self._stored) and self._times[number] == at and self._stored[number] < (account, post_id):
            number += 1
        return number

    def newest(self, count: int) -> list[PostKey]:
        """The newest of those posts, some of them read since. Newest first."""
        return self._stored[:count]

    def _read_stored(self) -> None:
        places = self._archive.posts.unread_places(self.most)
        self._times = array("q", [at for at, _, _ in places])
        self._stored = [(account, post_id) for _, account, post_id in places]
        self._as_of = self.changes

    def read(self, keys: Iterable[PostKey]) -> list[PostKey]:
        """Mark posts as read. Returns those that were unread before."""
        fresh = [key for key in keys if key in self._unread]
        if fresh:
            self._unread.difference_update(fresh)
            self.touched += 1
            self._unsaved |= dict.fromkeys(fresh, False)
        return fresh

    def mark_unread(self, keys: Iterable[PostKey]) -> None:
        """Mark posts as unread."""
        self._unread.update(keys)
        self.touched += 1
        self.restored += 1
        self._unsaved |= dict.fromkeys(keys, True)

    def read_all(self, keys: Sequence[PostKey]) -> Change:
        """Mark posts as read and store that; undo restores the unread ones. Raises StoreError."""
        fresh = [key for key in keys if key in self._unread]
        if not fresh:
            return Change("already_read")

        def apply() -> Change:
            self.read(fresh)
            self.save()
            return Change("read", count=len(fresh))

        def revert() -> Change:
            self.mark_unread(fresh)
            self.save()
            return Change("unread", count=len(fresh))

        return self._history.run(Command("read", f"{len(fresh)} posts", apply, revert))

    def save(self) -> None:
        """Store the reads since the last call. Raises StoreError; the next call tries again."""
        if self._unsaved:
            self._archive.posts.set_unread(self._unsaved)
            if any(self._unsaved.values()):
                self.changes += 1
            self._unsaved = {}

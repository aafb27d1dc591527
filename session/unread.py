"""What is read and what is not: kept per account, over restarts."""

from collections.abc import Collection, Iterable

from ..models.view import PostKey
from ..store.archive import Archive

_MOST = 20_000
"""So many unread posts are followed, the newest; what lies below them counts as read."""


class UnreadTracker:
    """The unread posts. What was read is kept a moment later, by `keep`: scrolling does not wait for the disk."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._unread: set[PostKey] = set()
        self._to_keep: dict[PostKey, bool] = {}
        self.reload()

    @property
    def unread(self) -> Collection[PostKey]:
        """The keys of all unread posts, loaded or not, shown or hidden."""
        return self._unread

    def reload(self) -> None:
        """Posts were kept: those that are new are unread."""
        self._unread = set(self._archive.posts.unread(_MOST))
        for key, unread in self._to_keep.items():
            (self._unread.add if unread else self._unread.discard)(key)

    def read(self, keys: Iterable[PostKey]) -> list[PostKey]:
        """These have been read; those of them that were unread before."""
        fresh = [key for key in keys if key in self._unread]
        self._unread.difference_update(fresh)
        self._to_keep |= dict.fromkeys(fresh, False)
        return fresh

    def mark_unread(self, keys: Iterable[PostKey]) -> None:
        """Take it back: these are unread."""
        self._unread.update(keys)
        self._to_keep |= dict.fromkeys(keys, True)

    def keep(self) -> None:
        """Bring what was read since the last time into the store. Raises StoreError; the next call tries again."""
        if self._to_keep:
            self._archive.posts.set_unread(self._to_keep)
            self._to_keep = {}

"""Counts the unread posts above the screen that a level shows, also those that are not loaded."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice

from ..models.verdict import Level
from ..models.view import PostKey
from ..store.archive import Archive
from ..store.changes import SortKey
from .loaded import LoadedPosts
from .tally import BATCH, Rest, Tally
from .unread import UnreadTracker


class PostsAbove:
    """The unread posts above a loaded one. Posts that are not loaded are judged like in the tally."""

    def __init__(self, archive: Archive, loaded: LoadedPosts, tally: Tally, unread: UnreadTracker) -> None:
        self._archive = archive
        self._loaded = loaded
        self._tally = tally
        self._unread = unread
        self._keys: list[PostKey] = []
        self._order: list[SortKey] = []
        self._as_of = -1
        self._far: dict[PostKey, None] = {}
        self._far_of: tuple[int, ...] = ()
        self._counts: dict[Level, int] = {}
        self._counts_of: tuple[int, ...] = ()
        self._waiting: Iterator[PostKey] = iter(())
        self._waiting_of: tuple[int, ...] = ()

    def count(self, level: Level, first: PostKey | None) -> int:
        """How many unread posts above a loaded post a level shows. While `pending`, unjudged posts count as shown."""
        if first is None:
            return 0
        unread = self._unread.unread
        near = self._loaded.posts_above(first)
        shown = sum(judged.key in unread and judged.verdict.shown_at(level) for judged in near)
        far = self._unread_far()
        levels = self._tally.levels
        if not self._is_counted():
            strictest = [levels.get(key, Level.known) for key in far]
            # Counter hashes each of thousands of enum members, which takes six times as long.
            self._counts = {each: strictest.count(each) for each in Level}
            self._counts_of = self._judged_now()
        shown += sum(number for each, number in self._counts.items() if each >= level)
        # A single post that was looked up may be loaded above the others. Count it once.
        return shown - sum(judged.key in far and levels.get(judged.key, Level.known) >= level for judged in near)

    @property
    def pending(self) -> bool:
        """Whether posts must be judged before the number is exact."""
        return any(key not in self._tally.levels for key in self._unread_far())

    async def run(self, rest: Rest, progress: Callable[[], None]) -> None:
        """Run the tally, then judge the posts that are not loaded. Arguments as in Tally.run. Raises StoreError."""
        await self._tally.run(rest, progress)
        while await rest() and self.step():
            pass

    def step(self) -> bool:
        """Judge a few posts. Returns whether there was work. Raises StoreError."""
        far, levels = self._unread_far(), self._tally.levels
        if self._waiting_of != self._far_of:
            # Each post is visited once, however many were judged before.
            self._waiting = iter(far)
        missing = list(islice((key for key in self._waiting if key not in levels), BATCH))
        self._waiting_of = ()
        counted = self._is_counted()
        for key, verdict in self._tally.judge(missing):
            self._tally.note(key, verdict)
            if counted:
                self._counts[Level.known] -= 1
                self._counts[verdict.strictest_level] += 1
        if counted:
            self._counts_of = self._judged_now()
        self._waiting_of = self._far_of
        return bool(missing)

    def _is_counted(self) -> bool:
        """Whether `_counts` is up to date with the posts above and their verdicts."""
        return self._counts_of == self._judged_now()

    def _judged_now(self) -> tuple[int, ...]:
        """A signature of the posts above and their verdicts. It changes with either."""
        return (*self._far_of, self._tally.noted)

    def _unread_far(self) -> dict[PostKey, None]:
        """The unread posts above the loaded ones, newest first; only those that are tracked."""
        top = self._loaded.top
        if top is None:
            self._far, self._far_of = {}, ()
            return self._far
        if self._as_of != self._unread.changes:
            places = self._archive.posts.unread_places(self._unread.most)
            self._order = [(-at, account, post_id) for at, account, post_id in places]
            self._keys = [(account, post_id) for _, account, post_id in places]
            self._as_of = self._unread.changes
        at, account, post_id = top
        above = bisect_left(self._order, (-at, account, post_id))
        unread = self._unread.unread
        if self._far_of != (above, self._as_of, self._unread.touched):
            self._far = dict.fromkeys(filter(unread.__contains__, self._keys[:above]))
            self._far_of = (above, self._as_of, self._unread.touched)
        return self._far

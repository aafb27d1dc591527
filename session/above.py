"""Counts the unread posts above the screen that a level shows, also those that are not loaded."""

from collections.abc import Callable, Iterator
from itertools import islice

from ..models.verdict import Level
from ..models.view import PostKey
from .loaded import LoadedPosts
from .tally import BATCH, Rest, Tally
from .unread import UnreadTracker


class PostsAbove:
    """The unread posts above a loaded one. Posts that are not loaded are judged like in the tally."""

    def __init__(self, loaded: LoadedPosts, tally: Tally, unread: UnreadTracker) -> None:
        self._loaded = loaded
        self._tally = tally
        self._unread = unread
        self._far: set[PostKey] = set()
        """The unread posts above the loaded ones; only those that are tracked."""
        self._far_of: tuple[int, ...] = ()
        self._as_of = -1
        self._counts: dict[Level, int] = {}
        self._counts_of = -1
        self._waiting: Iterator[PostKey] | None = None

    def count(self, level: Level, first: PostKey | None) -> int:
        """How many unread posts above a loaded post a level shows. While `pending`, unjudged posts count as shown."""
        if first is None:
            return 0
        unread = self._unread.unread
        near = self._loaded.posts_above(first)
        shown = sum(judged.key in unread and judged.verdict.shown_at(level) for judged in near)
        if not self._find_far():
            return shown
        far, levels = self._far, self._tally.levels
        if self._counts_of != self._tally.noted:
            strictest = [levels.get(key, Level.known) for key in far]
            # Counter hashes each of thousands of enum members, which takes six times as long.
            self._counts = {each: strictest.count(each) for each in Level}
            self._counts_of = self._tally.noted
        shown += sum(number for each, number in self._counts.items() if each >= level)
        # A single post that was looked up may be loaded above the others. Count it once.
        return shown - sum(judged.key in far and levels.get(judged.key, Level.known) >= level for judged in near)

    @property
    def pending(self) -> bool:
        """Whether posts must be judged before the number is exact."""
        return self._find_far() and any(key not in self._tally.levels for key in self._far)

    async def run(self, rest: Rest, progress: Callable[[], None]) -> None:
        """Run the tally, then judge the posts that are not loaded. Arguments as in Tally.run. Raises StoreError."""
        await self._tally.run(rest, progress)
        while await rest() and self.step():
            pass

    def step(self) -> bool:
        """Judge a few posts. Returns whether there was work. Raises StoreError."""
        if not self._find_far():
            return False
        levels = self._tally.levels
        # Each post is visited once, however many were judged before.
        waiting = self._waiting or iter(self._unread.newest(self._far_of[0]))
        missing = list(islice((key for key in waiting if key in self._far and key not in levels), BATCH))
        self._waiting = None
        counted = self._counts_of == self._tally.noted
        for key, verdict in self._tally.judge(missing):
            self._tally.note(key, verdict)
            if counted:
                self._counts[Level.known] -= 1
                self._counts[verdict.strictest_level] += 1
        if counted:
            self._counts_of = self._tally.noted
        self._waiting = waiting
        return bool(missing)

    def _find_far(self) -> bool:
        """Bring the posts above the loaded ones up to date. Returns whether there are any."""
        top, tracker = self._loaded.top, self._unread
        if top is None:
            # What was found is kept, because the user may soon return to the oldest posts.
            return False
        number = tracker.count_above(top)
        far_of = (number, tracker.changes, tracker.restored)
        if far_of != self._far_of:
            self._far = set(filter(tracker.unread.__contains__, tracker.newest(number)))
            self._far_of = far_of
            self._counts_of, self._waiting = -1, None
        elif self._as_of != tracker.touched:
            read = self._far.difference(tracker.unread)
            self._far -= read
            if self._counts_of == self._tally.noted:
                for key in read:
                    self._counts[self._tally.levels.get(key, Level.known)] -= 1
        self._as_of = tracker.touched
        return bool(self._far)

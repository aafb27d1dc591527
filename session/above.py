"""Counts the unread posts above the screen that a level shows, also those that are not loaded."""

from ..models.verdict import Level
from ..models.view import PostKey
from ..store.archive import Archive
from ..store.changes import SortKey
from .loaded import LoadedPosts
from .tally import BATCH, Rest, Tally
from .unread import UnreadTracker


class PostsAbove:
    """The unread posts above a loaded one. Those that are not loaded are judged as the tally judges them.

    `run` judges the latter; call it after that of the tally.
    """

    def __init__(self, archive: Archive, loaded: LoadedPosts, tally: Tally, unread: UnreadTracker) -> None:
        self._archive = archive
        self._loaded = loaded
        self._tally = tally
        self._unread = unread
        self._far: list[PostKey] = []
        self._far_of: tuple[SortKey, int] | None = None

    def count(self, level: Level, first: PostKey | None) -> int:
        """How many unread posts above a loaded post a level shows. While `pending`, unjudged posts count as shown."""
        if first is None:
            return 0
        unread = self._unread.unread
        around = self._loaded.around(first)
        near = self._loaded.posts[: around[0]] if around else ()
        shown = sum(judged.key in unread and judged.verdict.shown_at(level) for judged in near)
        levels = self._tally.levels
        # A single post that was looked up may be loaded above the others.
        loaded = {judged.key for judged in near}
        return shown + sum(levels.get(key, level) >= level for key in self._unread_far() if key not in loaded)

    @property
    def pending(self) -> bool:
        """Whether posts must be judged before the number is exact."""
        return any(key not in self._tally.levels for key in self._unread_far())

    async def run(self, rest: Rest) -> None:
        """Judge the posts that are not loaded. `rest`: see Tally.run. Raises StoreError."""
        while await rest() and self.step():
            pass

    def step(self) -> bool:
        """Judge a few posts. Returns whether there was work. Raises StoreError."""
        levels = self._tally.levels
        missing = [key for key in self._unread_far() if key not in levels][:BATCH]
        for key, verdict in self._tally.judge(missing):
            levels[key] = verdict.strictest_level
        return bool(missing)

    def _unread_far(self) -> list[PostKey]:
        """The unread posts above the loaded ones."""
        top = self._loaded.top
        if top is None:
            return []
        if self._far_of != (top, self._unread.changes):
            self._far = self._archive.posts.unread_above(top)
            self._far_of = top, self._unread.changes
        unread = self._unread.unread
        return [key for key in self._far if key in unread]

"""Stored posts for commands: the timeline, search results and feeds, judged with every mark.

Each query first trains what is pending, because a command has no training loop.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import msgspec

from ..models.post import Post
from ..models.verdict import Level
from ..models.view import JudgedPost, PostKey
from .crossposts import CrossPosts
from .learning import LearningService
from .reading import ReadingService
from .timeline import TimelineService

_BATCH = 500
_EMPTY_PAGES = 5
_PAGES = 20


class Wanted(msgspec.Struct, frozen=True):
    """Which posts a command prints: those that `level` shows, those that it hides, or all."""

    level: Level
    hidden: bool = False
    everything: bool = False
    limit: int | None = None
    """How many posts at most; None means no limit."""

    def includes(self, judged: JudgedPost) -> bool:
        """Whether a post is printed."""
        return self.everything or judged.verdict.shown_at(self.level) != self.hidden


class Found(msgspec.Struct, frozen=True):
    """A post, and its copies on other networks that are not listed themselves."""

    judged: JudgedPost
    copies: tuple[Post, ...] = ()


class QueryService:
    """Reads stored posts one after the other, so that a command prints each at once."""

    def __init__(
        self,
        learning: LearningService,
        timeline: TimelineService,
        crossposts: CrossPosts,
        reading: Callable[[], ReadingService],
    ) -> None:
        self._learning = learning
        self._timeline = timeline
        self._crossposts = crossposts
        self._reading = reading

    def timeline(self, wanted: Wanted, *, folds: bool = False) -> Iterator[Found]:
        """The stored posts of all accounts, newest first.

        With `folds`, copies of a post on other networks are listed with it, and not again.
        """
        self._learning.train_pending()
        left = wanted.limit
        first, folded = 0, set[PostKey]()
        while left is None or left > 0:
            came = self._timeline.load(_BATCH)
            for judged in self._timeline.posts[first:]:
                if left == 0:
                    break
                if judged.key in folded or not wanted.includes(judged):
                    continue
                copies = self._shown_copies(judged, wanted.level) if folds else []
                folded.update(copy.key for copy in copies)
                yield Found(judged, tuple(copies))
                left = None if left is None else left - 1
            first = len(self._timeline.posts)
            if not came:
                break

    def _shown_copies(self, judged: JudgedPost, level: Level) -> list[Post]:
        """The loaded copies of a post on other networks that the level shows too."""
        copies = self._crossposts.copies(judged.key)
        return [copy.post for copy in copies if copy.verdict.shown_at(level)]

    def search(self, query: str, limit: int) -> tuple[list[JudgedPost], int]:
        """The newest stored posts that match a query, and the number of all matches; see TimelineService.search."""
        self._learning.train_pending()
        return self._timeline.search(query, limit)

    async def feed(self, name: str, wanted: Wanted, report: Callable[[str], None]) -> AsyncIterator[JudgedPost]:
        """The posts of a feed or a list, in its order, fetched page by page.

        Ends at the limit, at the end of the feed, after five pages without new posts, or after twenty pages. `report`
        is called with the first error with which the ties to the authors could not be read. Raises NotFound for an
        unknown feed, and SourceError.
        """
        self._learning.train_pending()
        reading = self._reading()
        feed = await reading.find_feed(name)
        left = wanted.limit
        seen: set[PostKey] = set()
        cursor: str | None = None
        empty, reported = 0, False
        for _ in range(_PAGES):
            page = await reading.feed_page(feed, cursor)
            if page.error and not reported:
                report(page.error)
                reported = True
            fresh = [key for key in page.keys if key not in seen]
            for judged in self._loaded(fresh):
                if left != 0 and wanted.includes(judged):
                    yield judged
                    left = None if left is None else left - 1
            seen.update(fresh)
            empty = 0 if fresh else empty + 1
            cursor = page.cursor
            if cursor is None or left == 0 or empty == _EMPTY_PAGES:
                break

    def _loaded(self, keys: Sequence[PostKey]) -> list[JudgedPost]:
        return [judged for key in keys if (judged := self._timeline.get(key)) is not None]

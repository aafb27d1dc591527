"""Reads a timeline page by page, from the newest post down, without gaps.

Each page is stored in one transaction together with the gap that remains below it. An interrupted sync therefore leaves
a recorded gap, which the next sync fills.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from ..models.errors import TRANSIENT_ERRORS, RequestRejected, SourceError
from ..models.pages import Page
from ..models.source import Source, has_ties
from ..models.view import Gap, PostKey, Progress
from ..store.archive import Archive
from ..store.changes import PlacedPost, StoredPage
from .gap_below import gap_below
from .ingest import set_gap_kind, store_page
from .relationships import RelationshipReader, Report

Arrived = Callable[[Sequence[PlacedPost]], None]
"""Called with new posts as they are stored."""

Changed = Callable[[list[PostKey], list[PostKey]], None]
"""Called with the keys of changed posts and of removed posts."""

Meet = Callable[[Page, list[PostKey]], Awaitable[None]]
"""Reads the ties of the people of a page; called with the keys of its new posts."""

PAGES_A_REFRESH = 10
_PAGES_AT_FIRST = 100
_SMALL_PAGE = 10
_STALE_PAGES = 5
"""A first sync ends after this many consecutive pages without new posts."""
_GONE = (400, 404, 410, 422)


def ignore_changes(changed: list[PostKey], removed: list[PostKey]) -> None:
    """A Changed that does nothing."""


class Run(msgspec.Struct, frozen=True):
    """The state of one sync. `seen` contains the ids of new posts."""

    source: Source
    archive: Archive
    now: datetime
    report: Report
    arrived: Arrived
    changed: Changed
    meet: Meet
    seen: set[str] = msgspec.field(default_factory=set)
    notices: list[str] = msgspec.field(default_factory=list)
    spans: list[Page] = msgspec.field(default_factory=list)
    """The pages from the newest post down."""

    @property
    def account(self) -> str:
        return self.source.account.key


class FirstPage(msgspec.Struct, frozen=True):
    """The first page of a first sync: the keys of its posts, and the gap below it."""

    page: Page
    new: list[PostKey]
    gap: Gap | None


async def fill_gap(
    source: Source,
    archive: Archive,
    gap: Gap,
    *,
    now: datetime,
    pages: int,
    report: Report,
    arrived: Arrived,
    changed: Changed = ignore_changes,
) -> bool:
    """Fetch at most that many pages of a gap. Returns whether it is closed. Raises SourceError."""
    current: Gap | None = gap

    reader = None
    if has_ties(source):
        reader = RelationshipReader(source, archive, now)

    async def meet(page: Page, new: list[PostKey]) -> None:
        del new
        if reader:
            await reader.read_posts(page.posts, page.relationships)

    run = Run(source, archive, now, report, arrived, changed, meet)
    for number in range(pages):
        if current is None or not current.fillable:
            break
        report(Progress(source.account.key, "older_posts", number, pages))
        try:
            page = await source.timeline(current.cursor)
        except RequestRejected as error:
            _forget_gap(run, current, error)
            raise
        current = await _store_page(run, page, current, current.older_at)
    return current is None


async def read_first_page(run: Run, first_posts: int) -> FirstPage:
    """Fetch and store the newest page of a first sync, without its ties."""
    run.report(Progress(run.account, "posts", 0, first_posts))
    page = await run.source.timeline(None)
    stored = _store(run, page, None, None)
    run.arrived(stored.new)
    return FirstPage(page, stored.new_keys, stored.gap)


async def read_timeline(run: Run, first_posts: int | None, begun: FirstPage | None = None) -> int:
    """Fetch the newest posts, down to the stored ones or below `begun`. Returns the number of pages."""
    newest = None
    gap: Gap | None = None
    fetched = pages = stale = 0
    if begun is None:
        newest = run.archive.posts.newest(run.account)
    else:
        run.spans.append(begun.page)
        gap, fetched, pages = begun.gap, len(begun.new), 1
        if gap is None or not gap.fillable or fetched >= (first_posts or 0):
            run.report(Progress(run.account, "posts_done", fetched, fetched))
            return pages
    most_pages = PAGES_A_REFRESH
    if first_posts is not None:
        most_pages = _PAGES_AT_FIRST + first_posts // _SMALL_PAGE
    while pages < most_pages:
        run.report(Progress(run.account, "posts", fetched, first_posts))
        cursor = None
        if gap is not None:
            cursor = gap.cursor
        page = await run.source.timeline(cursor)
        before = len(run.seen)
        gap = await _store_page(run, page, gap, newest)
        run.spans.append(page)
        new = len(run.seen) - before
        if first_posts is None:
            fetched += len(page.posts)
        else:
            fetched += new
        pages += 1
        stale += 1
        if new:
            stale = 0
        enough = first_posts is not None and (fetched >= first_posts or stale >= _STALE_PAGES)
        if gap is None or not gap.fillable or enough:
            break
    run.report(Progress(run.account, "posts_done", fetched, fetched))
    return pages


async def fill_old_gaps(run: Run, first_posts: int, pages: int) -> None:
    """Fetch what an interrupted sync missed: gaps, and the first posts if it was the first sync.

    Scripts have no other way to fill a gap. A gap that the server no longer has stays.
    """
    posts = run.archive.posts
    for number in range(pages):
        enough = posts.count(run.account) >= first_posts
        gaps = [
            gap
            for gap in posts.gaps()
            if gap.account == run.account and gap.fillable and not (enough and gap.older_at is None)
        ]
        if not gaps:
            return
        run.report(Progress(run.account, "older_posts", number, pages))
        try:
            page = await run.source.timeline(gaps[0].cursor)
        except TRANSIENT_ERRORS:
            raise
        except RequestRejected as error:
            _forget_gap(run, gaps[0], error)
            return
        except SourceError:
            return
        await _store_page(run, page, gaps[0], gaps[0].older_at)


def _forget_gap(run: Run, gap: Gap, error: RequestRejected) -> None:
    """Record that a server no longer has the posts of a gap. A 403 may come from a firewall, so it does not count."""
    if error.status in _GONE:
        set_gap_kind(run.archive, gap, "forgotten")


async def _store_page(run: Run, page: Page, filled: Gap | None, older_at: datetime | None) -> Gap | None:
    """Store a page, read the ties of its people, and return the gap below it."""
    stored = _store(run, page, filled, older_at)
    try:
        await run.meet(page, stored.new_keys)
    finally:
        run.arrived(stored.new)
        if stored.changed:
            run.changed(stored.changed, [])
    return stored.gap


def _store(run: Run, page: Page, filled: Gap | None, older_at: datetime | None) -> StoredPage:
    """Store a page with the gap below it."""
    above = max(run.now, page.served_at or run.now)
    if filled is not None:
        above = filled.at
    below = gap_below(run.archive, run.account, page, run.seen, older_at=older_at, above=above, filled=filled)
    stored = store_page(run.archive, run.account, page, run.now, below=below, filled=filled)
    run.seen.update(post.id for _, post in stored.new)
    if below is not None and not below.fillable:
        from ..phrases.gaps import missing_text

        run.notices.append(missing_text(run.source.account, below))
    return stored


async def ignore_people(page: Page, new: list[PostKey]) -> None:
    """A Meet for a source without relationships."""

"""What a sync does for one account: ties first, then the timeline from the newest post down, without holes.

Everything is kept page by page, each in one transaction together with the gap that is still below it, so that a sync
that dies half-way leaves a gap in the timeline and never a hole that nobody knows of; the next one goes on there.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ..models.errors import TRANSIENT_ERRORS, SourceError
from ..models.source import Page, Source
from ..models.view import Gap, PostKey, Progress
from ..store.archive import Archive
from .relationships import RelationshipReader, Report

Kept = Callable[[list[PostKey]], None]
Meet = Callable[[Page, list[PostKey]], Awaitable[None]]
"""Reads who the people of a page are to the user; it is given the keys of its new posts."""

COUNTS_AGE = timedelta(days=1)
"""Older counts are not worth remembering; a source may ask sooner."""
_PAGES_A_REFRESH = 10
_PAGES_AT_FIRST = 100
_COUNTS_A_SYNC = 40


def ignore_progress(progress: Progress) -> None:
    """A Report for whoever waits for the answer, and not for its progress."""


async def sync_account(
    source: Source, archive: Archive, *, now: datetime, first_posts: int, report: Report, kept: Kept
) -> list[str]:
    """Fetch what is new for one account; sentences about what could not be fetched.

    `kept` is called with the keys of new posts after each page. On the first sync the ties are read before the
    timeline, so that no friend is hidden for want of evidence; later the timeline comes first.
    """
    account = source.account.key
    first = archive.posts.newest(account) is None
    source.prime_cache(archive.posts.with_fresh_counts(account, now - COUNTS_AGE))
    troubles: list[str] = []

    reader = RelationshipReader(source, archive, now)
    meet = reader.read_page

    async def ties() -> None:
        await reader.read_interactions(report)

    async def timeline() -> None:
        pages = await _read_timeline(source, archive, now, first_posts if first else None, report, kept, meet)
        if not first:
            await _go_on(source, archive, now, first_posts, _PAGES_A_REFRESH - pages, report, kept, meet)

    async def counts() -> None:
        asked = archive.posts.profiles_to_refresh(account, _COUNTS_A_SYNC, now)
        if asked:
            archive.posts.save_profiles(account, asked, await source.people(asked), now)

    # Filters come before the posts: what the server says of new ones is said under the filters of now.
    before = (reader.read_filters, ties, timeline) if first else (reader.read_filters, timeline, ties)
    after = (reader.read_restrictions, reader.read_own_counts, reader.ask_pending, reader.refresh, counts)
    failed: dict[Callable[[], Awaitable[None]], SourceError] = {}
    for step in (*before, *after):
        # A server that is away or asks to wait is not asked for what can wait.
        if step in after and any(isinstance(error, TRANSIENT_ERRORS) for error in failed.values()):
            break
        try:
            await step()
        except SourceError as error:
            if type(error) not in map(type, failed.values()):
                troubles.append(str(error))
            failed[step] = error
    if ties in failed and timeline not in failed:
        archive.ties.interactions_still_failing(account, now)
    if reader.failure is not None:
        troubles.append(str(reader.failure))
    return list(dict.fromkeys(troubles))


async def fill_gap(
    source: Source, archive: Archive, gap: Gap, *, now: datetime, pages: int, report: Report, kept: Kept
) -> bool:
    """Fetch at most that many pages of what a gap left out; whether the gap is closed. Raises SourceError."""
    current: Gap | None = gap

    async def meet(page: Page, new: list[PostKey]) -> None:
        del new
        await reader.read_posts(page.posts, page.relationships)

    reader = RelationshipReader(source, archive, now)
    for number in range(pages):
        if current is None:
            break
        report(Progress(source.account.key, "fetching older posts", number, pages))
        page = await source.timeline(current.cursor)
        current = await _keep_page(source, archive, page, current, current.older_at, now, kept, meet)
    return current is None


async def _read_timeline(
    source: Source, archive: Archive, now: datetime, first_posts: int | None, report: Report, kept: Kept, meet: Meet
) -> int:
    """The newest posts, down to what is kept; how many pages it took."""
    account = source.account.key
    newest = archive.posts.newest(account)
    gap: Gap | None = None
    fetched = pages = 0
    while pages < (_PAGES_A_REFRESH if first_posts is None else _PAGES_AT_FIRST):
        report(Progress(account, "fetching posts", fetched, first_posts))
        page = await source.timeline(gap.cursor if gap else None)
        gap = await _keep_page(source, archive, page, gap, newest, now, kept, meet)
        fetched += len(page.posts)
        pages += 1
        if gap is None or (first_posts is not None and fetched >= first_posts):
            break
    report(Progress(account, "fetched posts", fetched, fetched))
    return pages


async def _go_on(
    source: Source,
    archive: Archive,
    now: datetime,
    first_posts: int,
    pages: int,
    report: Report,
    kept: Kept,
    meet: Meet,
) -> None:
    """Fetch what an earlier sync left out when it broke off: holes, and the first posts where it was the very first.

    A script never comes to where the screens fill a gap. A place that the server no longer knows stays a gap.
    """
    account = source.account.key
    for number in range(pages):
        enough = archive.posts.count(account) >= first_posts
        gaps = [gap for gap in archive.posts.gaps() if gap.account == account and not (enough and gap.older_at is None)]
        if not gaps:
            return
        report(Progress(account, "fetching older posts", number, pages))
        try:
            page = await source.timeline(gaps[0].cursor)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return
        await _keep_page(source, archive, page, gaps[0], gaps[0].older_at, now, kept, meet)


async def _keep_page(
    source: Source,
    archive: Archive,
    page: Page,
    filled: Gap | None,
    older_at: datetime | None,
    now: datetime,
    kept: Kept,
    meet: Meet,
) -> Gap | None:
    """Keep a page, ask who its people are to the user, and answer with the gap that is left below it."""
    account = source.account.key
    below = _gap_below(page, account, older_at, filled.at if filled else now, archive)
    new, gap = archive.posts.keep_page(account, page.posts, now, below=below, filled=filled)
    try:
        await meet(page, new)
    finally:
        kept(new)
    return gap


def _gap_below(page: Page, account: str, older_at: datetime | None, above: datetime, archive: Archive) -> Gap | None:
    """The gap that is left below a page: None at the end of the timeline, and where the page meets what is kept.

    Servers send pages that overlap and posts twice, so a known post alone proves nothing: the oldest post of the page
    must be kept already and stand where the kept posts go on.
    """
    if page.cursor is None:
        return None
    times = [(post.at, post.id) for post in page.posts if post.at is not None]
    if not times:
        return Gap(0, account, page.cursor, above, older_at)
    at, post_id = min(times)
    if older_at is not None and at <= older_at and post_id in archive.posts.known(account, [post_id]):
        return None
    return Gap(0, account, page.cursor, min(at, above), older_at)

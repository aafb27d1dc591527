"""Syncs one account: reads ties and the timeline from the newest post down, without gaps.

Each page is stored in one transaction together with the gap that remains below it. An interrupted sync therefore leaves
a recorded gap, which the next sync fills.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from ..models.errors import TRANSIENT_ERRORS, PermissionMissing, RateLimited, RequestRejected, SourceError
from ..models.source import (
    LimitedSource,
    Page,
    RecheckSource,
    Source,
    has_count_cache,
    has_moderation,
    has_profiles,
    has_rechecks,
    has_ties,
)
from ..models.view import Gap, PostKey, Progress
from ..phrases.errors import error_text, permissions_text
from ..phrases.gaps import missing_text
from ..store.archive import Archive
from ..store.changes import PlacedPost
from .accounts import missing_permissions_state
from .gap_below import gap_below
from .ingest import remove_unmarked, set_gap_kind, store_page, store_profiles, store_recheck
from .relationships import RelationshipReader, Report

Kept = Callable[[Sequence[PlacedPost]], None]
"""Takes new posts as they are stored."""

Changed = Callable[[list[PostKey], list[PostKey]], None]
"""Called with the keys of changed posts and of removed posts."""

Meet = Callable[[Page, list[PostKey]], Awaitable[None]]
"""Reads the ties of the people of a page; called with the keys of its new posts."""

COUNTS_AGE = timedelta(days=1)
"""Older cached counts are ignored; a source may refresh sooner."""
_PAGES_A_REFRESH = 10
_PAGES_AT_FIRST = 100
_SMALL_PAGE = 10
_STALE_PAGES = 5
"""A first sync ends after this many consecutive pages without new posts."""
_RECHECKED_A_SYNC = 57
_GONE = (400, 404, 410, 422)
_COUNTS_A_SYNC = 40


def ignore_progress(progress: Progress) -> None:
    """A Report that does nothing."""


def ignore_changes(changed: list[PostKey], removed: list[PostKey]) -> None:
    """A Changed that does nothing."""


class SyncOutcome(msgspec.Struct, frozen=True):
    """The result of a sync: sentences about what could not be fetched, and the end of a rate limit."""

    messages: list[str]
    retry_at: datetime | None = None
    errors: tuple[SourceError, ...] = ()
    """The errors behind the messages."""


class _Run(msgspec.Struct, frozen=True):
    """The state of one sync. `seen` contains the ids of new posts."""

    source: Source
    archive: Archive
    now: datetime
    report: Report
    kept: Kept
    changed: Changed
    meet: Meet
    seen: set[str] = msgspec.field(default_factory=set)
    notices: list[str] = msgspec.field(default_factory=list)
    spans: list[Page] = msgspec.field(default_factory=list)
    """The pages from the newest post down."""

    @property
    def account(self) -> str:
        return self.source.account.key


async def sync_account(
    source: Source,
    archive: Archive,
    *,
    now: datetime,
    first_posts: int,
    report: Report,
    kept: Kept,
    changed: Changed = ignore_changes,
    visible: Sequence[str] = (),
) -> SyncOutcome:
    """Fetch new posts and ties of one account.

    `kept` is called with the new posts after each page, `changed` with the keys of edited and of deleted posts.
    Posts with an id in `visible` are rechecked first. The first sync reads ties before the timeline, so that no friend
    is hidden for lack of evidence; later syncs read the timeline first.
    """
    account = source.account.key
    first = archive.posts.newest(account) is None
    if has_count_cache(source):
        source.prime_cache(archive.people.with_fresh_counts(account, now - COUNTS_AGE))
    reader = None
    read_ties: Meet = _ignore_people
    if has_ties(source):
        reader = RelationshipReader(source, archive, now)
        read_ties = reader.read_page
    run = _Run(source, archive, now, report, kept, changed, read_ties)

    async def filters() -> None:
        if reader and has_moderation(source):
            await reader.read_filters(source)

    async def ties() -> None:
        if reader:
            await reader.read_interactions(report)

    async def timeline() -> None:
        limit = None
        if first:
            limit = first_posts
        pages = await _read_timeline(run, limit)
        if not first:
            await _fill_old_gaps(run, first_posts, _PAGES_A_REFRESH - pages)

    async def restrictions() -> None:
        if reader and has_moderation(source):
            await reader.read_restrictions(source)

    async def own_counts() -> None:
        if reader and has_profiles(source):
            await reader.read_own_counts(source)

    async def relationships() -> None:
        if reader:
            await reader.request_pending()
            await reader.refresh()

    async def counts() -> None:
        wanted = archive.people.profiles_to_refresh(account, _COUNTS_A_SYNC, now)
        if wanted and has_profiles(source):
            store_profiles(archive, account, wanted, await source.people(wanted), now)

    async def recheck() -> None:
        if has_rechecks(source):
            await _recheck(run, source, visible)

    # Filters first, because new posts are shown with the current filters.
    if first:
        before = (filters, ties, timeline)
    else:
        before = (filters, timeline, ties)
    after = (restrictions, own_counts, relationships, counts, recheck)
    failed: dict[Callable[[], Awaitable[None]], SourceError] = {}
    messages: list[str] = []
    for step in (*before, *after):
        # Skip optional requests if the server is down or has rate-limited the client.
        if step in after and any(isinstance(error, TRANSIENT_ERRORS) for error in failed.values()):
            break
        try:
            await step()
        except SourceError as error:
            if isinstance(error, PermissionMissing) and step is not timeline:
                # Reported once, below: the sign-in stays as it is until the user renews it.
                continue
            if type(error) not in map(type, failed.values()):
                messages.append(error_text(error))
            failed[step] = error
    if ties in failed and timeline not in failed:
        archive.ties.interactions_still_failing(account, now)
    errors = list(failed.values())
    if reader and reader.failure is not None:
        errors.append(reader.failure)
        if not isinstance(reader.failure, PermissionMissing):
            messages.append(error_text(reader.failure))
    if timeline not in failed:
        messages += _lacking(source, archive)
    limits = [error.retry_at for error in errors if isinstance(error, RateLimited)]
    return SyncOutcome(list(dict.fromkeys([*messages, *run.notices])), max(limits, default=None), tuple(errors))


async def fill_gap(
    source: Source,
    archive: Archive,
    gap: Gap,
    *,
    now: datetime,
    pages: int,
    report: Report,
    kept: Kept,
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

    run = _Run(source, archive, now, report, kept, changed, meet)
    for number in range(pages):
        if current is None or not current.fillable:
            break
        report(Progress(source.account.key, "older_posts", number, pages))
        try:
            page = await source.timeline(current.cursor)
        except RequestRejected as error:
            _forget_gap(run, current, error)
            raise
        current = await _keep_page(run, page, current, current.older_at)
    return current is None


async def _read_timeline(run: _Run, first_posts: int | None) -> int:
    """Fetch the newest posts, down to the stored ones. Returns the number of pages."""
    newest = run.archive.posts.newest(run.account)
    gap: Gap | None = None
    fetched = pages = stale = 0
    most_pages = _PAGES_A_REFRESH
    if first_posts is not None:
        most_pages = _PAGES_AT_FIRST + first_posts // _SMALL_PAGE
    while pages < most_pages:
        run.report(Progress(run.account, "posts", fetched, first_posts))
        cursor = None
        if gap is not None:
            cursor = gap.cursor
        page = await run.source.timeline(cursor)
        before = len(run.seen)
        gap = await _keep_page(run, page, gap, newest)
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


async def _fill_old_gaps(run: _Run, first_posts: int, pages: int) -> None:
    """Fetch what an interrupted sync left out: gaps, and the first posts if it was the first sync.

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
        await _keep_page(run, page, gaps[0], gaps[0].older_at)


def _lacking(source: Source, archive: Archive) -> list[str]:
    """Describe the permissions that this sign-in lacks, each only once."""
    state = missing_permissions_state(source.account.key)
    stored = archive.get_state(state)
    reported: list[str] = []
    if isinstance(stored, str):
        reported = stored.split()
    new = []
    if isinstance(source, LimitedSource):
        new = [each for each in source.lacking if each.scope not in reported]
    if not new:
        return []
    archive.set_state(**{state: " ".join([*reported, *(each.scope for each in new)])})
    return [permissions_text(new)]


def _forget_gap(run: _Run, gap: Gap, error: RequestRejected) -> None:
    """Record that a server no longer has the posts of a gap. A 403 may come from a firewall, so it does not count."""
    if error.status in _GONE:
        set_gap_kind(run.archive, gap, "forgotten")


async def _keep_page(run: _Run, page: Page, filled: Gap | None, older_at: datetime | None) -> Gap | None:
    """Store a page, read the ties of its people, and return the gap below it."""
    above = max(run.now, page.served_at or run.now)
    if filled is not None:
        above = filled.at
    below = gap_below(run.archive, run.account, page, run.seen, older_at=older_at, above=above, filled=filled)
    kept = store_page(run.archive, run.account, page, run.now, below=below, filled=filled)
    run.seen.update(post.id for _, post in kept.new)
    if below is not None and not below.fillable:
        run.notices.append(missing_text(run.source.account, below))
    try:
        await run.meet(page, kept.new_keys)
    finally:
        run.kept(kept.new)
        if kept.changed:
            run.changed(kept.changed, [])
    return kept.gap


async def _ignore_people(page: Page, new: list[PostKey]) -> None:
    """A Meet for a source without relationships."""


async def _recheck(run: _Run, source: RecheckSource, visible: Sequence[str]) -> None:
    """Recheck recent posts: remove deleted ones, update edited ones, and close ended polls."""
    if gone := remove_unmarked(run.archive, run.account):
        run.changed([], gone)
    posts = [post for page in run.spans for post in page.posts]
    if not posts:
        return
    times = [post.at for page in run.spans[:1] for post in page.posts if post.at is not None]
    read = {post.id for post in posts}
    visible = [each for each in visible if each not in read]
    due = run.archive.rechecks.due(run.account, min(times, default=None), run.now, _RECHECKED_A_SYNC, visible=visible)
    stale = [post for post in due if post.id not in read]
    if not stale:
        return
    response = await source.recheck(stale, posts[0])
    changed, removed = store_recheck(run.archive, run.account, stale, response, run.now)
    if changed or removed:
        run.changed(changed, removed)

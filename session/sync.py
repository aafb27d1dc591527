"""Syncs one account: ties first, then the timeline from the newest post down, without gaps.

Everything is kept page by page, each in one transaction together with the gap that is still below it, so that a sync
that dies half-way leaves a gap in the timeline and never a hole that nobody knows of; the next one goes on there.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from ..models.account import Account
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
from ..store.archive import Archive
from .accounts import missing_permissions_state
from .ingest import remove_unmarked, store_page, store_recheck
from .relationships import RelationshipReader, Report

Kept = Callable[[list[PostKey]], None]
Changed = Callable[[list[PostKey], list[PostKey]], None]
"""Takes the keys of posts that read otherwise now, and of those that were removed."""

Meet = Callable[[Page, list[PostKey]], Awaitable[None]]
"""Reads who the people of a page are to the user; it is given the keys of its new posts."""

COUNTS_AGE = timedelta(days=1)
"""Cached counts older than this are ignored; a source may refresh sooner."""
_PAGES_A_REFRESH = 10
_PAGES_AT_FIRST = 100
_SMALL_PAGE = 10
_STALE_PAGES = 5
"""A first sync ends after this many consecutive pages without new posts."""
_RECHECKED_A_SYNC = 57
_GONE = (400, 404, 410, 422)
_COUNTS_A_SYNC = 40


def ignore_progress(progress: Progress) -> None:
    """A Report for callers that ignore progress."""


def ignore_changes(changed: list[PostKey], removed: list[PostKey]) -> None:
    """A Changed for callers that show nothing."""


class SyncOutcome(msgspec.Struct, frozen=True):
    """What a sync has to tell: sentences about what could not be fetched, and when to go on after a rate limit."""

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
    """Fetch what is new for one account.

    `kept` is called with the keys of new posts after each page, `changed` with those of posts that were edited and of
    posts that were deleted; posts with a `visible` id are compared with the server first. On the first sync the ties
    are read before the timeline, so that no friend is hidden for want of evidence; later the timeline comes first.
    """
    account = source.account.key
    first = archive.posts.newest(account) is None
    if has_count_cache(source):
        source.prime_cache(archive.posts.with_fresh_counts(account, now - COUNTS_AGE))
    if has_ties(source):
        reader = RelationshipReader(source, archive, now)
    else:
        reader = None
    run = _Run(source, archive, now, report, kept, changed, reader.read_page if reader else _meet_nobody)

    async def filters() -> None:
        if reader and has_moderation(source):
            await reader.read_filters(source)

    async def ties() -> None:
        if reader:
            await reader.read_interactions(report)

    async def timeline() -> None:
        pages = await _read_timeline(run, first_posts if first else None)
        if not first:
            await _go_on(run, first_posts, _PAGES_A_REFRESH - pages)

    async def restrictions() -> None:
        if reader and has_moderation(source):
            await reader.read_restrictions(source)

    async def own_counts() -> None:
        if reader and has_profiles(source):
            await reader.read_own_counts(source)

    async def relationships() -> None:
        if reader:
            await reader.ask_pending()
            await reader.refresh()

    async def counts() -> None:
        asked = archive.posts.profiles_to_refresh(account, _COUNTS_A_SYNC, now)
        if asked and has_profiles(source):
            archive.posts.save_profiles(account, asked, await source.people(asked), now)

    async def recheck() -> None:
        if has_rechecks(source):
            await _recheck(run, source, visible)

    # Read filters before posts, because the server applies the current filters to new posts.
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
                # Told once, below: the sign-in stays as it is until the user renews it.
                continue
            if type(error) not in map(type, failed.values()):
                messages.append(str(error))
            failed[step] = error
    if ties in failed and timeline not in failed:
        archive.ties.interactions_still_failing(account, now)
    errors = list(failed.values())
    if reader and reader.failure is not None:
        errors.append(reader.failure)
        if not isinstance(reader.failure, PermissionMissing):
            messages.append(str(reader.failure))
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
    """Fetch at most that many pages of what a gap left out; whether the gap is closed. Raises SourceError."""
    current: Gap | None = gap

    if has_ties(source):
        reader = RelationshipReader(source, archive, now)
    else:
        reader = None

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
            _give_up(run, current, error)
            raise
        current = await _keep_page(run, page, current, current.older_at)
    return current is None


async def _read_timeline(run: _Run, first_posts: int | None) -> int:
    """The newest posts, down to what is kept; how many pages it took."""
    newest = run.archive.posts.newest(run.account)
    gap: Gap | None = None
    fetched = pages = stale = 0
    while pages < (_PAGES_A_REFRESH if first_posts is None else _PAGES_AT_FIRST + first_posts // _SMALL_PAGE):
        run.report(Progress(run.account, "posts", fetched, first_posts))
        page = await run.source.timeline(gap.cursor if gap else None)
        before = len(run.seen)
        gap = await _keep_page(run, page, gap, newest)
        run.spans.append(page)
        fetched += len(page.posts) if first_posts is None else len(run.seen) - before
        pages += 1
        stale = 0 if len(run.seen) > before else stale + 1
        enough = first_posts is not None and (fetched >= first_posts or stale >= _STALE_PAGES)
        if gap is None or not gap.fillable or enough:
            break
    run.report(Progress(run.account, "posts_done", fetched, fetched))
    return pages


async def _go_on(run: _Run, first_posts: int, pages: int) -> None:
    """Fetch what an earlier sync left out when it broke off: holes, and the first posts where it was the very first.

    A script never comes to where the screens fill a gap. A place that the server no longer knows stays a gap.
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
            _give_up(run, gaps[0], error)
            return
        except SourceError:
            return
        await _keep_page(run, page, gaps[0], gaps[0].older_at)


def _lacking(source: Source, archive: Archive) -> list[str]:
    """A sentence about permissions that this sign-in lacks, once for each of them."""
    state = missing_permissions_state(source.account.key)
    stored = archive.get_state(state)
    told = stored.split() if isinstance(stored, str) else []
    lacking = source.lacking if isinstance(source, LimitedSource) else ()
    new = [each for each in lacking if each.scope not in told]
    if not new:
        return []
    archive.set_state(**{state: " ".join([*told, *(each.scope for each in new)])})
    if len(new) == 1:
        return [str(new[0])]
    purposes = list(dict.fromkeys(each.purpose for each in new))
    listed = " or ".join([", ".join(purposes[:-1]), purposes[-1]] if len(purposes) > 1 else purposes)
    return [f"This sign-in lacks permissions, so quietfeed cannot {listed}: {new[0].remedy}."]


def _give_up(run: _Run, gap: Gap, error: RequestRejected) -> None:
    """Record that a server no longer knows the place of a gap. A firewall's 403 says nothing about it."""
    if error.status in _GONE:
        run.archive.posts.set_gap_kind(gap, "forgotten")


async def _keep_page(run: _Run, page: Page, filled: Gap | None, older_at: datetime | None) -> Gap | None:
    """Store a page, read the ties of its people, and return the gap below it."""
    above = filled.at if filled else max(run.now, page.served_at or run.now)
    below = _gap_below(run, page, older_at, above, filled)
    kept = store_page(run.archive, run.account, page, run.now, below=below, filled=filled)
    run.seen.update(post_id for _, post_id in kept.new)
    if below is not None and not below.fillable:
        run.notices.append(_missing(run.source.account, below))
    try:
        await run.meet(page, kept.new)
    finally:
        run.kept(kept.new)
        if kept.changed:
            run.changed(kept.changed, [])
    return kept.gap


def _missing(account: Account, gap: Gap) -> str:
    host = account.server.partition("://")[2] or account.server
    if gap.kind == "unreachable":
        return f"{host} gives no way to posts older than {gap.at.astimezone():%d %b %H:%M}; they cannot be fetched."
    if gap.older_at:
        older = f" between {gap.older_at.astimezone():%d %b %H:%M} and"
    else:
        older = " before"
    return f"{host} no longer has the posts{older} {gap.at.astimezone():%d %b %H:%M}; they cannot be fetched."


async def _meet_nobody(page: Page, new: list[PostKey]) -> None:
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
    asked = [post for post in due if post.id not in read]
    if not asked:
        return
    answer = await source.recheck(asked, posts[0])
    changed, removed = store_recheck(run.archive, run.account, asked, answer, run.now)
    if changed or removed:
        run.changed(changed, removed)


def _gap_below(run: _Run, page: Page, older_at: datetime | None, above: datetime, filled: Gap | None) -> Gap | None:
    """The gap that is left below a page: None at the end of the timeline, and where the page meets what is kept.

    Servers send pages that overlap and posts twice, so a known post alone proves nothing: the oldest post of the page
    must be kept already and stand where the kept posts go on. Where the server's timeline ends before it meets them,
    the server has forgotten what was between.
    """
    times = [(post.at, post.id) for post in page.posts if post.at is not None]
    lowest = min(min(times)[0], above) if times else above
    if page.cursor is None:
        if filled is None and not page.posts:
            # A home timeline is empty while the server rebuilds it.
            return None
        if (page.complete and older_at is None) or _meets(run, page, filled):
            return None
        return Gap(0, run.account, "", lowest, older_at, "forgotten" if page.complete else "unreachable")
    if times:
        at, post_id = min(times)
        if older_at is not None and at <= older_at and post_id in run.archive.posts.known(run.account, [post_id]):
            return None
    return Gap(0, run.account, page.cursor, lowest, older_at)


def _meets(run: _Run, page: Page, filled: Gap | None) -> bool:
    """Whether the last page has a post that was kept before this sync, below the gap that it fills."""
    below = [post for post in page.posts if filled is None or (post.at is not None and post.at < filled.at)]
    known = run.archive.posts.known(run.account, [post.id for post in below])
    return not known <= run.seen

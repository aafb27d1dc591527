"""Syncs one account: its filters, its timeline, its ties, and what else changed on the server."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from ..models.errors import TRANSIENT_ERRORS, PermissionMissing, RateLimited, SourceError
from ..models.source import (
    LimitedSource,
    RecheckSource,
    Source,
    has_count_cache,
    has_known_followers,
    has_moderation,
    has_profiles,
    has_rechecks,
    has_ties,
)
from ..models.view import Progress
from ..phrases.errors import error_text, permissions_text
from ..store.archive import Archive
from .accounts import missing_permissions_state
from .ingest import remove_unmarked, store_profiles, store_recheck
from .paging import (
    PAGES_A_REFRESH,
    Changed,
    FirstPage,
    Kept,
    Meet,
    Run,
    fill_old_gaps,
    ignore_changes,
    ignore_people,
    read_first_page,
    read_timeline,
)
from .relationships import RelationshipReader, Report

Met = Callable[[], None]
"""Called after the ties to people of kept posts were read."""

COUNTS_AGE = timedelta(days=1)
"""Older cached counts are ignored; a source may refresh sooner."""
_RECHECKED_A_SYNC = 57
_COUNTS_A_SYNC = 40


def ignore_progress(progress: Progress) -> None:
    """A Report that does nothing."""


def ignore_ties() -> None:
    """A Met that does nothing."""


class SyncOutcome(msgspec.Struct, frozen=True):
    """The result of a sync: sentences about what could not be fetched, and the end of a rate limit."""

    messages: list[str]
    retry_at: datetime | None = None
    errors: tuple[SourceError, ...] = ()
    """The errors behind the messages."""


async def sync_account(
    source: Source,
    archive: Archive,
    *,
    now: datetime,
    first_posts: int,
    report: Report,
    kept: Kept,
    changed: Changed = ignore_changes,
    met: Met = ignore_ties,
    visible: Sequence[str] = (),
    ties_first: bool = False,
) -> SyncOutcome:
    """Fetch new posts and ties of one account.

    `kept` is called with the new posts after each page, `changed` with the keys of edited and of deleted posts, `met`
    after the ties to people of posts that were kept before. Posts with an id in `visible` are rechecked first.

    The first sync keeps its first page before it reads any tie: while no tie to an author is known, no post of theirs
    is hidden by a guess. Ties follow, then the rest of the timeline, so that no friend is hidden for lack of evidence.
    With `ties_first` they precede the first page too. Later syncs read the timeline first.
    """
    account = source.account.key
    first = archive.posts.newest(account) is None
    if has_count_cache(source):
        source.prime_cache(archive.people.with_fresh_counts(account, now - COUNTS_AGE))
    reader = None
    read_ties: Meet = ignore_people
    if has_ties(source):
        reader = RelationshipReader(source, archive, now)
        read_ties = reader.read_page
    run = Run(source, archive, now, report, kept, changed, read_ties)

    async def filters() -> None:
        if reader and has_moderation(source):
            await reader.read_filters(source)

    async def ties() -> None:
        if reader:
            await reader.read_interactions(report)

    begun: list[FirstPage] = []
    failed: dict[Callable[[], Awaitable[None]], SourceError] = {}

    async def first_page() -> None:
        begun.append(await read_first_page(run, first_posts))

    async def ties_of_first_page() -> None:
        if reader and begun:
            await reader.read_page(begun[0].page, begun[0].new)
            met()

    async def timeline() -> None:
        if timeline in failed:
            # The first page could not be read.
            return
        limit = None
        if first:
            limit = first_posts
        pages = await read_timeline(run, limit, begun[0] if begun else None)
        if not first:
            await fill_old_gaps(run, first_posts, PAGES_A_REFRESH - pages)

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

    async def known_followers() -> None:
        if reader and has_known_followers(source) and (posts := await reader.read_known_followers(source)):
            run.changed(posts, [])

    async def recheck() -> None:
        if has_rechecks(source):
            await _recheck(run, source, visible)

    # Filters first, because new posts are shown with the current filters.
    before: tuple[Callable[[], Awaitable[None]], ...] = (filters, timeline, ties)
    if (first and ties_first) or (not first and reader and not archive.ties.streams(account)):
        # Also if an earlier sync was interrupted after its first page.
        before = (filters, ties, timeline)
    elif first:
        if reader:
            # A sync may be interrupted after some of them: until all are read, no author is taken for a stranger.
            archive.ties.interactions_missing(account, now)
        before = (filters, first_page, ties, ties_of_first_page, timeline)
    after = (restrictions, own_counts, relationships, counts, known_followers, recheck)
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
            failed[timeline if step is first_page else step] = error
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


async def _recheck(run: Run, source: RecheckSource, visible: Sequence[str]) -> None:
    """Recheck recent posts: remove deleted ones, update edited ones, and close ended polls."""
    if gone := remove_unmarked(run.archive, run.account):
        run.changed([], gone)
    posts = [post for page in run.spans for post in page.posts]
    if not posts:
        return
    times = [post.at for page in run.spans[:1] for post in page.posts if post.at is not None]
    read = {post.id for post in posts}
    visible = [each for each in visible if each not in read]
    due = run.archive.rechecks.due(
        run.account, min(times, default=None), run.now, _RECHECKED_A_SYNC, visible=visible, last_read=_last_read(run)
    )
    stale = [post for post in due if post.id not in read]
    if not stale:
        return
    response = await source.recheck(stale, posts[0])
    changed, removed = store_recheck(run.archive, run.account, stale, response, run.now)
    if changed or removed:
        run.changed(changed, removed)


def _last_read(run: Run) -> datetime | None:
    """The time of the account's previous sync that read its timeline; stores the time of this one."""
    state = f"timeline_read:{run.account}"
    stored = run.archive.get_state(state)
    run.archive.set_state(**{state: run.now.isoformat()})
    with suppress(ValueError):
        return datetime.fromisoformat(str(stored))
    return None

"""Syncs one account: its filters, its timeline, its ties, and other changes on the server."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from ..models.errors import TRANSIENT_ERRORS, PermissionMissing, QuietfeedError, RateLimited, SourceError
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
    Arrived,
    Changed,
    FirstPage,
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
"""Called after the ties to people of stored posts were read."""

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
    errors: tuple[QuietfeedError, ...] = ()
    """The errors behind the messages."""


async def sync_account(
    source: Source,
    archive: Archive,
    *,
    now: datetime,
    first_posts: int,
    report: Report,
    arrived: Arrived,
    changed: Changed = ignore_changes,
    met: Met = ignore_ties,
    visible: Sequence[str] = (),
    ties_first: bool = False,
) -> SyncOutcome:
    """Fetch new posts and ties of one account.

    `arrived` is called with the new posts after each page, `changed` with the keys of edited and of deleted posts,
    `met` after the ties to people of posts that were stored before. Posts with an id in `visible` are rechecked first.

    The first sync stores its first page before it reads ties: no guess hides a post while the tie to its author is
    unknown. It then reads the ties, then the rest of the timeline, so that no friend is hidden for lack of evidence.
    With `ties_first` it reads the ties before the first page too. Later syncs read the timeline first.
    """
    reader = None
    read_ties: Meet = ignore_people
    if has_ties(source):
        reader = RelationshipReader(source, archive, now)
        read_ties = reader.read_page
    run = Run(source, archive, now, report, arrived, changed, read_ties)
    sync = _AccountSync(run, reader, first_posts=first_posts, met=met, visible=visible)
    return await sync.run(ties_first=ties_first)


Step = Callable[[], Awaitable[None]]


class _AccountSync:
    """The steps of one sync of an account, and the errors of those that failed."""

    def __init__(
        self, run: Run, reader: RelationshipReader | None, *, first_posts: int, met: Met, visible: Sequence[str]
    ) -> None:
        """`reader` is None if the network has no relationships."""
        self._run = run
        self._reader = reader
        self._source, self._archive, self._account = run.source, run.archive, run.account
        self._first_posts = first_posts
        self._met = met
        self._visible = visible
        self._is_first = self._archive.posts.newest(self._account) is None
        self._begun: FirstPage | None = None
        self._failed: dict[Step, SourceError] = {}

    async def run(self, *, ties_first: bool) -> SyncOutcome:
        """Run all steps, and collect what could not be fetched."""
        if has_count_cache(self._source):
            self._source.prime_cache(self._archive.people.with_fresh_counts(self._account, self._run.now - COUNTS_AGE))
        messages: list[str] = []
        for step in self._needed(ties_first=ties_first):
            await self._try(step, messages)
        for step in self._optional():
            # The server is down, or has rate-limited the client.
            if any(isinstance(error, TRANSIENT_ERRORS) for error in self._failed.values()):
                break
            await self._try(step, messages)
        return self._outcome(messages)

    def _needed(self, *, ties_first: bool) -> tuple[Step, ...]:
        """The steps that bring new posts. Filters come first, because new posts are shown with the current ones."""
        if self._is_first and not ties_first:
            if self._reader:
                # A sync may be interrupted after some of them. Until all are read, no author counts as a stranger.
                self._archive.ties.interactions_missing(self._account, self._run.now)
            return (self._filters, self._first_page, self._ties, self._ties_of_first_page, self._timeline)
        # Ties precede the timeline too if an earlier sync was interrupted after its first page.
        interrupted = self._reader is not None and not self._archive.ties.streams(self._account)
        if self._is_first or interrupted:
            return (self._filters, self._ties, self._timeline)
        return (self._filters, self._timeline, self._ties)

    def _optional(self) -> tuple[Step, ...]:
        """The steps that can wait for the next sync."""
        return (
            self._restrictions,
            self._own_counts,
            self._relationships,
            self._counts,
            self._known_followers,
            self._recheck,
        )

    async def _try(self, step: Step, messages: list[str]) -> None:
        try:
            await step()
        except SourceError as error:
            if isinstance(error, PermissionMissing) and step != self._timeline:
                # Reported once, in `_outcome`, because it lasts until the user signs in again.
                return
            if type(error) not in map(type, self._failed.values()):
                messages.append(error_text(error))
            self._failed[self._timeline if step == self._first_page else step] = error

    def _outcome(self, messages: list[str]) -> SyncOutcome:
        if self._ties in self._failed and self._timeline not in self._failed:
            self._archive.ties.interactions_still_failing(self._account, self._run.now)
        errors = list(self._failed.values())
        if self._reader and self._reader.failure is not None:
            errors.append(self._reader.failure)
            if not isinstance(self._reader.failure, PermissionMissing):
                messages.append(error_text(self._reader.failure))
        if self._timeline not in self._failed:
            messages += _lacking(self._source, self._archive)
        limits = [error.retry_at for error in errors if isinstance(error, RateLimited)]
        unique = list(dict.fromkeys([*messages, *self._run.notices]))
        return SyncOutcome(unique, max(limits, default=None), tuple(errors))

    async def _filters(self) -> None:
        if self._reader and has_moderation(self._source):
            await self._reader.read_filters(self._source)

    async def _ties(self) -> None:
        if self._reader:
            await self._reader.read_interactions(self._run.report)

    async def _first_page(self) -> None:
        self._begun = await read_first_page(self._run, self._first_posts)

    async def _ties_of_first_page(self) -> None:
        if self._reader and self._begun is not None:
            await self._reader.read_page(self._begun.page, self._begun.new)
            self._met()

    async def _timeline(self) -> None:
        if self._timeline in self._failed:
            # The first page could not be read.
            return
        limit = None
        if self._is_first:
            limit = self._first_posts
        pages = await read_timeline(self._run, limit, self._begun)
        if not self._is_first:
            await fill_old_gaps(self._run, self._first_posts, PAGES_A_REFRESH - pages)

    async def _restrictions(self) -> None:
        if self._reader and has_moderation(self._source):
            await self._reader.read_restrictions(self._source)

    async def _own_counts(self) -> None:
        if self._reader and has_profiles(self._source):
            await self._reader.read_own_counts(self._source)

    async def _relationships(self) -> None:
        if self._reader:
            await self._reader.request_pending()
            await self._reader.refresh()

    async def _counts(self) -> None:
        now = self._run.now
        wanted = self._archive.people.profiles_to_refresh(self._account, _COUNTS_A_SYNC, now)
        if wanted and has_profiles(self._source):
            store_profiles(self._archive, self._account, wanted, await self._source.people(wanted), now)

    async def _known_followers(self) -> None:
        if self._reader and has_known_followers(self._source):
            posts = await self._reader.read_known_followers(self._source)
            if posts:
                self._run.changed(posts, [])

    async def _recheck(self) -> None:
        if has_rechecks(self._source):
            await _recheck(self._run, self._source, self._visible)


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

"""Fetches posts from the networks, stores them and judges them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..models.account import Account
from ..models.config import Config
from ..models.errors import (
    PermissionMissing,
    QuietfeedError,
    SignInNeeded,
    SourceError,
    UsageError,
)
from ..models.source import has_prices, has_subscriptions
from ..models.tuning import Tuning
from ..models.view import Gap, PostKey, Progress, RefreshResult, Refusal
from ..phrases.errors import error_text
from ..store.archive import Archive
from ..store.changes import PlacedPost
from .accounts import Accounts
from .clock import Clock
from .concurrency import gather
from .events import Events, PostsArrived
from .external import ExternalChanges
from .loaded import LoadedPosts
from .logfile import report_unexpected
from .tally import Tally
from .timeline import TimelineService
from .unread import UnreadTracker

# Network code is imported at the first request, not before the first screen.
if TYPE_CHECKING:
    from ..models.source import Source
    from .paging import Arrived
    from .paid_sync import KnownPeople
    from .sync import SyncOutcome

ReportProgress = Callable[[Progress], None]

_STEP = 16
"""The number of posts judged between two pauses; a step takes less than a frame."""


class FetchingService:
    """Refreshes accounts and fills gaps.

    If several accounts are requested, the error of one is a sentence in the result and does not stop the others. A
    method for one account raises SourceError.
    """

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        timeline: TimelineService,
        tally: Tally,
        unread: UnreadTracker,
        external: ExternalChanges,
        events: Events,
        clock: Clock,
        tuning: Tuning,
        config: Config,
        known: "KnownPeople",
    ) -> None:
        """`known`: the people of an account whom the user knows."""
        self._archive = archive
        self._accounts = accounts
        self._loaded = loaded
        self._timeline = timeline
        self._tally = tally
        self._unread = unread
        self._external = external
        self._events = events
        self._clock = clock
        self._tuning = tuning
        self._config = config
        self._known = known
        self.refusals: dict[str, Refusal] = {}
        """The accounts that have to sign in again, by key, as of the last refresh of each."""
        self._begun: Coroutine[Any, Any, RefreshResult] | None = None
        self._report_rest: ReportProgress | None = None

    def begin(self) -> None:
        """Start a refresh without an event loop, up to its first pause. `finish` does the rest.

        For the demo world: it pauses after its first page, so that the screen shows the newest posts at once.
        """

        def report(progress: Progress) -> None:
            if self._report_rest is not None:
                self._report_rest(progress)

        begun = self._refresh(report, None, (), ties_first=True)
        with suppress(StopIteration):
            begun.send(None)
            self._begun = begun

    @property
    def unfinished(self) -> bool:
        """Whether `begin` left work for `finish`."""
        return self._begun is not None

    async def finish(self, report: ReportProgress) -> RefreshResult:
        """Finish the refresh that `begin` started. Afterwards all posts are judged as if they had arrived together."""
        begun, self._begun = self._begun, None
        if begun is None:
            return RefreshResult()
        self._report_rest = report
        result = await asyncio.ensure_future(begun)
        self._loaded.mark_all_stale()
        while self._timeline.rejudge_stale(_STEP):
            await asyncio.sleep(0)
        return await self._result(list(result.new), list(result.errors))

    async def refresh(
        self, report: ReportProgress, accounts: Sequence[Account] | None = None, *, visible: Sequence[PostKey] = ()
    ) -> RefreshResult:
        """Fetch, store and judge new posts of all accounts (or of these).

        The posts in `visible`, those on the screen, are checked first for edits and deletions.
        """
        await self.finish(report)
        return await self._refresh(report, accounts, visible)

    async def _refresh(
        self,
        report: ReportProgress,
        accounts: Sequence[Account] | None,
        visible: Sequence[PostKey],
        *,
        ties_first: bool = False,
    ) -> RefreshResult:
        if not self._loaded.begun:
            self._timeline.load()
        new: list[PostKey] = []
        refusals: dict[str, Refusal] = {}
        if accounts is None:
            accounts = self._accounts.all()

        def add(posts: Sequence[PlacedPost]) -> None:
            new.extend(post.key for _, post in posts)
            self._add(posts)

        async def sync(account: Account) -> "SyncOutcome":
            ids = [post_id for key, post_id in visible if key == account.key]
            outcome = await self._sync(account, report, add, ids, ties_first=ties_first)
            for error in outcome.errors:
                # Without a command a new sign-in does not help, for example if the account is suspended.
                if isinstance(error, PermissionMissing) or (isinstance(error, SignInNeeded) and error.command):
                    refusals.setdefault(account.key, Refusal(account, error))
            return outcome

        outcomes = await gather([sync(account) for account in accounts])
        errors = [message for each in outcomes for message in each.messages]
        for account in accounts:
            self.refusals.pop(account.key, None)
        self.refusals |= refusals
        limits = [each.retry_at for each in outcomes if each.retry_at is not None]
        if self._external.reload():
            self._unread.reload()
        # Another process, or a concurrent refresh of other accounts, may have stored posts too. They are loaded,
        # but those of other accounts are not new here.
        if missed := self._loaded.external_new():
            self._add(self._archive.posts.get(missed))
            own = {account.key for account in accounts}
            new += [key for key in missed if key[0] in own]
        self._loaded.reload_filters()
        self._loaded.reread_ties()
        result = await self._result(new, errors)
        return replace(result, retry_at=min(limits, default=None), refusals=tuple(refusals.values()))

    async def _sync(
        self, account: Account, report: ReportProgress, add: "Arrived", visible: Sequence[str], *, ties_first: bool
    ) -> "SyncOutcome":
        """Sync one account. Errors of its server must not stop the others."""
        from .sync import SyncOutcome

        try:
            source = await self._accounts.source(account)
            return await self._sync_source(source, report, add, visible, ties_first=ties_first)
        except (SourceError, UsageError) as error:
            return SyncOutcome([error_text(error)], errors=(error,))
        except QuietfeedError:
            # The store cannot be written, which affects all accounts.
            raise
        except Exception as error:
            return SyncOutcome([report_unexpected(error, "the sync of an account")])

    async def _sync_source(
        self, source: "Source", report: ReportProgress, add: "Arrived", visible: Sequence[str], *, ties_first: bool
    ) -> "SyncOutcome":
        now, changed = self._clock.now(), self.take_changes
        if has_subscriptions(source):
            from .subscription_sync import sync_subscriptions

            outcome = await sync_subscriptions(
                source, self._archive, now=now, report=report, arrived=add, changed=changed
            )
            self._external.reload_subscriptions()
            # There may be posts of hundreds of blogs. Judging them at once would freeze the screen.
            while self._timeline.rejudge_stale(_STEP):
                await asyncio.sleep(0)
            return outcome
        if has_prices(source):
            from .paid_sync import sync_paid

            home = self._accounts.spending.reads_home(source.account.key)
            return await sync_paid(
                source,
                self._archive,
                home=home,
                known=self._known,
                now=now,
                report=report,
                arrived=add,
                changed=changed,
            )
        from .sync import sync_account

        return await sync_account(
            source,
            self._archive,
            now=now,
            first_posts=self._config.first_sync_posts,
            report=report,
            arrived=add,
            changed=changed,
            met=self._meet,
            ties_first=ties_first,
            visible=visible,
        )

    async def more(self, want: int, report: ReportProgress) -> RefreshResult:
        """Load older posts, first stored ones, then fetched ones, until `want` more are shown or a limit is met."""
        before = {judged.key for judged in self._timeline.posts}

        def shown() -> int:
            return self._loaded.counts(self._timeline.level).shown

        goal = shown() + want
        while shown() < goal and self._timeline.load():
            pass
        errors: list[str] = []
        requests = 0
        while shown() < goal and requests < self._tuning.pages_per_fill and not errors:
            tails = [gap for gap in self._timeline.gaps if gap.older_at is None and gap.fillable]
            if not self._loaded.complete or not tails:
                break
            for gap in tails:
                errors += (await self._fill(gap, 1, report))[1]
                requests += 1
        new = [judged.key for judged in self._timeline.posts if judged.key not in before]
        return replace(await self._result(new, errors), older=True)

    async def fill(self, gap: Gap, report: ReportProgress) -> RefreshResult:
        """Fetch the posts of a gap, up to a limit. The rest stays a gap."""
        new, errors = await self._fill(gap, self._tuning.pages_per_fill, report)
        return await self._result(new, errors)

    async def _fill(self, gap: Gap, pages: int, report: ReportProgress) -> tuple[list[PostKey], list[str]]:
        from .paging import fill_gap

        new: list[PostKey] = []
        account = self._accounts.find(gap.account)
        if account is None:
            return new, []

        def add(posts: Sequence[PlacedPost]) -> None:
            new.extend(post.key for _, post in posts)
            self._add(posts)

        try:
            await fill_gap(
                await self._accounts.source(account),
                self._archive,
                gap,
                now=self._clock.now(),
                pages=pages,
                report=report,
                arrived=add,
                changed=self.take_changes,
            )
        except (SourceError, UsageError) as error:
            return new, [error_text(error)]
        return new, []

    def _add(self, posts: Sequence[PlacedPost]) -> list[PostKey]:
        self._unread.add_stored([post.key for _, post in posts])
        added = self._loaded.add_new(posts)
        self._events.publish(PostsArrived(tuple(added)))
        return added

    def _meet(self) -> None:
        """Judge posts again if the ties of their authors were read after them."""
        self._events.publish(PostsArrived(tuple(self._loaded.reread_ties())))

    def take_changes(self, changed: Sequence[PostKey], removed: Sequence[PostKey]) -> None:
        """Update edited posts, and remove deleted ones."""
        self._loaded.evict([key for key in removed if self._loaded.get(key) is not None])
        self._loaded.reload(changed)
        if removed:
            self._unread.reload()

    async def _result(self, new: Sequence[PostKey], errors: list[str]) -> RefreshResult:
        self._timeline.rejudge_stale()
        new = list(dict.fromkeys(new))
        shown = self._timeline.shown()
        count = sum(key in shown for key in new)
        elsewhere = [key for key in new if self._loaded.get(key) is None]
        for number, (key, verdict) in enumerate(self._tally.judge(elsewhere), 1):
            self._tally.note(key, verdict)
            count += verdict.shown_at(self._timeline.level)
            if number % _STEP == 0:
                await asyncio.sleep(0)
        return RefreshResult(tuple(new), count, len(new) - count, tuple(dict.fromkeys(errors)))

    @contextmanager
    def noting_refusal(self, account: Account) -> Iterator[None]:
        """Record an account whose sign-in was rejected, so that the screens offer a new one."""
        try:
            yield
        except SignInNeeded as error:
            self.refusals[account.key] = Refusal(account, error)
            raise

"""The outbox service: stores actions, shows them at once, sends them, and rolls back rejected ones."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from ..models.account import Account
from ..models.action import OPEN_STATES, Action, ActionKey, ActionState, Like, Unlike, capability_of, kind_of, target_of
from ..models.errors import (
    NotFound,
    PermissionMissing,
    PostDeleted,
    QuietfeedError,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    SourceError,
    StoreError,
    UsageError,
    WritingOff,
)
from ..models.post import Post
from ..models.source import Writer, writer_of
from ..models.tid import make_tid
from ..models.view import Change, ChangeKind, JudgedPost, PostKey
from ..phrases.actions import done_sentence, failed_sentence, withdrawn_sentence
from ..phrases.actions import writing_off as writing_off_sentence
from ..sources import like_interaction_id, write_rules
from ..store.archive import Archive
from ..store.outbox import Entry
from .accounts import Accounts
from .clock import Clock
from .events import ActionChanged, Events
from .history import History, RemoteCommand
from .loaded import LoadedPosts
from .timeline import TimelineService
from .write_budget import cost_of, longest_limit, next_allowed

CONFIRM_AFTER = timedelta(hours=1)
"""An action that stays unsent for this long needs a new confirmation."""

_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=10)
_ELSEWHERE = timedelta(seconds=5)
"""The interval for checking an action that another process is sending."""

_REFUSED = (PermissionMissing, PostDeleted, RequestRejected)
"""Errors after which an action was certainly not done and a retry would not help."""


class OutboxService:
    """Likes and unlikes posts. A method that raises StoreError has changed nothing.

    `dice` returns numbers in [0, 1) for the jitter of retries and for record keys.
    """

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        timeline: TimelineService,
        history: History,
        events: Events,
        clock: Clock,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._archive = archive
        self._store = archive.outbox
        self._accounts = accounts
        self._loaded = loaded
        self._states = loaded.states
        self._timeline = timeline
        self._history = history
        self._events = events
        self._clock = clock
        self._dice = dice
        self._sending = asyncio.Lock()
        self._commands: dict[int, RemoteCommand] = {}

    # What the user does.

    async def toggle_like(self, key: PostKey) -> Change:
        """Like a post, or take the like back where it is liked. Raises WritingOff where the account may not write."""
        return await (self.unlike(key) if self._judged(key).liked else self.like(key))

    async def like(self, key: PostKey) -> Change:
        """Store and show a like; `send_due` sends it."""
        return await self._run("like", key)

    async def unlike(self, key: PostKey) -> Change:
        """Unlike a post. A like that was not sent yet is dropped."""
        return await self._run("unlike", key)

    async def _run(self, kind: ChangeKind, key: PostKey) -> Change:
        judged = self._judged(key)
        handle = judged.post.author.handle
        self._check(judged.post)
        if judged.liked is (kind == "like"):
            return _unchanged(kind, handle, key)
        opposite: ChangeKind = "unlike" if kind == "like" else "like"

        async def apply() -> Change:
            return self._queue(kind, key)

        async def revert() -> Change:
            return self._queue(opposite, key)

        command = RemoteCommand(kind, handle, apply, revert)
        change = await self._history.run_remote(command)
        newest = self.newest(key)
        if newest is not None and newest.state in OPEN_STATES:
            self._commands[newest.id] = command
        return change

    def newest(self, key: PostKey) -> Entry | None:
        """The newest action on a post."""
        post = self._judged(key).post
        return self._store.newest(post.account, post.original_id or post.id)

    def _judged(self, key: PostKey) -> JudgedPost:
        found = self._timeline.get_or_load([key])
        if not found:
            raise NotFound(f"There is no post {key[1]}: `quietfeed timeline --all --json` lists the ids.")
        return found[0]

    def _account(self, key: str) -> Account | None:
        return next((account for account in self._accounts.all() if account.key == key), None)

    def _check(self, post: Post) -> None:
        account = self._account(post.account)
        if account is None or not (account.writing or self._accounts.can_sign_in):
            raise UsageError("This timeline is only a preview: sign in to like posts.")
        if "like" not in write_rules(account.network).capabilities:
            raise UsageError(f"{account.name} cannot like posts.")
        if not account.writing:
            raise WritingOff(writing_off_sentence(account.name), account.key)

    def _queue(self, kind: ChangeKind, key: PostKey) -> Change:
        """Store an action, or drop its opposite that was not sent yet."""
        judged = self._judged(key)
        post, before = judged.post, self.newest(key)
        handle = post.author.handle
        if judged.liked is (kind == "like"):
            return _unchanged(kind, handle, key)
        shown = self._timeline.shown()
        withdrawn = before is not None and before.state == "pending" and self._store.withdraw(before)
        if before is not None and withdrawn:
            self._states.remove(before)
            self._commands.pop(before.id, None)
            sentence = withdrawn_sentence(kind_of(before.action), handle)
            if kind == "unlike":
                done: ChangeKind = "like_withdrawn"
            else:
                done = "unlike_withdrawn"
            self._events.publish(ActionChanged(str(before.id), "failed", sentence, key))
        else:
            if before is not None and before.state == "unclear":
                unclear = before
            else:
                unclear = None
            entry = self._add(self._action(kind, post, before), unclear)
            self._states.set(entry)
            done = kind
            self._events.publish(ActionChanged(str(entry.id), "pending", "", key))
        self._reload(post)
        return replace(self._timeline.compare(shown, done, key), names=(handle,))

    def _action(self, kind: ChangeKind, post: Post, before: Entry | None) -> Action:
        target = target_of(post)
        if kind == "like":
            return Like(target)
        record_id = post.viewer.like_id
        if before is not None and isinstance(before.action, Like) and before.state != "failed":
            # The like may be in transit; its record has this key in any case.
            if before.receipt:
                record_id = before.receipt.record_id
            else:
                record_id = before.key.record_key
        return Unlike(target, record_id)

    def _add(self, action: Action, instead_of: Entry | None) -> Entry:
        now = self._clock.now()
        key = ActionKey(make_tid(now, int(self._dice() * 1024)), now)
        target = action.target
        account = self._account(target.account)
        own = self._loaded.is_own(target.account, target.person_id)
        if own or account is None:
            contact = ""
        else:
            contact = like_interaction_id(account.network, target.post_id)
        return self._store.add(action, key, now, contact, instead_of=instead_of)

    def _reload(self, post: Post) -> None:
        """Read the post again, and judge its author by the tie as it is now."""
        original = post.original_id or post.id
        keys = [post.key, (post.account, original)]
        keys += [each.key for each in self._loaded.posts if each.post.original_id == original]
        self._loaded.reload(dict.fromkeys(keys))
        self._loaded.reread_ties([post])

    # What waits, and what became of it.

    def entries(self) -> list[Entry]:
        """Every stored action, newest first."""
        return self._store.all()

    def entry(self, number: int) -> Entry:
        """One action. Raises NotFound."""
        found = self._store.get(number)
        if found is None:
            raise NotFound(f"There is no action {number} in the outbox: `quietfeed outbox` lists them.")
        return found

    def needs_confirmation(self, entry: Entry) -> bool:
        """Whether an action stayed unsent for over an hour and needs a confirmation."""
        return entry.state in OPEN_STATES and self._clock.now() - entry.confirmed_at >= CONFIRM_AFTER

    def waiting(self) -> list[Entry]:
        """The actions that need a confirmation."""
        return [entry for entry in self._store.open() if self.needs_confirmation(entry)]

    def confirm(self, number: int) -> Entry:
        """Send an action that failed or waits. Raises NotFound, and UsageError for one that is done."""
        entry = self.entry(number)
        if entry.state == "done":
            raise UsageError(f"Action {number} is done already.")
        account = self._account(entry.account)
        if account is not None and not account.writing:
            raise WritingOff(writing_off_sentence(account.name), account.key)
        entry = self._store.confirm(entry, self._clock.now())
        self._changed(entry)
        return entry

    def drop(self, number: int) -> Entry:
        """Forget an action that is not done. Raises UsageError for one that is being sent, or may have been done."""
        entry = self.entry(number)
        if entry.state == "done":
            raise UsageError(f"Action {number} is done: `u` or the opposite command takes it back.")
        if not self._store.withdraw(entry):
            raise UsageError(f"Action {number} may have been done: the opposite command takes it back.")
        self._states.remove(entry)
        self._changed(replace(entry, state="failed", reason="dropped"), shown=False)
        return entry

    # Sending.

    async def send_due(self) -> datetime | None:
        """Send all due actions, oldest first. Returns the time of the next one, or None."""
        async with self._sending:
            for entry in self._store.open():
                if self._is_due(entry):
                    await self._send(entry)
        return self.next_due()

    async def deliver(self, number: int, seconds: float) -> Entry:
        """Send an action, with retries for at most `seconds`. Returns its state then."""
        end = self._clock.now() + timedelta(seconds=seconds)
        while (entry := self.entry(number)).state in OPEN_STATES:
            async with self._sending:
                if self._is_due(entry):
                    await self._send(entry)
            entry = self.entry(number)
            now = self._clock.now()
            again = max(entry.next_at, now + timedelta(milliseconds=200))
            if entry.state not in OPEN_STATES or again > end or self.needs_confirmation(entry):
                break
            await asyncio.sleep((again - now).total_seconds())
        return self.entry(number)

    def next_due(self) -> datetime | None:
        """The time of the next sending; None if nothing is due without a confirmation."""
        now = self._clock.now()
        times = []
        for entry in self._store.open():
            if self._may_send(entry):
                times.append(now + _ELSEWHERE if entry.state == "sending" else max(entry.next_at, now))
        return min(times, default=None)

    def _is_due(self, entry: Entry) -> bool:
        return entry.next_at <= self._clock.now() and self._may_send(entry)

    def _may_send(self, entry: Entry) -> bool:
        account = self._account(entry.account)
        return account is not None and account.writing and not self.needs_confirmation(entry)

    async def _send(self, entry: Entry) -> None:
        """Send a due action, and store and publish the result."""
        account, now = self._account(entry.account), self._clock.now()
        if account is None:
            return
        claimed = self._store.claim(entry.id, now)
        if claimed is None:
            return
        allowed = self._allowed_at(account, claimed, now)
        if allowed > now:
            self._put_back(claimed, _before_sending(claimed), allowed, "the limit of the server is reached")
            return
        try:
            await self._attempt(account, claimed)
        except BaseException:
            # Cancelled, or an internal error: the result on the server is unknown.
            self._put_back(claimed, "unclear", self._retry_at(claimed), "")
            raise

    async def _attempt(self, account: Account, entry: Entry) -> None:
        state = _before_sending(entry)
        try:
            writer = await self._writer(account, entry.action)
            if state == "pending":
                receipt = None
            else:
                receipt = await writer.find(entry.action, entry.key)
            if receipt is None:
                # From here on, only a response proves that it was not done.
                state = "unclear"
                refused: tuple[type[SourceError], ...] = (*_REFUSED, SignInNeeded)
                try:
                    receipt = await writer.perform(entry.action, entry.key)
                except refused as error:
                    self._refuse(entry, error)
                    return
                except RateLimited as error:
                    self._put_back(entry, "pending", error.retry_at, str(error))
                    return
        except RateLimited as error:
            self._put_back(entry, state, error.retry_at, str(error))
        except _REFUSED as error:
            self._refuse(entry, error)
        except SignInNeeded as error:
            if state == "pending":
                self._refuse(entry, error)
            else:
                self._put_back(entry, state, self._retry_at(entry), str(error))
        except SourceError as error:
            self._put_back(entry, state, self._retry_at(entry), str(error))
        else:
            self._store.done(entry, receipt, self._clock.now())
            self._commands.pop(entry.id, None)
            self._changed(self.entry(entry.id))

    async def _writer(self, account: Account, action: Action) -> Writer:
        writer = writer_of(await self._accounts.source(account))
        if writer is None or capability_of(action) not in write_rules(account.network).capabilities:
            raise RequestRejected(f"{account.name} cannot do this.", 0)
        return writer

    def _allowed_at(self, account: Account, entry: Entry, now: datetime) -> datetime:
        rules = write_rules(account.network)
        sent = self._store.spent(account.key, now - longest_limit(rules))
        costs = ((at, cost_of(action, rules)) for at, action in sent)
        return next_allowed(costs, cost_of(entry.action, rules), rules, now)

    def _retry_at(self, entry: Entry) -> datetime:
        """Exponential backoff with jitter: half to one and a half times the interval."""
        interval = min(_FIRST_RETRY * (1 << min(entry.attempts, 12)), _LONGEST_RETRY)
        return self._clock.now() + timedelta(seconds=interval.total_seconds() * (0.5 + self._dice()))

    def _put_back(self, entry: Entry, state: ActionState, at: datetime, reason: str) -> None:
        self._store.put_back(entry, state, at, reason)
        stored = self._store.get(entry.id)
        if stored is not None:
            self._changed(stored)

    def _refuse(self, entry: Entry, error: QuietfeedError) -> None:
        self._store.failed(entry, str(error))
        command = self._commands.pop(entry.id, None)
        if command is not None:
            self._history.discard(command)
        self._changed(self.entry(entry.id))

    def _changed(self, entry: Entry, *, shown: bool = True) -> None:
        """Show an entry at its post, and publish an event."""
        target, kind = entry.action.target, kind_of(entry.action)
        newest = self._store.newest(target.account, target.post_id)
        if shown and newest is not None and newest.id == entry.id:
            self._states.set(entry)
        judged = self._loaded.get(target.key)
        if judged is not None:
            self._reload(judged.post)
        told: dict[ActionState, tuple[ActionState, str]] = {
            "done": ("done", done_sentence(kind, target.handle)),
            "failed": ("failed", failed_sentence(kind, target.handle, entry.reason)),
        }
        state, sentence = told.get(entry.state, ("pending", entry.reason))
        self._events.publish(ActionChanged(str(entry.id), state, sentence, target.key))


def recent_entries(archive: Archive, clock: Clock) -> list[Entry]:
    """The actions that are open, and those of the last day, oldest first. Without a readable outbox, none."""
    try:
        return archive.outbox.recent(clock.now() - timedelta(days=1))
    except StoreError:
        return []


def _before_sending(entry: Entry) -> ActionState:
    """The state of a claimed action: never sent, or unclear."""
    if entry.state == "pending":
        return "pending"
    return "unclear"


def _unchanged(kind: ChangeKind, handle: str, key: PostKey) -> Change:
    """The post is already liked, or already not liked."""
    return Change("already_liked" if kind == "like" else "already_not_liked", key, names=(handle,))

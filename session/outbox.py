"""The outbox service: stores actions, sends due ones, and shows their results."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..models.action import OPEN_STATES, Action, ActionKey, ActionState, Receipt, Target
from ..models.action_kinds import kind_of, order_key
from ..models.errors import NotFound, NotPossible, WritingOff
from ..models.tid import make_tid
from ..models.tuning import Tuning
from ..phrases.actions import done_sentence, failed_sentence, subject_name
from ..sources import interaction_id
from ..store.archive import Archive
from ..store.outbox import Entry, Queued
from .accounts import Accounts
from .clock import Clock
from .concurrency import gather
from .events import ActionChanged, ActionQueued, Events
from .history import History, RemoteCommand
from .loaded import LoadedPosts

if TYPE_CHECKING:
    from .action_sender import ActionSender
    from .send_loop import SendLoop

CONFIRM_AFTER = timedelta(hours=1)
"""An action that stays unsent for this long needs a new confirmation."""

_LEAST_PAUSE = timedelta(milliseconds=200)
_ELSEWHERE = timedelta(seconds=5)
"""The interval for checking an action that another process is sending."""


class OutboxService:
    """The queue of actions for servers. A method that raises StoreError has changed nothing.

    `dice` returns numbers in [0, 1) for the jitter of retries and for record keys.
    """

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        history: History,
        events: Events,
        clock: Clock,
        tuning: Tuning,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._archive = archive
        self._store = archive.outbox
        self._accounts = accounts
        self._loaded = loaded
        self._states = loaded.judge.states
        self._history = history
        self._events = events
        self._clock = clock
        self._dice = dice
        self._first_retry = timedelta(seconds=tuning.first_retry)
        self._sending = asyncio.Lock()
        self._commands: dict[int, RemoteCommand] = {}
        self._unsubscribe: Callable[[], None] = lambda: None

    @cached_property
    def _sender(self) -> "ActionSender":
        # Most sessions send nothing.
        from .action_sender import ActionSender

        return ActionSender(
            self._archive,
            self._accounts,
            self._loaded,
            self._events,
            self._clock,
            self._first_retry,
            self._dice,
            self._contact,
            self._show_outcome,
        )

    @cached_property
    def loop(self) -> "SendLoop":
        """Sends in the background, in the running event loop."""
        # Imported with the first action.
        from .send_loop import SendLoop

        return SendLoop(self.send_due, self._events, self._clock)

    def start(self) -> None:
        """Send what is due in the background, and from now on each action that is queued."""
        self._unsubscribe()
        self._unsubscribe = self._events.subscribe(ActionQueued, lambda _: self.loop.send())
        if self.next_due() is not None:
            self.loop.send()

    def newest(self, action: Action) -> Entry | None:
        """The newest action of the same topic on the same target."""
        return self._store.newest(action.target.account, order_key(action))

    def stored(self, number: int) -> Entry | None:
        """An action by its number; None if it was dropped."""
        return self._store.get(number)

    def add(self, action: Action, instead_of: Entry | None = None, hold_until: datetime | None = None) -> Entry:
        """Store an action and its local effects; `send_due` sends it.

        `instead_of` is an unclear opposite that it replaces. It is not sent before `hold_until`.
        """
        now = self._clock.now()
        key = ActionKey(make_tid(now, int(self._dice() * 1024)), now)
        contact = self._contact(action, f"outbox:{key.record_key}")
        entry = self._store.add(action, key, now, contact, instead_of=instead_of, hold_until=hold_until)
        self._states.set(entry)
        self._events.publish(ActionQueued())
        return entry

    def add_posts(self, actions: Sequence[Action], draft: int, hold_until: datetime | None = None) -> list[Entry]:
        """Store the actions that send a draft, all of them or none. They are not sent before `hold_until`."""
        now, queued = self._clock.now(), []
        for number, action in enumerate(actions):
            # The parts of a thread have keys in their order.
            at = now + timedelta(milliseconds=number)
            key = ActionKey(make_tid(at, int(self._dice() * 1024)), at)
            queued.append(Queued(action, key, self._contact(action, f"outbox:{key.record_key}")))
        entries = self._store.add_posts(queued, draft, now, hold_until)
        for entry in entries:
            self._states.set(entry)
            self.reload(entry.action.target)
            self._events.publish(ActionChanged(str(entry.id), "pending", "", entry.action.target.key))
        self._events.publish(ActionQueued())
        return entries

    def withdraw_posts(self, entries: Sequence[Entry]) -> bool:
        """Cancel the posts of a draft before any of them is sent. Returns False if one was sent."""
        if not self._store.withdraw_posts([entry.id for entry in entries]):
            return False
        for entry in entries:
            self._states.remove(entry)
            self._commands.pop(entry.id, None)
            self.reload(entry.action.target)
        return True

    def held(self) -> list[Entry]:
        """The posts that are held back and can still be cancelled."""
        now = self._clock.now()
        return [each for each in self._store.open() if each.hold_until is not None and each.hold_until > now]

    def withdraw(self, entry: Entry) -> bool:
        """Drop an action that was certainly not sent, with its local effects. Returns False for any other."""
        if not self._store.withdraw(entry):
            return False
        self._states.remove(entry)
        self._commands.pop(entry.id, None)
        return True

    def release(self, number: int) -> None:
        """Send an action that is held back without waiting any longer."""
        self._store.release(number, self._clock.now())

    def discard_if_rejected(self, entry: Entry, command: RemoteCommand) -> None:
        """Remember a command, to remove it from the undo stack if its action is rejected."""
        self._commands[entry.id] = command

    def _contact(self, action: Action, unknown: str, record_id: str = "") -> str:
        """The id of the interaction that an action is evidence of; "" if there is none.

        `unknown` stands for it until the response contains the new id.
        """
        target, contact = action.target, kind_of(action).effect.contact
        account = self._accounts.find(target.account)
        own = self._loaded.judge.contexts.is_own(target.account, target.person_id)
        if contact is None or account is None or own or not target.person_id:
            return ""
        return interaction_id(account.network, contact, target, record_id) or unknown

    def reload(self, target: Target) -> None:
        """Reload the target of an action, and rejudge its people with the current tie."""
        judged = None if target.key is None else self._loaded.get(target.key)
        if judged is None and not target.person_id:
            return
        if judged is None:
            self._loaded.reread_ties()
            return
        post = judged.post
        original = post.original_id or post.id
        keys = [post.key, (post.account, original)]
        keys += [each.key for each in self._loaded.posts if each.post.original_id == original]
        self._loaded.reload(dict.fromkeys(keys))
        self._loaded.reread_ties([post])

    # Entries and their states.

    def entries(self) -> list[Entry]:
        """All stored actions, newest first."""
        return self._store.all()

    def undone(self) -> list[Entry]:
        """The actions that are not done, newest first, without those that are held back."""
        held = {each.id for each in self.held()}
        return [each for each in self.entries() if each.state != "done" and each.id not in held]

    def lines(self) -> list[tuple[Entry, str]]:
        """The actions that are not done, each with its line in a list; the account only if there are several."""
        from ..phrases.outbox import entry_text

        several = len(self._accounts.all()) > 1
        return [
            (each, entry_text(each.action, each.state, each.reason, each.account if several else "",
                                   asks=self.needs_confirmation(each)))
            for each in self.undone()
        ]  # fmt: skip

    def entry(self, number: int) -> Entry:
        """One action. Raises NotFound."""
        found = self._store.get(number)
        if found is None:
            raise NotFound(f"There is no action {number} in the outbox: `quietfeed outbox` lists them.")
        return found

    def needs_confirmation(self, entry: Entry) -> bool:
        """Whether an action stayed unsent for over an hour and needs a confirmation.

        If the clock was set back by more than an hour, its age is unknown.
        """
        age, held = self._clock.now() - entry.confirmed_at, timedelta()
        if entry.hold_until is not None:
            held = entry.hold_until - entry.queued_at
        return entry.state in OPEN_STATES and (age >= CONFIRM_AFTER or -age - held >= CONFIRM_AFTER)

    def waiting(self) -> list[Entry]:
        """The actions that need a confirmation."""
        return [entry for entry in self._store.open() if self.needs_confirmation(entry)]

    def confirm(self, number: int) -> Entry:
        """Send a failed or pending action. Raises NotFound, and NotPossible for one that is done."""
        entry = self.entry(number)
        if entry.state == "done":
            raise NotPossible(f"Action {number} is already done.")
        draft = getattr(entry.action, "draft_id", 0)
        if entry.state == "failed" and draft:
            raise NotPossible(f"The text of action {number} is draft {draft} again: `quietfeed post --draft {draft}`.")
        account = self._accounts.find(entry.account)
        if account is not None and not account.writing:
            from ..phrases.permissions import writing_off

            raise WritingOff(writing_off(account.name), account.key)
        entry = self._store.confirm(entry, self._clock.now())
        self._changed(entry)
        self._events.publish(ActionQueued())
        return entry

    def drop(self, number: int) -> Entry:
        """Remove an action that is not done. Raises NotPossible for one that is being sent, or may have been done."""
        entry = self.entry(number)
        if entry.state == "done":
            raise NotPossible(f"Action {number} is done: `u` or the opposite command undoes it.")
        if not self._store.withdraw(entry):
            raise NotPossible(f"Action {number} may have been done: the opposite command undoes it.")
        self._states.remove(entry)
        self._changed(replace(entry, state="failed", reason="dropped"), shown=False)
        return entry

    # Sending.

    async def send_due(self) -> datetime | None:
        """Send all due actions: those of each account oldest first, and the accounts side by side.

        Returns the time of the next one, or None.
        """
        waiting: dict[str, list[Entry]] = {}
        async with self._sending:
            for entry in self._store.open():
                waiting.setdefault(entry.account, []).append(entry)
            await gather([self._send_in_order(entries) for entries in waiting.values()])
        return self.next_due()

    async def _send_in_order(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            await self._send_if_due(entry)

    async def _send_if_due(self, entry: Entry) -> None:
        account = self._accounts.find(entry.account)
        if account is not None and self._is_due(entry):
            await self._sender.send(account, entry)

    async def deliver(self, number: int, seconds: float) -> Entry:
        """Send an action, with retries for at most `seconds`. Returns its state then."""
        end = self._clock.now() + timedelta(seconds=seconds)
        while (entry := self.entry(number)).state in OPEN_STATES:
            async with self._sending:
                await self._send_if_due(entry)
            entry = self.entry(number)
            now = self._clock.now()
            again = max(entry.next_at, now + min(_LEAST_PAUSE, self._first_retry))
            if entry.state not in OPEN_STATES or again > end or self.needs_confirmation(entry):
                break
            await asyncio.sleep((again - now).total_seconds())
        return self.entry(number)

    async def close(self) -> None:
        """End the sending in the background."""
        self._unsubscribe()
        if "loop" in vars(self):
            await self.loop.stop()

    def next_due(self) -> datetime | None:
        """The time of the next sending; None if nothing is due without a confirmation."""
        now = self._clock.now()
        times, seen = [], set()
        for entry in self._store.open():
            order = (entry.account, order_key(entry.action))
            # A later action on the same target waits for the earlier one: it is not due before.
            if order not in seen and self._may_send(entry):
                times.append(now + _ELSEWHERE if entry.state == "sending" else max(entry.next_at, now))
            seen.add(order)
        return min(times, default=None)

    def _is_due(self, entry: Entry) -> bool:
        return entry.next_at <= self._clock.now() and self._may_send(entry)

    def _may_send(self, entry: Entry) -> bool:
        account = self._accounts.find(entry.account)
        return account is not None and account.writing and not self.needs_confirmation(entry)

    def _show_outcome(self, entry: Entry) -> None:
        """Show the result of an action. A rejected action cannot be undone."""
        if entry.state in ("done", "failed"):
            command = self._commands.pop(entry.id, None)
            if command is not None and entry.state == "failed":
                self._history.discard(command)
        self._changed(entry)

    def _changed(self, entry: Entry, *, shown: bool = True) -> None:
        """Show an entry at its post, and publish an event."""
        target, kind = entry.action.target, kind_of(entry.action).name
        newest = self.newest(entry.action)
        if shown and newest is not None and newest.id == entry.id:
            self._states.set(entry)
        self.reload(target)
        about = subject_name(entry.action)
        outcomes: dict[ActionState, tuple[ActionState, str]] = {
            "done": ("done", done_sentence(kind, about, entry.receipt or Receipt(), entry.reason)),
            "failed": ("failed", failed_sentence(kind, about, entry.reason)),
        }
        state, sentence = outcomes.get(entry.state, ("pending", entry.reason))
        self._events.publish(ActionChanged(str(entry.id), state, sentence, target.key))

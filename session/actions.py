"""The user's actions on servers: checks that an action is possible, queues it, shows it at once, and undoes it."""

from collections.abc import Sequence, Set
from datetime import datetime

from msgspec.structs import replace

from ..models.account import Account
from ..models.action import Action, SetNote, Target, Vote, target_of
from ..models.action_kinds import ACTION_KINDS, kind_of, make_action, reverse_of
from ..models.errors import NotFound, NotPossible, UsageError
from ..models.post import Post
from ..models.view import Change, ChangeKind, JudgedPost, PostKey
from ..phrases.actions import subject_name, withdrawn_sentence
from ..store.archive import Archive
from ..store.outbox import Entry
from .clock import Clock
from .events import ActionChanged, Events
from .history import History, RemoteCommand
from .loaded import LoadedPosts
from .outbox import OutboxService
from .permissions import Permissions
from .timeline import TimelineService


class ActionService:
    """Actions on posts, people and hashtags. A method that raises has changed nothing.

    Raises NotPossible if the network of the account has no such action, WritingOff if the account may not write, and
    StoreError.
    """

    def __init__(
        self,
        archive: Archive,
        permissions: Permissions,
        outbox: OutboxService,
        loaded: LoadedPosts,
        timeline: TimelineService,
        history: History,
        events: Events,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._permissions = permissions
        self._outbox = outbox
        self._loaded = loaded
        self._timeline = timeline
        self._history = history
        self._events = events
        self._clock = clock

    async def toggle(self, kind: str, key: PostKey) -> Change:
        """Do an action on a post, or undo it if it is done: like and unlike, for example.

        If several accounts have the post, the one that may write acts.
        """
        key = self.fitting(kind, key)
        judged = self.judged(key)
        if _is_done(judged, kind):
            kind = ACTION_KINDS[kind].opposite
        return await self.on_post(kind, key)

    def fitting(self, kind: str, key: PostKey) -> PostKey:
        """The same post in the account that acts: this one, or another that has it if only that one may write."""
        if self._permissions.may(key[0], kind):
            return key
        post = self.judged(key).post
        others = [each for each in self._timeline.keys_of(post.url or post.id) if self._permissions.may(each[0], kind)]
        return others[0] if others else key

    async def on_post(self, kind: str, key: PostKey) -> Change:
        """Do an action that only needs its post. Does nothing if the post is already in that state."""
        judged = self.judged(key)
        target = target_of(judged.post)
        self._permissions.check(target.account, kind)
        entry = ACTION_KINDS[kind]
        there = kind if entry.effect.sets else entry.opposite
        self._check_post(kind, judged.post)
        record_id = ""
        if entry.effect.record and not entry.effect.sets:
            record_id = str(getattr(judged.post.viewer, entry.effect.record))
        action = make_action(kind, target, record_id)
        if entry.effect.viewer and _is_done(judged, there) is entry.effect.sets:
            return Change("already_done", key, names=(subject_name(action),), action=kind)
        return await self.do(action)

    async def vote(self, key: PostKey, choices: Sequence[int]) -> Change:
        """Vote in the poll of a post; `choices` count from 1. Raises NotPossible, and UsageError for a wrong number."""
        judged = self.judged(key)
        target, poll = target_of(judged.post), judged.post.poll
        self._permissions.check(target.account, "vote")
        if poll is None or not poll.id:
            raise NotPossible("This post has no poll to vote in.")
        if poll.is_closed(self._clock.now()):
            raise NotPossible("This poll is closed.")
        numbers = sorted(set(choices))
        if not numbers or numbers[0] < 1 or numbers[-1] > len(poll.options):
            raise UsageError(f"The options of this poll are 1 to {len(poll.options)}.")
        if len(numbers) > 1 and not poll.multiple:
            raise UsageError("This poll allows only one option.")
        action = Vote(target, poll.id, tuple(each - 1 for each in numbers))
        if judged.voted:
            return Change("already_done", key, names=(subject_name(action),), action="vote")
        return await self.do(action)

    async def on_person(self, action: Action) -> Change:
        """Do an action on a person. Does nothing if the server is already in that state. Raises NotPossible."""
        kind, target = kind_of(action), action.target
        self.check_person(action)
        if isinstance(action, SetNote) and action.text == action.before:
            done = True
        else:
            done = self.is_done(kind.name, target) and not getattr(action, "seconds", 0)
        if done:
            return Change("already_done", target.key, names=(subject_name(action),), action=kind.name)
        return await self.do(action)

    def check_person(self, action: Action) -> None:
        """Check that an action on a person is possible. Raises NotPossible and WritingOff."""
        target = action.target
        self._permissions.check(target.account, kind_of(action).name)
        if self._loaded.judge.contexts.is_own(target.account, target.person_id):
            raise NotPossible(f"{target.handle} is you.")

    def is_done(self, kind: str, target: Target) -> bool:
        """Whether a person is in the state that an action produces, as far as is known."""
        effect = ACTION_KINDS[kind].effect
        if not effect.flag:
            return False
        tie = self._archive.ties.of(target.account, {target.person_id: target.handle})[target.person_id]
        if effect.flag == "you_follow" and tie.requested and not tie.you_follow:
            # The follow is a request, which unfollowing withdraws.
            return effect.sets
        by_list = bool(tie.list_title) and effect.flag in ("muting", "blocking")
        return not by_list and getattr(tie, effect.flag) is effect.sets

    def _check_post(self, kind: str, post: Post) -> None:
        own = self._permissions.is_self(post.account, post.author.id)
        if kind in ("pin", "unpin", "delete") and not own:
            raise NotPossible(f"You can only {kind} your own posts.")
        if kind == "boost" and post.is_private and not own:
            raise NotPossible("This post is not public: a boost would show it to others.")

    async def do(self, action: Action, *, hold_until: datetime | None = None) -> Change:
        """Queue an action and show it; `send_due` of the outbox sends it. Undo queues its opposite.

        An opposite action that was not sent yet is dropped instead. The action is not sent before `hold_until`; until
        then undo drops it, even if nothing undoes it later.
        """
        kind = kind_of(action)
        self._permissions.check(action.target.account, kind.name)
        queued: list[Entry] = []

        async def apply() -> Change:
            change, entry = self._queue(action, hold_until)
            if entry is not None:
                queued.append(entry)
            return change

        async def revert() -> Change:
            return self._revert(action, queued[0] if queued else None)

        if not kind.opposite and hold_until is None:
            return await apply()
        command = RemoteCommand("action", subject_name(action), apply, revert)
        change = await self._history.run_remote(command)
        if queued:
            self._outbox.discard_if_rejected(queued[0], command)
        return change

    def accounts_for(self, kind: str) -> list[Account]:
        """The accounts whose network has an action, in the order they were added."""
        return self._permissions.accounts_for(kind)

    def judged(self, key: PostKey) -> JudgedPost:
        """A post, loaded if necessary. Raises NotFound."""
        found = self._timeline.get_or_load([key])
        if not found:
            raise NotFound(f"There is no post {key[1]}: `quietfeed timeline --all --json` lists the ids.")
        return found[0]

    def newest(self, kind: str, key: PostKey) -> Entry | None:
        """The newest action of the topic of a kind on a post."""
        return self._outbox.newest(make_action(kind, target_of(self.judged(key).post)))

    def _queue(self, action: Action, hold_until: datetime | None) -> tuple[Change, Entry | None]:
        """Store an action, or drop its opposite that was not sent yet. Returns the new entry, if there is one."""
        shown = self._timeline.shown()
        before = self._outbox.newest(action)
        undoes = before is not None and _undoes(action, before.action)
        if before is not None and undoes and before.state == "pending" and self._outbox.withdraw(before):
            return self._withdrawn(before, shown), None
        unclear = None
        if undoes and before is not None and before.state == "unclear":
            unclear = before
        entry = self._outbox.add(_with_record(action, before), unclear, hold_until)
        change = self._compare("action", action, shown)
        self._events.publish(ActionChanged(str(entry.id), "pending", "", action.target.key))
        return change, entry

    def _revert(self, action: Action, entry: Entry | None) -> Change:
        """Undo an action: drop it if it was not sent, or queue the opposite."""
        shown = self._timeline.shown()
        stored = self._outbox.stored(entry.id) if entry is not None else None
        if stored is not None and stored.state == "pending" and self._outbox.withdraw(stored):
            return self._withdrawn(stored, shown)
        if stored is not None and stored.receipt is not None and stored.receipt.unchanged:
            kind = kind_of(action).name
            return Change("done_before", action.target.key, names=(subject_name(action),), action=kind)
        opposite = reverse_of(action)
        if opposite is None:
            raise NotPossible(f"This was already sent and cannot be undone: {subject_name(action)}.")
        return self._queue(opposite, None)[0]

    def _withdrawn(self, entry: Entry, shown: Set[PostKey]) -> Change:
        kind, target = kind_of(entry.action), entry.action.target
        sentence = withdrawn_sentence(kind.name, subject_name(entry.action))
        change = self._compare("action_withdrawn", entry.action, shown)
        self._events.publish(ActionChanged(str(entry.id), "failed", sentence, target.key))
        return change

    def _compare(self, kind: ChangeKind, action: Action, shown: Set[PostKey]) -> Change:
        self._outbox.reload(action.target)
        change = self._timeline.compare(shown, kind, action.target.key)
        return replace(change, names=(subject_name(action),), action=kind_of(action).name)


def _is_done(judged: JudgedPost, kind: str) -> bool:
    """Whether a post is in the state that an action produces."""
    field = ACTION_KINDS[kind].effect.viewer
    return bool(field) and bool(getattr(judged, field))


def _undoes(action: Action, before: Action) -> bool:
    """Whether an action restores the state from before another one."""
    if kind_of(before).opposite != kind_of(action).name:
        return False
    reverse = reverse_of(before)
    return kind_of(action).name != kind_of(before).name or reverse == action


def _with_record(action: Action, before: Entry | None) -> Action:
    """An action with the record to delete, if the action before it created one."""
    if before is None or "record_id" not in action.__struct_fields__ or before.state == "failed":
        return action
    if kind_of(action).opposite != kind_of(before.action).name:
        return action
    # The action before may be in transit. Its record will have this key in any case.
    record_id = before.receipt.record_id if before.receipt else before.key.record_key
    return replace(action, record_id=record_id)

"""Runs actions and waits for their results, for commands, which send nothing in the background."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from ..models.action import Action, Vote, target_of
from ..models.action_kinds import kind_of, make_action
from ..models.draft import Draft
from ..models.published import ListPlan
from ..models.tuning import Tuning
from ..models.view import UNCHANGED, Change, PostKey
from ..store.outbox import Entry
from .actions import ActionService
from .composing import ComposingService
from .outbox import OutboxService
from .publishing import PublishingService


class Delivered(msgspec.Struct, frozen=True):
    """The result of a requested action.

    `entry` is the action in the outbox; None if it was already done, or if its opposite had not been sent and was
    dropped instead.
    """

    action: Action
    change: Change
    entry: Entry | None


class DeliveryService:
    """Each method queues an action, and retries it until it is done, is rejected, or the time is over.

    The time is `Tuning.action_wait` for an action and `Tuning.post_wait` for a post or a list. Raises the errors of
    the service that queues the action.
    """

    def __init__(
        self,
        actions: ActionService,
        publishing: Callable[[], PublishingService],
        composing: Callable[[], ComposingService],
        outbox: OutboxService,
        tuning: Tuning,
    ) -> None:
        self._actions = actions
        self._publishing = publishing
        self._composing = composing
        self._outbox = outbox
        self._tuning = tuning

    async def on_post(self, kind: str, key: PostKey) -> Delivered:
        """Do an action on a post; see ActionService.on_post."""
        action = make_action(kind, target_of(self._actions.judged(key).post))
        return await self._deliver(action, self._actions.on_post(kind, key))

    async def vote(self, key: PostKey, choices: Sequence[int]) -> Delivered:
        """Vote in the poll of a post; see ActionService.vote."""
        post = self._actions.judged(key).post
        action = Vote(target_of(post), post.poll.id if post.poll else "", ())
        return await self._deliver(action, self._actions.vote(key, choices))

    async def on_person(self, action: Action) -> Delivered:
        """Do an action on a person; see ActionService.on_person."""
        return await self._deliver(action, self._actions.on_person(action))

    async def do(self, action: Action) -> Delivered:
        """Do an action; see ActionService.do."""
        return await self._deliver(action, self._actions.do(action))

    async def publish(self, plan: ListPlan) -> Entry | None:
        """Change a list as planned. Returns None if an earlier pending change was dropped instead."""
        await self._publishing().publish(plan)
        entry = self._outbox.newest(plan.action)
        if entry is None or entry.action != plan.action:
            return None
        return await self._outbox.deliver(entry.id, self._tuning.post_wait)

    async def post(self, draft: Draft, number: int, report: Callable[[Entry], None]) -> None:
        """Store a draft (`number` 0 for a new one) and send its posts. `report` receives each post after its sending.

        Raises NotPossible if the draft has problems. Its text is stored in any case.
        """
        for entry in await self._composing().post(draft, number):
            # If a part of a thread is rejected, the parts after it are in the draft again.
            if self._outbox.stored(entry.id) is not None:
                report(await self._outbox.deliver(entry.id, self._tuning.post_wait))

    async def retry(self, number: int) -> Entry:
        """Send a failed or pending action. Raises NotFound, and NotPossible for one that is done."""
        self._outbox.confirm(number)
        return await self._outbox.deliver(number, self._tuning.action_wait)

    async def _deliver(self, action: Action, queuing: Awaitable[Change]) -> Delivered:
        change = await queuing
        entry = self._outbox.newest(action)
        if entry is None or kind_of(entry.action).name != kind_of(action).name:
            return Delivered(action, change, None)
        if change.kind in UNCHANGED and entry.state in ("done", "failed"):
            return Delivered(action, change, None)
        return Delivered(action, change, await self._outbox.deliver(entry.id, self._tuning.action_wait))

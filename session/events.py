"""Events of a session: services publish what happened, user interfaces and other services listen."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from ..models.action import ActionState
from ..models.view import Change, PostKey

_log = logging.getLogger(__name__)


class PostsArrived(msgspec.Struct, frozen=True):
    """New posts are stored and, if they belong to the loaded range, judged."""

    keys: tuple[PostKey, ...]
    """The posts that were added to the loaded ones, newest first."""


class TimelineChanged(msgspec.Struct, frozen=True):
    """The loaded posts changed: posts were loaded or evicted, or their verdicts were replaced.

    It carries no values. A listener reads the timeline when it draws next, so many events cause one redraw.
    """


class VerdictsChanged(msgspec.Struct, frozen=True):
    """An action of the user changed verdicts."""

    change: Change


class Learned(msgspec.Struct, frozen=True):
    """A new personal model judges the posts.

    A model is applied in steps: the first event comes when the posts on the screen are judged (`done` is False),
    the last one when all loaded posts are.
    """

    change: Change
    done: bool = True


class TrainingFailed(msgspec.Struct, frozen=True):
    """The marks are stored, but no model could be trained from them. The next mark triggers a new attempt."""

    message: str


class ActionQueued(msgspec.Struct, frozen=True):
    """An action is due, or will be: `OutboxService.send_due` sends it."""


class ActionChanged(msgspec.Struct, frozen=True):
    """An action on a server changed its state."""

    action_id: str
    state: ActionState
    message: str = ""
    """The result, or why the action failed and what to do; empty if it was just queued."""

    key: PostKey | None = None
    """The post that was acted on."""


class SendingFailed(msgspec.Struct, frozen=True):
    """Actions could not be sent, and stay in the outbox. The next action triggers a new attempt."""

    message: str


class Uploading(msgspec.Struct, frozen=True):
    """A part of an attachment is sent: `percent` of its `total` bytes."""

    name: str
    percent: int
    total: int


Event = (
    PostsArrived
    | TimelineChanged
    | VerdictsChanged
    | Learned
    | TrainingFailed
    | ActionQueued
    | ActionChanged
    | SendingFailed
    | Uploading
)
EventT = TypeVar("EventT", bound=Event)


class Events:
    """Delivers events at once and in order, in the thread of the publisher."""

    def __init__(self) -> None:
        self._listeners: dict[type[Any], list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[EventT], listener: Callable[[EventT], None]) -> Callable[[], None]:
        """Call `listener` with every event of a kind. Returns a function that unsubscribes, also when called twice."""
        listeners = self._listeners.setdefault(kind, [])
        listeners.append(listener)

        def unsubscribe() -> None:
            if listener in listeners:
                listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Deliver an event. An exception of one listener is logged; the others are still called."""
        for listener in tuple(self._listeners.get(type(event), ())):
            try:
                listener(event)
            except Exception:
                # The publisher has already stored its change, so a failing listener must not make it fail.
                _log.exception("A listener of %s failed.", type(event).__name__)

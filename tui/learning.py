"""Runs the training loop of a session, and shows its effects on the topmost timeline."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual.screen import Screen

from ..models.view import PostKey
from ..session import Session
from ..session.events import Learned, TrainingFailed
from .controllers.controls import Controls
from .controllers.reading import keys_in
from .guard import guarded

if TYPE_CHECKING:
    from ..session.learning import Scheduler

Screens = Callable[[], Sequence[Screen[Any]]]


@runtime_checkable
class HasControls(Protocol):
    """A screen with a timeline."""

    controls: Controls


def learn_from(session: Session, screens: Screens, schedule: "Scheduler | None" = None) -> None:
    """Start the loop. `screens` returns the open screens, lowest first; `schedule`: see LearningService.start."""

    def top() -> Controls | None:
        shown = (each.controls for each in reversed(screens()) if isinstance(each, HasControls))
        return next((controls for controls in shown if controls.view.session is session), None)

    def show(event: Learned) -> None:
        controls = top()
        if controls is not None:
            guarded(controls.view.screen, controls.marking.show_learned, "showing what was learned")(event)

    def show_failure(event: TrainingFailed) -> None:
        controls = top()
        if controls is not None:
            controls.view.show_message(event.message)

    def visible() -> set[PostKey]:
        controls = top()
        if controls is None:
            return set()
        return {key for row in controls.view.timeline.visible_rows() for key in keys_in(row)}

    session.events.subscribe(Learned, show)
    session.events.subscribe(TrainingFailed, show_failure)
    session.learning.start(visible, schedule)

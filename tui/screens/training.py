"""The training queue: the posts whose mark would teach most, and how far the filter has come."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.view import Change, PostKey
from ...session import Session
from ..context import app_of
from ..controllers.controls import Controls
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import rebind, timeline_bindings
from ..widgets.charts import bar
from ..widgets.frame import ListFrame
from ..widgets.rows import PostRow

GOAL = 40
"""So many marks until the filter is said to know the user: where the curves of docs/benchmarks.md flatten."""


@catches_errors
class TrainingScreen(Screen[None]):
    """Uncertain posts that differ from each other; a mark goes on to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._queue: list[PostKey] = session.timeline.training_queue()
        self._frame = ListFrame(
            empty="The filter is sure of everything that is loaded. Come back after the next refresh."
        )
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        # The key that opened the queue closes it.
        self.commands = self.controls.commands({"train": lambda: close(self)}, leave=lambda: close(self))

    def compose(self) -> ComposeResult:
        """Title, posts, message, keys."""
        yield from self._frame.widgets()

    def say(self, sentence: str) -> None:
        """Show one sentence on the message line."""
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        """Show the queue."""
        rebind(self, app_of(self).keys)
        self._frame.timeline.focus()
        self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """The title and the keys fit the new size."""
        if event.size.width:
            self._draw_title()
            self._frame.draw_keys(app_of(self).keys, event.size.width)

    def on_screen_resume(self) -> None:
        """Back from a screen above: what was marked there is shown."""
        if self._frame.timeline.rows:
            self.redraw()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show the queue. After training, other posts teach most: the rest of the queue is ordered anew."""
        timeline = self._frame.timeline
        if effect is not None and effect.key is None and select is None:
            kept = self._queue[: timeline.cursor + 1]
            self._queue = kept + [key for key in self.session.timeline.training_queue() if key not in kept]
        timeline.set_rows(self._rows(), select=select)
        self._draw_title()

    def _rows(self) -> list[PostRow]:
        """The queue, with what each is taken for."""
        rows = []
        for key in self._queue:
            judged = self.session.timeline.get(key)
            if judged is not None:
                verdict = judged.verdict
                guess = f"taken for {verdict.category}, {verdict.probability:.0%} sure"
                rows.append(PostRow(judged, note=f"marked {judged.mark}" if judged.mark else guess))
        return rows

    def _draw_title(self) -> None:
        """How far the filter has come."""
        marks = self.session.marks.count
        state = "your filter knows you" if marks >= GOAL else f"{GOAL - marks} to go until your filter knows you"
        many = "s" if marks != 1 else ""
        self._frame.draw_title(f"training · {bar(marks / GOAL, 20):░<20} {marks} mark{many} · {state}")

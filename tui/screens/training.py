"""The training queue: the posts whose marks teach most, and the progress."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.view import Change, PostKey
from ...phrases.training import EMPTY, ended, guess, guess_text, progress
from ...session import Session
from ...session.report import guesses
from ...session.training import GOAL
from ..context import key_of
from ..controllers.controls import Controls
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import timeline_bindings
from ..widgets.charts import bar
from ..widgets.frame import ListFrame
from ..widgets.rows import NoteRow, PostRow, Row

_BAR, _WIDE = 20, 100
"""The width of the bar, and the screen width from which it is drawn."""


@catches_errors
class TrainingScreen(Screen[None]):
    """Uncertain posts of different authors and kinds. A mark moves to the next. A note is the last row."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._queue: list[PostKey] = session.timeline.training_queue()
        self._frame = ListFrame(empty=EMPTY)
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view, add_to_message=guess_text)
        # The key that opened the queue closes it.
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title)
        self.commands = self.controls.commands({"train": lambda: close(self)}, leave=lambda: close(self))

    def compose(self) -> ComposeResult:
        yield from self._frame.widgets()

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        self._handlers.mount()

    def on_resize(self, event: events.Resize) -> None:
        self._handlers.resize(event)

    def on_screen_resume(self) -> None:
        self._handlers.resume()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show the queue. After training, the rest is sorted again."""
        timeline = self._frame.timeline
        at_end = isinstance(timeline.selected, NoteRow)
        if effect is not None and select is None and (effect.key is None or not self._left()):
            kept = self._queue[: timeline.cursor + 1]
            more = [key for key in self.session.timeline.training_queue() if key not in kept]
            self._queue = kept + more
            # The cursor was at the end.
            select = more[0] if at_end and more else None
        timeline.set_rows(self._rows(), select=select)
        self._draw_title()

    def _left(self) -> bool:
        """Whether a post of the queue is unmarked."""
        judged = (self.session.timeline.get(key) for key in self._queue)
        return any(each is not None and each.mark is None for each in judged)

    def _rows(self) -> list[Row]:
        """The queue with the guess for each post, and the end of it."""
        rows: list[Row] = []
        for key in self._queue:
            judged = self.session.timeline.get(key)
            if judged is not None:
                verdict = judged.verdict
                if judged.mark:
                    note = f"marked {judged.mark}"
                else:
                    note = guess(verdict.category, verdict.probability)
                rows.append(PostRow(judged, note=note))
        if rows:
            rows.append(NoteRow(ended(key_of(self, "undo"), key_of(self, "quit"))))
        return rows

    def _draw_title(self) -> None:
        """How many posts are marked, and how often the filter had guessed right."""
        marks = self.session.marks.count
        found = guesses(self.session.marks.all(), 1)
        if marks < GOAL and self.size.width >= _WIDE:
            drawn = f"{bar(marks / GOAL, _BAR):░<{_BAR}} "
        else:
            drawn = ""
        self._frame.draw_title(f"training · {drawn}{progress(marks, GOAL, found.right, found.of)}")

"""The safety check: the hidden posts that the filter is least certain of, with one key for each answer."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.view import Change, PostKey
from ...phrases.review import CHECK_EMPTY, CHECK_KEYS, answer_text, check_ended, check_title
from ...session import Session
from ..context import key_of
from ..controllers.controls import Controls
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import timeline_bindings
from ..widgets.frame import ListFrame
from ..widgets.rows import NoteRow, PostRow, Row
from .listing import why_hidden


@catches_errors
class CheckScreen(Screen[None]):
    """The posts of the running check. The key of the hidden posts answers "right to hide"; a mark is an answer too."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._keys: list[PostKey] = session.safety.posts()
        self._frame = ListFrame(empty=CHECK_EMPTY)
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        own = {"hidden": self._keep_hidden, "safety": lambda: close(self)}
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title, CHECK_KEYS)
        self.commands = self.controls.commands(own, leave=lambda: close(self))

    def compose(self) -> ComposeResult:
        yield from self._frame.widgets(self.session)

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        self._handlers.mount()

    def on_resize(self, event: events.Resize) -> None:
        self._handlers.resize(event)

    def on_screen_resume(self) -> None:
        self._handlers.resume()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show each post with its answer, or with the reason why it is hidden."""
        del effect
        rows: list[Row] = []
        for key in self._keys:
            judged = self.session.timeline.get(key)
            if judged is not None:
                answer = self.session.safety.answer(key)
                rows.append(PostRow(judged, note=answer_text(answer) if answer else why_hidden(self.session, judged)))
        if rows and self._answered() == len(self._keys):
            rows.append(NoteRow(check_ended(self.session.safety.estimate(), key_of(self, "quit"))))
        self._frame.timeline.set_rows(rows, select=select)
        self._draw_title()

    def _keep_hidden(self) -> None:
        """Answer that the post under the cursor is rightly hidden, and move to the next."""
        row = self.controls.view.selected_post()
        if row is not None and self.controls.marking.act(lambda: self.session.safety.keep_hidden(row.key)):
            timeline = self._frame.timeline
            timeline.select_number(min(timeline.cursor + 1, len(timeline.rows) - 1))

    def _answered(self) -> int:
        return sum(self.session.safety.answer(key) is not None for key in self._keys)

    def _draw_title(self) -> None:
        right, back = key_of(self, "hidden"), key_of(self, "mark_person")
        self._frame.draw_title(check_title(self._answered(), len(self._keys), right, back))

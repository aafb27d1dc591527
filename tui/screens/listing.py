"""Lists posts under a title, such as those that a mark hid or showed. Also helpers for all lists of posts."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.view import Change, JudgedPost, PostKey, hide_cause
from ...phrases.verdicts import first_reason
from ...session import Session
from ..controllers.controls import Controls
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import timeline_bindings
from ..widgets.frame import ListFrame
from ..widgets.rows import PostRow


@catches_errors
class PostsScreen(Screen[None]):
    """Posts by their keys, with a line under each about whether it is shown or hidden."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, title: str, keys: Sequence[PostKey]) -> None:
        super().__init__()
        self.session = session
        self._title = title
        self._keys = keys
        self._frame = ListFrame(empty="These posts are no longer loaded.")
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title)
        self.commands = self.controls.commands(leave=lambda: close(self))

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
        """Show the posts with their current verdicts."""
        del effect
        found = [judged for key in self._keys if (judged := self.session.timeline.get(key)) is not None]
        found.sort(key=lambda judged: judged.post.at.timestamp() if judged.post.at else 0.0, reverse=True)
        rows = [PostRow(judged, note=why_hidden(self.session, judged) or "shown") for judged in found]
        self._frame.timeline.set_rows(rows, select=select)
        self._draw_title()

    def _draw_title(self) -> None:
        self._frame.draw_title(f"{self._title}: {len(self._keys)} post{'s' if len(self._keys) != 1 else ''}")


def is_hidden(session: Session, judged: JudgedPost) -> bool:
    """Whether the current level hides a post."""
    return not judged.verdict.shown_at(session.timeline.level)


def why_hidden(session: Session, judged: JudgedPost) -> str:
    """Why a post is hidden, in one line; "" if it is shown."""
    if not is_hidden(session, judged):
        return ""
    reason = first_reason(judged.verdict)
    kind = hide_cause(judged.verdict)
    if kind == "muted":
        return f"hidden: {reason}"
    return f"hidden as {kind}: {reason}"

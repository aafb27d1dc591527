"""A screen over the feed with a list of posts of its own: the tray, the training queue and the detail."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from ..models.view import Effect, Judged
from ..session import Session
from .keys import bindings
from .marking import MarkingScreen
from .messages import Opened
from .rows import PostRow
from .timeline import Timeline


class ListingScreen(MarkingScreen):
    """Posts under a title; escape goes back. A subclass says which posts, in `listed`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(), Binding("escape", "leave", show=False)]
    EMPTY = ""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._opened: set[tuple[str, str]] = set()

    def compose(self) -> ComposeResult:
        """Title, posts, what was said."""
        yield Static("", id="status", markup=False)
        yield Timeline(empty=self.EMPTY, id="timeline")
        yield Static("", id="saying", markup=False)
        yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the posts."""
        self.timeline.focus()
        self.redraw()
        self.query_one("#keys", Static).update(self.keys_line())

    def title_line(self) -> str:
        """What this is, in one line."""
        raise NotImplementedError

    def keys_line(self) -> str:
        """The keys that matter here."""
        return " p person  c celebrity  s sales  x spam  v vouch  u undo  w why  enter open  esc back"

    def listed(self) -> Sequence[PostRow]:
        """The rows to show now."""
        raise NotImplementedError

    def redraw(self, effect: Effect | None = None) -> None:
        """Show the posts as they are judged now."""
        select = effect.key if effect is not None and effect.sentence.startswith("undone") else None
        self.timeline.set_rows(list(self.listed()), select=select)
        self.query_one("#status", Static).update(self.title_line())

    def say(self, sentence: str) -> None:
        """One line below the posts."""
        self.query_one("#saying", Static).update(sentence)

    def do_open(self) -> None:
        """Open the post under the cursor."""
        row = self.selected_post()
        if row is not None:
            self.on_opened(Opened(row))

    def on_opened(self, message: Opened) -> None:
        """Show a post whole, in its place; again folds it."""
        message.stop()
        self._opened ^= {message.row.key}
        self.redraw()

    def action_leave(self) -> None:
        """Back to the feed."""
        self.dismiss(None)

    def do_quit(self) -> None:
        """Here, q is only back."""
        self.dismiss(None)

    def row(self, judged: Judged, note: str = "") -> PostRow:
        """A row of this list."""
        return PostRow(judged, note=note, open=judged.key in self._opened)

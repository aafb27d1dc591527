"""The widgets of a list of posts: title, timeline, message line and keys."""

from collections.abc import Mapping, Sequence

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from ...session import Session
from .beside import Beside
from .charts import Line
from .status import MessageLine, keys_line, set_text
from .timeline import Timeline

Piece = Line | tuple[str, Style]
"""A part of a title."""


def button(text: str, action: str) -> Piece:
    """A text that runs a Textual action on a click."""
    return text, Style.from_meta({"@click": action})


class ListFrame:
    """Holds the widgets. A screen yields them in `compose`, possibly with others between them."""

    def __init__(self, timeline: Timeline | None = None, *, empty: str = "") -> None:
        self.title = Static("", id="title", markup=False)
        self.timeline = timeline or Timeline(empty=empty, id="timeline")
        self.message = MessageLine(id="message")
        self.keys = Static("", id="keys", markup=False)

    def widgets(self, beside: Session | None = None) -> tuple[Widget, ...]:
        """All widgets from top to bottom. With a session, a wide terminal shows the selected post beside the list."""
        timeline = self.timeline if beside is None else Beside(beside, self.timeline)
        return self.title, timeline, self.message, self.keys

    def draw_title(self, pieces: Sequence[Piece] | str) -> None:
        """Show the title. The first line of a text is bold."""
        if isinstance(pieces, str):
            first, _, rest = pieces.partition("\n")
            pieces = [(first, "bold"), f"\n{rest}" if rest else ""]
        self.title.update(Content.assemble(*pieces))

    def draw_keys(self, keys: Mapping[str, str], width: int, here: Sequence[tuple[str, str]] = ()) -> None:
        set_text(self.keys, keys_line(keys, width, over=True, here=here))

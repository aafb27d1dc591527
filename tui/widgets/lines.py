"""A list of lines in a panel. Each line is clipped to the width, and the highlight stops at both ends."""

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

MOVES = (
    Binding("j,down", "move(1)", id="down", show=False),
    Binding("k,up", "move(-1)", id="up", show=False),
)
"""The bindings of a screen whose list has the focus; its `action_move` calls `LineList.move`."""
FIELD_MOVES = (
    Binding("down", "move(1)", id="down", show=False),
    Binding("up", "move(-1)", id="up", show=False),
)
"""The same for a screen whose field has the focus: its letters are typed."""


class LineList(OptionList):
    """A list of lines to choose from."""

    def set_lines(self, lines: Iterable[str], at: int = 0) -> None:
        """Replace all lines, and highlight the one at this index, or else the last one."""
        self.clear_options()
        self.add_options(Option(Text(line, no_wrap=True, overflow="ellipsis")) for line in lines)
        if self.option_count:
            self.highlighted = min(at, self.option_count - 1)

    def move(self, by: int) -> None:
        """Move the highlight by a number of lines."""
        if self.highlighted is not None:
            self.highlighted = min(max(self.highlighted + by, 0), self.option_count - 1)


def line_panel(title: str, hint: str, *, field: Input | None = None, wide: bool = False) -> ComposeResult:
    """Compose a title, a list of lines, and a sentence below it. With a field above the list, keys go to the field."""
    with Vertical(classes="panel wide" if wide else "panel"):
        yield Static(title, classes="title", markup=False)
        lines = LineList()
        if field is not None:
            lines.can_focus = False
            yield field
        yield lines
        yield Static(hint, classes="quiet", markup=False)

"""Selections of a timeline: rows for bulk marks, and text that the mouse selects."""

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.selection import Selection
from textual.strip import Strip

from ...models.view import PostKey
from .rows import Row


class RowSelection:
    """The rows between the start of a selection and the cursor."""

    def __init__(self) -> None:
        self._anchor: int | None = None

    def start(self, number: int | None) -> None:
        """Begin at a row; None ends the selection."""
        self._anchor = number

    def began_at(self, rows: Sequence[Row]) -> PostKey | None:
        """The row where the selection began."""
        if self._anchor is None or self._anchor >= len(rows):
            return None
        return rows[self._anchor].key

    def contains(self, number: int, cursor: int) -> bool:
        if self._anchor is None:
            return False
        first, last = sorted((self._anchor, cursor))
        return first <= number <= last


def with_bar(strip: Strip, style: Style) -> Strip:
    """A line of a selected row, with a bar at its edge."""
    return Strip([Segment("▌", style), *strip.crop(1)], strip.cell_length)


def with_selected_text(strip: Strip, span: tuple[int, int] | None, style: Style, console: Console) -> Strip:
    """A line with the selected text in its style: from a column to another; -1 is the end of the line."""
    if span is None:
        return strip
    start, end = span
    text = Text.assemble(*((segment.text, segment.style or "") for segment in strip), end="")
    text.stylize(style, start, None if end < 0 else end)
    return Strip(text.render(console), strip.cell_length)


def selected_text(selection: Selection, line_at: Callable[[int], str], lines: int) -> str:
    """The selected part of a text of so many lines."""
    if selection.end is None:
        last = lines - 1
    else:
        last = min(selection.end.y, lines - 1)
    first = 0 if selection.start is None else selection.start.y
    found = [line_at(at) for at in range(first, last + 1)]
    if not found:
        return ""
    if selection.end is not None:
        found[-1] = found[-1][: selection.end.x]
    if selection.start is not None:
        found[0] = found[0][selection.start.x :]
    return "\n".join(line.rstrip() for line in found)

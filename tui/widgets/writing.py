"""The text area of the composer: it marks what is too long."""

from rich.style import Style
from rich.text import Text
from textual.widgets import TextArea

_EXCESS = Style(reverse=True)


class WritingArea(TextArea):
    """A text area whose text stands out from the place where it becomes too long."""

    def __init__(self, text: str, id: str) -> None:
        super().__init__(text, id=id, soft_wrap=True, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        # Brackets in prose need no partner; looking for it costs time at every key.
        self.match_cursor_bracket = False
        self._excess: tuple[int, int] | None = None

    def mark_excess(self, at: int | None) -> None:
        """Mark the text from an offset on; None marks nothing."""
        place = None
        if at is not None:
            before = self.text[:at]
            place = (before.count("\n"), at - (before.rfind("\n") + 1))
        if place != self._excess:
            self._excess = place
            self._line_cache.clear()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A line of the text, with its excess marked."""
        line = super().get_line(line_index)
        if self._excess is not None and line_index >= self._excess[0]:
            start = self._excess[1] if line_index == self._excess[0] else 0
            line.stylize(_EXCESS, start)
        return line

    def before_cursor(self) -> str:
        """The current line up to the cursor."""
        row, column = self.cursor_location
        return str(self.document.get_line(row)[:column])

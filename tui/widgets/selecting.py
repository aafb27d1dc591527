"""A timeline with a selection of rows for bulk marks, and a sign beside unread posts."""

from collections.abc import Callable, Iterable, Sequence

from rich.segment import Segment
from rich.text import Text
from textual.cache import LRUCache
from textual.selection import Selection
from textual.strip import Strip

from ...models.view import PostKey
from .matches import FindMatches
from .rows import Row
from .timeline import PAINTED, Timeline

UNREAD = "•"
"""The sign of an unread post."""


class SelectableTimeline(Timeline, inherit_bindings=False):
    """A timeline that shows the rows between the start of a selection and the cursor.

    The keys of a scroll view are not inherited: arrows and pages move the cursor, which the screen does.
    """

    _anchor: int | None = None
    is_unread: Callable[[Row], bool] | None = None
    """Whether a row carries the unread sign; None if no row does."""

    def __init__(self, *, empty: str = "", id: str | None = None, find_matches: FindMatches | None = None) -> None:
        super().__init__(empty=empty, id=id, find_matches=find_matches)
        self._signed: LRUCache[PostKey, tuple[list[Strip], list[Strip]]] = LRUCache(PAINTED)

    def select_from(self, number: int | None) -> None:
        """Begin a selection at a row; None ends it."""
        self._anchor = number
        self.refresh()

    def set_rows(self, rows: Sequence[Row], *, select: PostKey | None = None, repaint: bool = True) -> None:
        """Replace the rows. A selection continues from the row where it began."""
        if self.text_selection is not None:
            # Other text may stand there now.
            self.screen.clear_selection()
        if self._anchor is None or self._anchor >= len(self.rows):
            began = None
        else:
            began = self.rows[self._anchor].key
        super().set_rows(rows, select=select, repaint=repaint)
        if began is not None:
            found = self.find(began)
            if found is None:
                self.refresh()
            self._anchor = self.cursor if found is None else found

    def line_below(self, key: PostKey) -> int | None:
        """The screen line below a row and its empty line; None for a missing row."""
        found = self.find(key)
        if found is None:
            return None
        return self._tops[found + 1] - self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        """A line with the place of each letter in the text of all rows: Textual asks where the mouse is.

        What is drawn does without (`render_lines`): a place for every piece would take longer than the drawing.
        """
        return self.draw_line(y).apply_offsets(0, y + self.scroll_offset.y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that the mouse selected, to be copied."""
        if selection.end is None:
            last = self._tops[-1] - 1
        else:
            last = selection.end.y
        first = 0 if selection.start is None else selection.start.y
        lines = [self._text_at(at) for at in range(first, min(last, self._tops[-1] - 1) + 1)]
        if not lines:
            return None
        end = len(lines[-1]) if selection.end is None else selection.end.x
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][0 if selection.start is None else selection.start.x :]
        return "\n".join(line.rstrip() for line in lines), "\n"

    def _text_at(self, at: int) -> str:
        number = self.number_at(at)
        strips, inside = self.strips_of(number, self.size.width), at - self._tops[number]
        if inside < len(strips):
            return strips[inside].text
        return ""

    def text_select_all(self) -> None:
        """Textual selects all by a double click; here that opens the row."""

    def draw_lines(self, lines: Iterable[int]) -> list[Strip]:
        """Lines of the screen, with a bar at the edge of each selected row."""
        lines = list(lines)
        strips = super().draw_lines(lines)
        if self._anchor is not None:
            strips = [self._with_bar(y, strip) for y, strip in zip(lines, strips, strict=True)]
        selection = self.text_selection
        if selection is not None:
            strips = [self._with_selection(y, strip, selection) for y, strip in zip(lines, strips, strict=True)]
        return strips

    def _with_selection(self, y: int, strip: Strip, selection: Selection) -> Strip:
        """A line with the text that the mouse selected in its style."""
        span = selection.get_span(y + self.scroll_offset.y)
        if span is None:
            return strip
        text = Text.assemble(*((segment.text, segment.style or "") for segment in strip), end="")
        text.stylize(
            self.screen.get_component_rich_style("screen--selection"), span[0], None if span[1] < 0 else span[1]
        )
        return Strip(text.render(self.app.console), strip.cell_length)

    def _with_bar(self, y: int, strip: Strip) -> Strip:
        if not self.rows or self._anchor is None:
            return strip
        number = self.number_at(y + self.scroll_offset.y)
        first, last = sorted((self._anchor, self.cursor))
        if not first <= number <= last:
            return strip
        return Strip([Segment("▌", self.style_of("mark")), *strip.crop(1)], strip.cell_length)

    def strips_of(self, number: int, width: int) -> list[Strip]:
        """The lines of a row. The first carries the sign in its second column if the row is unread."""
        strips, row = super().strips_of(number, width), self.rows[number]
        if self.is_unread is None or not self.is_unread(row):
            return strips
        known = self._signed.get(row.key)
        if known is None or known[0] is not strips:
            style = self.style_of("mark", selected=number == self.cursor and self.has_focus_within)
            first = Strip([*strips[0].crop(0, 1), Segment(UNREAD, style), *strips[0].crop(2)])
            known = self._signed[row.key] = (strips, [first.adjust_cell_length(width), *strips[1:]])
        return known[1]

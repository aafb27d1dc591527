"""The timeline with a stretch of rows that is selected, for marks in bulk, and with a sign beside unread posts."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ..models.view import PostKey
from .rows import Row
from .timeline import Timeline

UNREAD = "•"
"""Stands beside a post that was not read yet."""


class SelectableTimeline(Timeline, inherit_bindings=False):
    """A timeline that shows which rows lie between where a selection began and the cursor.

    The keys of a scroll view are not inherited: arrows and pages move the cursor, which the screen around it does.
    """

    _anchor: int | None = None
    is_unread: Callable[[Row], bool] | None = None
    """Tells which rows carry the sign of what is unread; None where nothing does."""

    def select_from(self, number: int | None) -> None:
        """Begin to select at a row; None ends it."""
        self._anchor = number
        self.refresh()

    def set_rows(self, rows: Sequence[Row], *, select: PostKey | None = None, repaint: bool = True) -> None:
        """Replace the rows; a selection goes on from the row where it began, wherever that stands now."""
        began = None if self._anchor is None or self._anchor >= len(self.rows) else self.rows[self._anchor].key
        super().set_rows(rows, select=select, repaint=repaint)
        if began is not None:
            found = self.find(began)
            self._anchor = self.cursor if found is None else found

    def render_line(self, y: int) -> Strip:
        """A line of the screen, with a bar at its edge where its row is selected."""
        strip = super().render_line(y)
        if not self.rows or (self._anchor is None and self.is_unread is None):
            return strip
        at = y + self.scroll_offset.y
        number = bisect_right(self._tops, at) - 1
        if self.is_unread is not None and number < len(self.rows) and at == self._tops[number]:
            strip = self._signed(strip, self.rows[number], selected=number == self.cursor)
        if self._anchor is None:
            return strip
        first, last = sorted((self._anchor, self.cursor))
        if not first <= number <= last:
            return strip
        edge = Segment("▌", self.rich_style + self.get_component_rich_style("timeline--mark", partial=True))
        return Strip([edge, *strip.crop(1)], strip.cell_length)

    def _signed(self, strip: Strip, row: Row, *, selected: bool) -> Strip:
        """The first line of a row, with the sign in the second column where it is unread."""
        if self.is_unread is None or not self.is_unread(row):
            return strip
        style = self.rich_style + self.get_component_rich_style("timeline--mark", partial=True)
        if selected and self.has_focus_within:
            style += Style(bgcolor=self.get_component_rich_style("timeline--cursor").bgcolor)
        return Strip([*strip.crop(0, 1), Segment(UNREAD, style), *strip.crop(2)], strip.cell_length)

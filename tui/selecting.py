"""The timeline with a stretch of rows that is selected, for marks in bulk."""

from bisect import bisect_right

from rich.segment import Segment
from textual.strip import Strip

from .timeline import Timeline


class SelectableTimeline(Timeline, inherit_bindings=False):
    """A timeline that shows which rows lie between where a selection began and the cursor.

    The keys of a scroll view are not inherited: arrows and pages move the cursor, which the screen around it does.
    """

    _anchor: int | None = None

    def select_from(self, number: int | None) -> None:
        """Begin to select at a row; None ends it."""
        self._anchor = number
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line of the screen, with a bar at its edge where its row is selected."""
        strip = super().render_line(y)
        if self._anchor is None or not self.rows:
            return strip
        number = bisect_right(self._tops, y + self.scroll_offset.y) - 1
        first, last = sorted((self._anchor, self.cursor))
        if not first <= number <= last:
            return strip
        edge = Segment("▌", self.rich_style + self.get_component_rich_style("timeline--mark", partial=True))
        return Strip([edge, *strip.crop(1)], strip.cell_length)

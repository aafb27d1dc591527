"""The timeline with a stretch of rows that is selected, for marks in bulk, and with a sign beside unread posts."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from textual.cache import LRUCache
from textual.strip import Strip

from ...models.view import PostKey
from .matches import FindMatches
from .rows import Row
from .timeline import PAINTED, Timeline

UNREAD = "•"
"""Stands beside a post that was not read yet."""


class SelectableTimeline(Timeline, inherit_bindings=False):
    """A timeline that shows which rows lie between where a selection began and the cursor.

    The keys of a scroll view are not inherited: arrows and pages move the cursor, which the screen around it does.
    """

    _anchor: int | None = None
    is_unread: Callable[[Row], bool] | None = None
    """Tells which rows carry the sign of what is unread; None where nothing does."""

    def __init__(self, *, empty: str = "", id: str | None = None, find_matches: FindMatches | None = None) -> None:
        super().__init__(empty=empty, id=id, find_matches=find_matches)
        self._signed: LRUCache[PostKey, tuple[list[Strip], list[Strip]]] = LRUCache(PAINTED)

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
            if found is None:
                self.refresh()
            self._anchor = self.cursor if found is None else found

    def line_below(self, key: PostKey) -> int | None:
        """The line of the screen below a row, its empty line included; None for a row that is not there."""
        found = self.find(key)
        return None if found is None else self._tops[found + 1] - self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        """A line of the screen, with a bar at its edge where its row is selected."""
        strip = super().render_line(y)
        if not self.rows or self._anchor is None:
            return strip
        number = self.number_at(y + self.scroll_offset.y)
        first, last = sorted((self._anchor, self.cursor))
        if not first <= number <= last:
            return strip
        return Strip([Segment("▌", self.style_of("mark")), *strip.crop(1)], strip.cell_length)

    def strips_of(self, number: int, width: int) -> list[Strip]:
        """The lines of a row, the first with the sign in its second column where it is unread."""
        strips, row = super().strips_of(number, width), self.rows[number]
        if self.is_unread is None or not self.is_unread(row):
            return strips
        known = self._signed.get(row.key)
        if known is None or known[0] is not strips:
            style = self.style_of("mark", selected=number == self.cursor and self.has_focus_within)
            first = Strip([*strips[0].crop(0, 1), Segment(UNREAD, style), *strips[0].crop(2)])
            known = self._signed[row.key] = (strips, [first.adjust_cell_length(width), *strips[1:]])
        return known[1]

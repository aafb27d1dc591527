"""The timeline: one virtual widget on Textual's line API. Only visible lines are drawn; a post is no widget."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ...models.view import PostKey
from ..messages import NearEnd, Opened, OpenLink, Selected
from .heights import Heights, estimate
from .matches import FindMatches, marked, occurrences
from .paint import LOOKS, PaintedLine, link_at, paint_safely, utc_now
from .rows import Row, find_again

_NEAR = 8
PAINTED = 32
"""How many drawn rows are cached. On a taller screen, as many as it has lines."""


class Timeline(ScrollView, can_focus=True):
    """Rows under a cursor. The row under the cursor keeps its screen line when rows are replaced.

    The screen passes rows to `set_rows` and moves the cursor. It gets Selected, Opened, OpenLink and NearEnd.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"timeline--{look}" for look in {*LOOKS.values(), "cursor", "match"}}

    def __init__(self, *, empty: str = "", id: str | None = None, find_matches: FindMatches | None = None) -> None:
        super().__init__(id=id)
        self._find_matches = find_matches
        self._rows: list[Row] = []
        self._heights = Heights()
        self._tops = self._heights.tops
        self._cursor = 0
        self.empty = empty
        self._painted: LRUCache[PostKey, tuple[Row, int, list[PaintedLine]]] = LRUCache(PAINTED)
        self._strips: LRUCache[tuple[object, ...], tuple[list[PaintedLine], list[Strip]]] = LRUCache(PAINTED)
        self._styles: dict[tuple[str, bool], Style] = {}
        self._now = utc_now()
        self._width = 0
        self._replacing = self._jumping = False
        self._clicked: PostKey | None = None
        self._search = ""
        self.covers_private: Callable[[], bool] = lambda: False

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, newest first."""
        return self._rows

    @property
    def short(self) -> bool:
        """Whether the rows fill less than the screen."""
        return self._tops[-1] < self.size.height

    @property
    def cursor(self) -> int:
        return self._cursor

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def cursor_line(self) -> int:
        """The screen line on which the selected row begins."""
        return self._tops[self._cursor] - self.scroll_offset.y

    def put_cursor(self, key: PostKey, line: int) -> None:
        """Move the cursor to a row, and that row to a line of the screen."""
        found = self.find(key)
        if found is not None:
            self._cursor = found
            self._measure_still(found)
            self._jump(self._tops[found] - line)
            self._show_cursor()
            self._tell_cursor()

    def open_selected(self) -> None:
        """Ask the screen to open the row under the cursor."""
        if self.selected is not None:
            self.post_message(Opened(self.selected))

    def _tell_cursor(self, *, moved: bool = True) -> None:
        self.refresh()
        if moved:
            self.post_message(Selected(self.selected))
        if self._cursor >= len(self._rows) - _NEAR:
            self.post_message(NearEnd())

    def set_rows(self, rows: Sequence[Row], *, select: PostKey | None = None, repaint: bool = True) -> None:
        """Replace the rows. The cursor stays on its row, or on the nearest remaining one.

        `select` moves it to another row, and scrolls no further than necessary. Without `repaint` the screen is drawn
        again only if its rows changed.
        """
        seen = None if repaint else self._seen()
        old_rows, old_cursor = self._rows, self._cursor
        offset = self.cursor_line if old_rows else 0
        old_heights = self._heights
        self._rows = list(rows)
        self._replacing = True
        self._lay_out(old_rows, old_heights)
        if old_rows:
            self._cursor = find_again(old_rows, old_cursor, self._rows)
            self._measure(self._cursor)
            self._jump(self._tops[self._cursor] - offset)
        if select is not None and (found := self.find(select)) is not None:
            self._cursor = found
            self._measure(found)
            self._show_cursor()
        self._cursor = max(min(self._cursor, len(self._rows) - 1), 0)
        self._measure_seen()
        self._replacing = False
        if seen is None or self._seen() != seen:
            self.refresh()
        self.post_message(Selected(self.selected))

    def _seen(self) -> tuple[object, ...]:
        """The rows on the screen, how much of the first is above it, and which is selected."""
        y = self.scroll_offset.y
        return self.visible_rows(), y - self._tops[self.number_at(y)], self.selected, self._width

    def find(self, key: PostKey) -> int | None:
        """The index of the row with this key."""
        return next((number for number, row in enumerate(self._rows) if row.key == key), None)

    def number_at(self, line: int) -> int:
        """The index of the row at a line, counted from the first row's first line."""
        return bisect_right(self._tops, line) - 1

    def visible_rows(self) -> list[Row]:
        """The rows with at least one line on the screen."""
        if not self._rows:
            return []
        top = self.scroll_offset.y
        first, last = self.number_at(top), self.number_at(top + max(self.size.height - 1, 0))
        return self._rows[max(first, 0) : last + 1]

    def line(self, y: int) -> str:
        """The text of a screen line, for tests and screen readers."""
        return self.draw_line(y).text.rstrip()

    def move(self, by: int) -> None:
        """Move the cursor by rows. A row that is taller than the screen scrolls first."""
        if not self._rows:
            return
        if abs(by) == 1 and self._scroll_inside(by):
            return
        self.select_number(self._cursor + by)

    def move_page(self, by: float) -> None:
        """Move by screens or parts of one. The cursor follows to the first whole row."""
        if not self._rows:
            return
        height = max(self.size.height - 2, 1)
        target = self._tops[self._cursor] + round(by * height)
        number = self.number_at(max(target, 0))
        if number == self._cursor:
            number += 1 if by > 0 else -1
        self._jump(self.scroll_offset.y + round(by * height))
        self.select_number(number)

    def select_number(self, number: int) -> None:
        """Move the cursor to a row by its index, limited to the rows."""
        if not self._rows:
            return
        number = max(min(number, len(self._rows) - 1), 0)
        moved = number != self._cursor
        self._cursor = number
        self._measure_still(number)
        self._show_cursor()
        self._tell_cursor(moved=moved)

    def highlight(self, text: str) -> None:
        """Show the matches of a search."""
        self._search = text.casefold()
        self._strips.clear()
        self.refresh()

    def keep_time(self) -> None:
        self._now = utc_now()
        self._painted.clear()
        self._strips.clear()
        self.refresh()

    def draw_anew(self) -> None:
        """Draw all rows again, with their current heights."""
        self._painted.clear()
        self._strips.clear()
        self._lay_out_again()
        self._measure_seen()

    def _lay_out_again(self) -> None:
        """Lay out all rows again. The selected row keeps its screen line."""
        if self._rows:
            offset = self.cursor_line
            self._lay_out([], Heights())
            self._measure(self._cursor)
            self._jump(self._tops[self._cursor] - offset)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Cached screen lines. Textual would render all of them again for a border or padding."""
        strips = self.draw_lines(crop.line_range)
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return [strip.crop(*crop.column_span) for strip in strips]

    def draw_line(self, y: int) -> Strip:
        """One line of the screen."""
        return self.draw_lines((y,))[0]

    def draw_lines(self, lines: Iterable[int]) -> list[Strip]:
        """Lines of the screen, from top to bottom."""
        width, scrolled = self.size.width, self.scroll_offset.y
        if not self._rows:
            empty = Strip([Segment(f"  {self.empty}", self.style_of("hidden"))])
            return [(empty if y == 1 else Strip([])).adjust_cell_length(width, self.style_of("")) for y in lines]
        # A row is looked up once: doing so for each of its lines would take longer than drawing them.
        rows: dict[int, list[Strip]] = {len(self._rows): []}
        found = []
        for at in (y + scrolled for y in lines):
            number = self.number_at(at)
            if number not in rows:
                rows[number] = self.strips_of(number, width)
            inside = at - self._tops[number]
            found.append(rows[number][inside] if inside < len(rows[number]) else Strip.blank(width, self.style_of("")))
        return found

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for a new width. The selected row keeps its screen line."""
        self._painted.maxsize = self._strips.maxsize = max(PAINTED, event.size.height)
        if event.size.width != self._width and self._rows:
            # It may have been drawn at the new width with lines of the old one.
            self._lay_out_again()
        self._measure_seen()
        self._show_cursor()

    def on_click(self, event: events.Click) -> None:
        """Select a row, or open a link. A second click opens the row."""
        at = event.y + self.scroll_offset.y
        if not self._rows or at >= self._tops[-1] or self.text_selection is not None:
            return
        number = self.number_at(at)
        link = link_at(self._lines(self._rows[number]), at - self._tops[number], event.x)
        if link:
            self.post_message(OpenLink(link))
        key = self._rows[number].key
        # The first click of a double click may have been on another screen or row.
        twice = event.chain == 2 and key == self._clicked and not link
        self._clicked = None if twice else key
        self._cursor = number
        self._tell_cursor()
        if twice:
            self.open_selected()

    def notify_style_update(self) -> None:
        """Draw everything again for a new theme."""
        super().notify_style_update()
        self._strips.clear()
        self._styles.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """After any scrolling: measure the next rows before they are visible."""
        if not self._replacing:
            super().watch_scroll_y(old_value, new_value)
        elif self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        self._measure_seen()
        if not self._jumping and not self._replacing:
            self._take_cursor_along()

    def _take_cursor_along(self) -> None:
        """After the wheel or the scrollbar: move the cursor to the nearest whole row."""
        if not self._rows:
            return
        first, last = self._heights.whole_rows(self.scroll_offset.y, max(self.size.height, 1))
        number = min(max(self._cursor, first), last)
        if number != self._cursor:
            self._cursor = number
            self._tell_cursor()

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Place a scrollbar that appears at the current position: it was not updated while hidden."""
        if shown:
            self.vertical_scrollbar.position = self.scroll_y

    def _lay_out(self, old_rows: Sequence[Row], old_heights: Heights) -> None:
        """The first lines of all rows: measured before, or estimated for new rows."""
        width = self.size.width or self.app.size.width
        # Rows may arrive between a new width and its message. Earlier measurements are then void.
        measured = enumerate(old_rows) if width == self._width else ()
        before = {row.key: (row, old_heights.exact(number)) for number, row in measured}
        self._width = width
        known = []
        for row in self._rows:
            old, height = before.get(row.key, (None, None))
            exact = height is not None and (old is row or old == row)
            known.append((height, True) if exact and height else (estimate(row, width), False))
        self._take(Heights(known))

    def _take(self, heights: Heights) -> None:
        self._heights, self._tops = heights, heights.tops
        size = Size(self._width, self._tops[-1])
        if (size.height > self.size.height) != self.show_vertical_scrollbar:
            self.virtual_size = size
        elif size != self.virtual_size:
            # Rows beyond the screen do not affect it, but Textual would lay it out again.
            self.set_reactive(Timeline.virtual_size, size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = size.height

    def _measure(self, number: int) -> None:
        """Measure all rows that could be on a screen with this one."""
        lines = max(self.size.height, self.app.size.height, 16)
        if self._heights.measure(number, lines, lambda each: len(self._lines(self._rows[each]))):
            self._take(self._heights)

    def _measure_seen(self) -> None:
        """Measure all rows on the screen, wherever the cursor is."""
        if self._rows:
            self._measure_still(self.number_at(self.scroll_offset.y))

    def _measure_still(self, number: int) -> None:
        """The same, and keep the row at the top of the screen."""
        top = min(self.number_at(self.scroll_offset.y), len(self._rows) - 1)
        before = self._tops[top]
        self._measure(number)
        if self._tops[top] != before or self.scroll_offset.y > self.max_scroll_y:
            self._jump(self.scroll_offset.y + self._tops[top] - before)

    def _lines(self, row: Row) -> list[PaintedLine]:
        width = self._width
        known = self._painted.get(row.key)
        if known is not None and known[1] == width and (known[0] is row or known[0] == row):
            return known[2]
        lines = paint_safely(row, width, self._now, cover=self.covers_private())
        self._painted[row.key] = (row, width, lines)
        return lines

    def strips_of(self, number: int, width: int) -> list[Strip]:
        """The cached lines of a row. A cached strip is drawn faster than a new one."""
        row = self._rows[number]
        selected = number == self._cursor and self.has_focus_within
        lines = self._lines(row)
        key = (row.key, selected, width, self._search, self.app.theme)
        known = self._strips.get(key)
        if known is not None and known[0] is lines:
            return known[1]
        strips = [self._strip(line, width, selected=selected) for line in lines]
        self._strips[key] = (lines, strips)
        return strips

    def _strip(self, line: PaintedLine, width: int, *, selected: bool) -> Strip:
        segments = []
        for text, name, _ in line:
            segments.extend(self._matches(text, self.style_of(name, selected=selected)))
        if selected and segments and segments[0].text.startswith(" "):
            segments[0] = Segment(segments[0].text[1:], segments[0].style)
            segments.insert(0, Segment("▌", self.style_of("cursor")))
        return Strip(segments).adjust_cell_length(width, self.style_of("", selected=selected and bool(line)))

    def style_of(self, name: str, *, selected: bool = False) -> Style:
        """The style of a piece. The cursor's background is under every piece; the text keeps its own colour."""
        found = self._styles.get((name, selected))
        if found is None:
            if selected:
                found = self.style_of(name) + Style(bgcolor=self.get_component_rich_style("timeline--cursor").bgcolor)
            elif name:
                found = self.style_of("") + self.get_component_rich_style(f"timeline--{LOOKS.get(name, name)}")
            else:
                found = self.rich_style
            self._styles[name, selected] = found
        return found

    def _matches(self, text: str, style: Style) -> list[Segment]:
        """A piece of text, with matches of a search in their style."""
        if self._search:
            places: Iterable[tuple[int, int]] = occurrences(text, self._search)
        else:
            places = self._find_matches(text) if self._find_matches is not None else ()
        return marked(text, places, style, lambda: self.get_component_rich_style("timeline--match"))

    def _show_cursor(self) -> None:
        if not self._rows:
            return
        y = self._heights.scroll_to(self._cursor, self.scroll_offset.y, max(self.size.height, 1))
        if y != self.scroll_offset.y:
            self._jump(y)

    def _scroll_inside(self, by: int) -> bool:
        """Scroll within a tall row. Returns whether that was possible."""
        top, bottom = self._tops[self._cursor], self._tops[self._cursor + 1] - 1
        y, height = self.scroll_offset.y, max(self.size.height, 1)
        if bottom - top <= height:
            return False
        if by > 0 and y + height < bottom:
            self._jump(min(y + height // 2, bottom - height))
            return True
        if by < 0 and y > top:
            self._jump(max(y - height // 2, top))
            return True
        return False

    def _jump(self, y: int) -> None:
        self._jumping = True
        self.scroll_to(y=max(y, 0), animate=False, immediate=True, force=True)
        self._jumping = False

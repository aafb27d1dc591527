"""The timeline: one virtual widget on Textual's line API. Only visible lines are drawn; a post is no widget."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from ...models.view import PostKey
from ..guard import catches_errors
from ..messages import NearEnd, Opened, OpenLink, Selected
from .heights import Heights
from .matches import FindMatches
from .paint import LOOKS, PaintedLine, link_at
from .row_painter import Look, RowPainter, ScreenLine, StyleTable
from .rows import Row, find_again
from .selecting import RowSelection, selected_text, with_bar, with_selected_text

_NEAR = 8


@catches_errors
class Timeline(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows under a cursor. The row under it keeps its screen line when rows are replaced. The screen passes rows
    to `set_rows`, moves the cursor, and gets Selected, Opened, OpenLink and NearEnd. Arrows and pages move the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"timeline--{look}" for look in {*LOOKS.values(), "cursor", "match"}}

    def __init__(self, *, empty: str = "", id: str | None = None, find_matches: FindMatches | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Row] = []
        self._heights = Heights()
        self._tops = self._heights.tops
        self._cursor = 0
        self.empty = empty
        self._styles = StyleTable(self)
        self._painter = RowPainter(self._styles, find_matches)
        self._row_selection = RowSelection()
        self._width = 0
        self._replacing = self._jumping = False
        self._clicked: PostKey | None = None
        self.covers_private: Callable[[], bool] = lambda: False
        self.is_unread: Callable[[Row], bool] | None = None
        """Whether a row carries the unread sign; None if no row does."""

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
        again only if its rows changed. A selection continues from the row where it began.
        """
        if self.text_selection is not None:
            # Other text may stand there now.
            self.screen.clear_selection()
        began = self._row_selection.began_at(self._rows)
        self._replace_rows(rows, select, repaint=repaint)
        if began is not None:
            found = self.find(began)
            if found is None:
                self.refresh()
            self._row_selection.start(self._cursor if found is None else found)

    def _replace_rows(self, rows: Sequence[Row], select: PostKey | None, *, repaint: bool) -> None:
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
        inside = None
        if abs(by) == 1:
            height = max(self.size.height, 1)
            inside = self._heights.scroll_inside(self._cursor, self.scroll_offset.y, height, down=by > 0)
        if inside is None:
            self.select_number(self._cursor + by)
        else:
            self._jump(inside)

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
        self._painter.highlight(text)
        self.refresh()

    def keep_time(self, now: datetime) -> None:
        """Draw the age of posts for this time."""
        self._painter.set_time(now)
        self.refresh()

    def draw_anew(self) -> None:
        """Draw all rows again, with their current heights."""
        self._painter.clear()
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
        return [strip.crop(*crop.column_span) for strip in self.draw_lines(crop.line_range)]

    def draw_line(self, y: int) -> Strip:
        """One line of the screen."""
        return self.draw_lines((y,))[0]

    def draw_lines(self, lines: Sequence[int]) -> list[Strip]:
        """Lines of the screen, from top to bottom."""
        look, scrolled, style = self._look(), self.scroll_offset.y, self.style_of("")
        if not self._rows:
            texts = ([Segment(f"  {self.empty}", self.style_of("hidden"))] if y == 1 else [] for y in lines)
            return [look.line(Segment.adjust_line_length(text, look.width, style)) for text in texts]
        # A row is looked up once: doing so for each of its lines would take longer than drawing them.
        rows: dict[int, list[ScreenLine]] = {len(self._rows): []}
        blank = look.line([Segment(" " * look.width, style)])
        found: list[Strip] = []
        for at in (y + scrolled for y in lines):
            number = self.number_at(at)
            if number not in rows:
                rows[number] = self._draw(number, look)
            inside = at - self._tops[number]
            strip = rows[number][inside] if inside < len(rows[number]) else blank
            if self._row_selection.contains(number, self._cursor):
                strip = look.line(with_bar(strip, self.style_of("mark")))
            found.append(strip)
        selection = self.text_selection
        if selection is not None:
            style, console = self.screen.get_component_rich_style("screen--selection"), self.app.console
            spans = [selection.get_span(y + scrolled) for y in lines]
            found = [look.line(with_selected_text(*each, style, console)) for each in zip(found, spans, strict=True)]
        return found

    def render_line(self, y: int) -> Strip:
        """A line with the position of each letter in the text of all rows: Textual asks where the mouse is.

        `render_lines` leaves the positions out: they would take longer than the drawing.
        """
        return self.draw_line(y).apply_offsets(0, y + self.scroll_offset.y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that the mouse selected, to be copied."""
        text = selected_text(selection, self._text_at, self._tops[-1])
        return (text, "\n") if text else None

    def _text_at(self, at: int) -> str:
        number = self.number_at(at)
        drawn, inside = self._draw(number, self._look()), at - self._tops[number]
        return drawn[inside].text if inside < len(drawn) else ""

    def text_select_all(self) -> None:
        """Do nothing: Textual selects all by a double click; here that opens the row."""

    def select_from(self, number: int | None) -> None:
        """Begin a selection at a row; None ends it."""
        self._row_selection.start(number)
        self.refresh()

    def line_below(self, key: PostKey) -> int | None:
        """The screen line below a row and its empty line; None for a missing row."""
        found = self.find(key)
        if found is None:
            return None
        return self._tops[found + 1] - self.scroll_offset.y

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for a new width. The selected row keeps its screen line."""
        self._painter.set_cache_size(event.size.height)
        if event.size.width != self._width and self._rows:
            # It may have been drawn at the new width with lines of the old one.
            self._lay_out_again()
        self._measure_seen()
        self._show_cursor()

    def on_click(self, event: events.Click) -> None:
        """Select a row, or open a link. A second click opens the row, and the right button opens its menu."""
        at = event.y + self.scroll_offset.y
        if not self._rows or at >= self._tops[-1] or self.text_selection is not None:
            return
        number = self._cursor = self.number_at(at)
        self._tell_cursor()
        if event.button == 3:
            self.app.call_later(self.app.run_action, "app.do('act_menu')")
            return
        link, key = link_at(self._lines(self._rows[number]), at - self._tops[number], event.x), self._rows[number].key
        if link:
            self.post_message(OpenLink(link))
        # The first click of a double click may have been on another screen or row.
        twice = event.chain == 2 and key == self._clicked and not link
        self._clicked = None if twice else key
        if twice:
            self.open_selected()

    def notify_style_update(self) -> None:
        """Draw everything again for a new theme."""
        super().notify_style_update()
        self._painter.clear_strips()
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
        measured = old_rows if width == self._width else ()
        self._width = width
        self._take(old_heights.for_rows(self._rows, measured, width))

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
        return self._painter.lines(row, self._width, cover=self.covers_private())

    def _look(self) -> Look:
        # The scrollbar covers the last cell, so a line ends before it: Textual would divide each line there.
        width = max(self.size.width - self.show_vertical_scrollbar, 1)
        return Look(width, self.app.theme, tuple(self.get_line_filters()), self.background_colors[1])

    def _draw(self, number: int, look: Look) -> list[ScreenLine]:
        """The cached lines of a row."""
        row, selected = self._rows[number], number == self._cursor and self.has_focus_within
        unread = self.is_unread is not None and self.is_unread(row)
        return self._painter.draw(row, self._lines(row), look, selected=selected, unread=unread)

    def style_of(self, name: str, *, selected: bool = False) -> Style:
        """The style of a piece of text; `selected` adds the background of the cursor."""
        return self._styles.find(name, selected=selected)

    def _show_cursor(self) -> None:
        if not self._rows:
            return
        y = self._heights.scroll_to(self._cursor, self.scroll_offset.y, max(self.size.height, 1))
        if y != self.scroll_offset.y:
            self._jump(y)

    def _jump(self, y: int) -> None:
        self._jumping = True
        self.scroll_to(y=max(y, 0), animate=False, immediate=True, force=True)
        self._jumping = False

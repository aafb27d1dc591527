"""The timeline: one virtual widget on Textual's line API. Only visible lines are drawn; a post is no widget."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

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
from .matches import FindMatches
from .pieces import LOOKS, link_at
from .row_list import RowList
from .row_painter import LineDrawer, Look, RowPainter, StyleTable
from .rows import Row
from .selecting import RowSelection, selected_text, with_selected_text

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
        self._list = RowList()
        self._styles = StyleTable(self)
        self._painter = RowPainter(self._styles, find_matches)
        self._row_selection = RowSelection()
        self.drawer = LineDrawer(self._list, self._painter, self._styles, self._row_selection)
        self.drawer.empty = empty
        self._replacing = self._jumping = False
        self._clicked: PostKey | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, newest first."""
        return self._list.rows

    @property
    def short(self) -> bool:
        """Whether the rows fill less than the screen."""
        return self._list.length < self.size.height

    @property
    def cursor(self) -> int:
        return self._list.cursor

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self._list.selected

    @property
    def cursor_line(self) -> int:
        """The screen line on which the selected row begins."""
        return self._list.cursor_top - self.scroll_offset.y

    def put_cursor(self, key: PostKey, line: int) -> None:
        """Move the cursor to a row, and that row to a line of the screen."""
        found = self.find(key)
        if found is not None:
            self._list.cursor = found
            self._measure_still(found)
            self._jump(self._list.cursor_top - line)
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
        if self.cursor >= len(self.rows) - _NEAR:
            self.post_message(NearEnd())

    def set_rows(self, rows: Sequence[Row], *, select: PostKey | None = None, repaint: bool = True) -> None:
        """Replace the rows. The cursor stays on its row, or on the nearest remaining one.

        `select` moves it to another row, and scrolls no further than necessary. Without `repaint` the screen is drawn
        again only if its rows changed. A selection continues from the row where it began.
        """
        if self.text_selection is not None:
            # Other text may stand there now.
            self.screen.clear_selection()
        began = self._row_selection.began_at(self.rows)
        self._replace_rows(rows, select, repaint=repaint)
        if began is not None:
            found = self.find(began)
            if found is None:
                self.refresh()
            self._row_selection.start(self.cursor if found is None else found)

    def _replace_rows(self, rows: Sequence[Row], select: PostKey | None, *, repaint: bool) -> None:
        seen = None if repaint else self._seen()
        had_rows, offset = bool(self.rows), self.cursor_line
        self._replacing = True
        self._list.replace(rows, self._text_width())
        self._update_size()
        if had_rows:
            self._measure(self.cursor)
            self._jump(self._list.cursor_top - offset)
        if select is not None and (found := self.find(select)) is not None:
            self._list.cursor = found
            self._measure(found)
            self._show_cursor()
        self._measure_seen()
        self._replacing = False
        if seen is None or self._seen() != seen:
            self.refresh()
        self.post_message(Selected(self.selected))

    def _seen(self) -> tuple[object, ...]:
        """The rows on the screen, how much of the first is above it, and which is selected."""
        y = self.scroll_offset.y
        above = y - self._list.heights.tops[self.number_at(y)]
        return self.visible_rows(), above, self.selected, self._list.width

    def find(self, key: PostKey) -> int | None:
        """The index of the row with this key."""
        return self._list.find(key)

    def number_at(self, line: int) -> int:
        """The index of the row at a line, counted from the first row's first line."""
        return self._list.number_at(line)

    def visible_rows(self) -> list[Row]:
        """The rows with at least one line on the screen."""
        return self._list.between(self.scroll_offset.y, self.size.height)

    def line(self, y: int) -> str:
        """The text of a screen line, for tests and screen readers."""
        return self.draw_line(y).text.rstrip()

    def move(self, by: int) -> None:
        """Move the cursor by rows. A row that is taller than the screen scrolls first."""
        if not self.rows:
            return
        inside = None
        if abs(by) == 1:
            height = max(self.size.height, 1)
            inside = self._list.heights.scroll_inside(self.cursor, self.scroll_offset.y, height, down=by > 0)
        if inside is None:
            self.select_number(self.cursor + by)
        else:
            self._jump(inside)

    def move_page(self, by: float) -> None:
        """Move by screens or parts of one. The cursor follows to the first whole row."""
        if not self.rows:
            return
        lines = round(by * max(self.size.height - 2, 1))
        number = self.number_at(max(self._list.cursor_top + lines, 0))
        if number == self.cursor:
            number += 1 if by > 0 else -1
        self._jump(self.scroll_offset.y + lines)
        self.select_number(number)

    def select_number(self, number: int) -> None:
        """Move the cursor to a row by its index, limited to the rows."""
        if not self.rows:
            return
        before = self.cursor
        self._list.move_to(number)
        self._measure_still(self.cursor)
        self._show_cursor()
        self._tell_cursor(moved=self.cursor != before)

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
        if self.rows:
            offset = self.cursor_line
            self._list.forget_heights(self._text_width())
            self._update_size()
            self._measure(self.cursor)
            self._jump(self._list.cursor_top - offset)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Cached screen lines. Textual would render all of them again for a border or padding."""
        return [strip.crop(*crop.column_span) for strip in self.draw_lines(crop.line_range)]

    def draw_line(self, y: int) -> Strip:
        """One line of the screen."""
        return self.draw_lines((y,))[0]

    def draw_lines(self, lines: Sequence[int]) -> list[Strip]:
        """Lines of the screen, from top to bottom."""
        look, scrolled = self._look(), self.scroll_offset.y
        drawn: list[Strip] = [*self.drawer.draw([y + scrolled for y in lines], look, focused=self.has_focus_within)]
        selection = self.text_selection
        if selection is None or not self.rows:
            return drawn
        style, console = self.screen.get_component_rich_style("screen--selection"), self.app.console
        spans = [selection.get_span(y + scrolled) for y in lines]
        return [look.line(with_selected_text(*each, style, console)) for each in zip(drawn, spans, strict=True)]

    def render_line(self, y: int) -> Strip:
        """A line with the position of each letter in the text of all rows: Textual asks where the mouse is.

        `render_lines` leaves the positions out: they would take longer than the drawing.
        """
        return self.draw_line(y).apply_offsets(0, y + self.scroll_offset.y)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that the mouse selected, to be copied."""
        text = selected_text(selection, self.drawer.text_at, self._list.length)
        return (text, "\n") if text else None

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
        return self._list.heights.tops[found + 1] - self.scroll_offset.y

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for a new width. The selected row keeps its screen line."""
        self._painter.set_cache_size(event.size.height)
        if event.size.width != self._list.width and self.rows:
            # It may have been drawn at the new width with lines of the old one.
            self._lay_out_again()
        self._measure_seen()
        self._show_cursor()

    def on_click(self, event: events.Click) -> None:
        """Select a row, or open a link. A second click opens the row, and the right button opens its menu."""
        at = event.y + self.scroll_offset.y
        if not self.rows or at >= self._list.length or self.text_selection is not None:
            return
        self._list.cursor = self.number_at(at)
        self._tell_cursor()
        if event.button == 3:
            self.app.call_later(self.app.run_action, "app.do('act_menu')")
            return
        row = self.rows[self.cursor]
        link, key = link_at(self.drawer.painted(row), at - self._list.cursor_top, event.x), row.key
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
        if not self.rows:
            return
        first, last = self._list.heights.whole_rows(self.scroll_offset.y, max(self.size.height, 1))
        number = min(max(self.cursor, first), last)
        if number != self.cursor:
            self._list.cursor = number
            self._tell_cursor()

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """Place a scrollbar that appears at the current position: it was not updated while hidden."""
        if shown:
            self.vertical_scrollbar.position = self.scroll_y

    def _text_width(self) -> int:
        return self.size.width or self.app.size.width

    def _update_size(self) -> None:
        """Tell Textual how many lines there are, with as little work as possible."""
        size = Size(self._list.width, self._list.length)
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
        if self._list.measure(number, lines, lambda row: len(self.drawer.painted(row))):
            self._update_size()

    def _measure_seen(self) -> None:
        """Measure all rows on the screen, wherever the cursor is."""
        if self.rows:
            self._measure_still(self.number_at(self.scroll_offset.y))

    def _measure_still(self, number: int) -> None:
        """The same for the rows around this one. The row at the top of the screen stays there."""
        top = min(self.number_at(self.scroll_offset.y), len(self.rows) - 1)
        before = self._list.heights.tops[top]
        self._measure(number)
        moved = self._list.heights.tops[top] - before
        if moved or self.scroll_offset.y > self.max_scroll_y:
            self._jump(self.scroll_offset.y + moved)

    def _look(self) -> Look:
        # The scrollbar covers the last cell, so a line ends before it: Textual would divide each line there.
        width = max(self.size.width - self.show_vertical_scrollbar, 1)
        return Look(width, self.app.theme, tuple(self.get_line_filters()), self.background_colors[1])

    def style_of(self, name: str) -> Style:
        """The style of a piece of text, for a widget in the colours of the timeline."""
        return self._styles.find(name)

    def _show_cursor(self) -> None:
        if not self.rows:
            return
        y = self._list.heights.scroll_to(self.cursor, self.scroll_offset.y, max(self.size.height, 1))
        if y != self.scroll_offset.y:
            self._jump(y)

    def _jump(self, y: int) -> None:
        self._jumping = True
        self.scroll_to(y=max(y, 0), animate=False, immediate=True, force=True)
        self._jumping = False

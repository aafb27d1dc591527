"""Draws the rows of a timeline as lines of the screen, and caches them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from ...models.view import PostKey
from ...session.clock import system_time
from .matches import FindMatches, marked, occurrences
from .paint import paint_safely
from .pieces import LOOKS, PaintedLine
from .row_list import RowList
from .rows import Row
from .selecting import RowSelection, with_bar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

PAINTED = 32
"""How many drawn rows are cached. On a taller screen, as many as it has lines."""
UNREAD = "•"
"""The sign of an unread post."""


class StyleTable:
    """The styles of the pieces of a row, cached for the current theme of a widget."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, bool], Style] = {}

    def find(self, name: str, *, selected: bool = False) -> Style:
        """The style of a piece. The cursor's background is under every piece; the text keeps its own colour."""
        found = self._styles.get((name, selected))
        if found is None:
            component = self._widget.get_component_rich_style
            if selected:
                found = self.find(name) + Style(bgcolor=component("timeline--cursor").bgcolor)
            elif name:
                found = self.find("") + component(f"timeline--{LOOKS.get(name, name)}")
            else:
                found = self._widget.rich_style
            self._styles[name, selected] = found
        return found

    def match(self) -> Style:
        """The style that a match of a search adds."""
        return self._widget.get_component_rich_style("timeline--match")

    def clear(self) -> None:
        """Forget the styles of another theme."""
        self._styles.clear()


class ScreenLine(Strip):
    """A strip whose caches are created when they are first used.

    Textual's strip creates seven caches (900 bytes). A line of the timeline uses none of them. `divide` also caches the
    strip in itself when nothing divides it, so that only the garbage collector would remove a line that left the
    screen.
    """

    __slots__ = ()

    _cell_length: int

    def __init__(self, segments: Iterable[Segment], cell_length: int) -> None:
        """`cell_length` is the sum of the cells of the segments."""
        self._segments = list(segments)
        self._cell_length = cell_length
        self._render_cache = None

    def __getattr__(self, name: str) -> Any:
        # Python calls this for an attribute of Strip that has no value yet: it gets the one that Textual gives it.
        value = getattr(Strip(self._segments, self._cell_length), name)
        setattr(self, name, value)
        return value

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Divide the line at columns. Nothing divides it if the first cut is at its end or behind."""
        length = self._cell_length
        inside = list(dict.fromkeys(min(cut, length) for cut in cuts))
        if inside == [length]:
            return [self]
        return super().divide(inside)


class Look(NamedTuple):
    """What all drawn rows depend on: the width of a line in cells, and how Textual changes the colours of a line."""

    width: int
    theme: str
    filters: tuple[LineFilter, ...]
    background: Color

    def line(self, segments: Iterable[Segment]) -> ScreenLine:
        """A line of this width as the terminal gets it. Textual would filter it again whenever it is drawn."""
        line = list(segments)
        for each in self.filters:
            line = each.apply(line, self.background)
        return ScreenLine(line, self.width)


class RowPainter:
    """Wraps, styles and caches rows. A cached line is drawn faster than a new one."""

    def __init__(self, styles: StyleTable, find_matches: FindMatches | None) -> None:
        self._styles = styles
        self._find_matches = find_matches
        self._painted: LRUCache[PostKey, tuple[Row, int, list[PaintedLine]]] = LRUCache(PAINTED)
        self._drawn: LRUCache[tuple[PostKey, bool, bool], tuple[list[PaintedLine], list[ScreenLine]]] = LRUCache(
            PAINTED
        )
        self._look: Look | None = None
        self._now = system_time()
        self._search = ""

    def set_cache_size(self, height: int) -> None:
        """Cache as many rows as a screen of this height can show."""
        self._painted.maxsize = self._drawn.maxsize = max(PAINTED, height)

    def highlight(self, text: str) -> None:
        """Mark the matches of a search from now on."""
        self._search = text.casefold()
        self._drawn.clear()

    def set_time(self, now: datetime) -> None:
        """Draw the age of posts for this time from now on."""
        self._now = now
        self.clear()

    def clear(self) -> None:
        """Forget all drawn rows."""
        self._painted.clear()
        self._drawn.clear()

    def clear_strips(self) -> None:
        """Forget the strips, which carry the styles of another theme. The wrapped lines stay."""
        self._drawn.clear()

    def lines(self, row: Row, width: int, *, cover: bool) -> list[PaintedLine]:
        """The wrapped lines of a row, without styles. `cover` covers private posts."""
        known = self._painted.get(row.key)
        if known is not None and known[1] == width and (known[0] is row or known[0] == row):
            return known[2]
        lines = paint_safely(row, width, self._now, cover=cover)
        _replace(self._painted, row.key, (row, width, lines))
        return lines

    def draw(self, row: Row, lines: list[PaintedLine], look: Look, *, selected: bool, unread: bool) -> list[ScreenLine]:
        """The lines of a row in their colours. `selected` means that the cursor is on it; `unread` adds the sign."""
        if look != self._look:
            self._drawn.clear()
            self._look = look
        key = (row.key, selected, unread)
        known = self._drawn.get(key)
        if known is not None and known[0] is lines:
            return known[1]
        drawn = [
            self._draw(line, look, selected=selected, unread=unread and number == 0)
            for number, line in enumerate(lines)
        ]
        _replace(self._drawn, key, (lines, drawn))
        return drawn

    def _draw(self, line: PaintedLine, look: Look, *, selected: bool, unread: bool) -> ScreenLine:
        segments = []
        for text, name, _ in line:
            segments.extend(self._matches(text, self._styles.find(name, selected=selected)))
        if selected and segments and segments[0].text.startswith(" "):
            segments[0] = Segment(segments[0].text[1:], segments[0].style)
            segments.insert(0, Segment("▌", self._styles.find("cursor")))
        if unread:
            whole, sign = Strip(segments), self._styles.find("mark", selected=selected)
            segments = [*whole.crop(0, 1), Segment(UNREAD, sign), *whole.crop(2)]
        rest = self._styles.find("", selected=selected and bool(line))
        segments = Segment.adjust_line_length(segments, look.width, rest)
        return look.line(segments)

    def _matches(self, text: str, style: Style) -> list[Segment]:
        """A piece of text, with matches of a search in their style."""
        if self._search:
            places: Iterable[tuple[int, int]] = occurrences(text, self._search)
        else:
            places = self._find_matches(text) if self._find_matches is not None else ()
        return marked(text, places, style, self._styles.match)


class LineDrawer:
    """Draws the lines of a list of rows, with the bar beside selected rows."""

    def __init__(self, rows: RowList, painter: RowPainter, styles: StyleTable, selection: RowSelection) -> None:
        self._rows = rows
        self._painter = painter
        self._styles = styles
        self._selection = selection
        self.empty = ""
        """The text that is shown if there are no rows."""
        self.covers_private: Callable[[], bool] = lambda: False
        """Whether the texts of private posts are covered."""
        self.is_unread: Callable[[Row], bool] | None = None
        """Whether a row carries the unread sign; None if no row does."""

    def painted(self, row: Row) -> list[PaintedLine]:
        """The wrapped lines of a row, without styles."""
        return self._painter.lines(row, self._rows.width, cover=self.covers_private())

    def draw(self, lines: Sequence[int], look: Look, *, focused: bool) -> list[ScreenLine]:
        """The lines with these numbers, which ascend. `focused` shows the cursor."""
        if not self._rows.rows:
            return [self._draw_empty(line, look) for line in lines]
        tops, selected = self._rows.heights.tops, self._rows.cursor
        # A row is looked up once: doing so for each of its lines would take longer than drawing them.
        rows: dict[int, list[ScreenLine]] = {len(self._rows.rows): []}
        blank = look.line([Segment(" " * look.width, self._styles.find(""))])
        found = []
        for line in lines:
            number = self._rows.number_at(line)
            if number not in rows:
                rows[number] = self._draw_row(number, look, focused=focused)
            inside = line - tops[number]
            drawn = rows[number][inside] if inside < len(rows[number]) else blank
            if self._selection.contains(number, selected):
                drawn = look.line(with_bar(drawn, self._styles.find("mark")))
            found.append(drawn)
        return found

    def text_at(self, line: int) -> str:
        """The text of a line, without the signs in the margin that `draw` adds."""
        number = self._rows.number_at(line)
        lines, inside = self.painted(self._rows.rows[number]), line - self._rows.heights.tops[number]
        if inside >= len(lines):
            return ""
        return "".join(text for text, _, _ in lines[inside])

    def _draw_row(self, number: int, look: Look, *, focused: bool) -> list[ScreenLine]:
        row = self._rows.rows[number]
        unread = self.is_unread is not None and self.is_unread(row)
        selected = focused and number == self._rows.cursor
        return self._painter.draw(row, self.painted(row), look, selected=selected, unread=unread)

    def _draw_empty(self, line: int, look: Look) -> ScreenLine:
        text = []
        if line == 1:
            text = [Segment(f"  {self.empty}", self._styles.find("hidden"))]
        return look.line(Segment.adjust_line_length(text, look.width, self._styles.find("")))


def _replace(cache: LRUCache[_Key, _Value], key: _Key, value: _Value) -> None:
    """Store a value. Textual's cache keeps the old value if it has the key."""
    cache.discard(key)
    cache[key] = value

"""The text area of the composer. It draws only visible wrapped sections, and marks text over the limit."""

import itertools
from dataclasses import replace

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.document._document import EditResult
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

from ...models.text import clean_typed

_EXCESS = Style(reverse=True)
_KEPT_SECTIONS = 400
"""How many drawn sections are cached: several screens of them."""


class Sections(WrappedDocument):
    """A wrapped document that cuts plain strings.

    Textual builds a styled text for each section of a line on every access. A line of 5,000 characters has about
    fifty sections, so one key took 40 ms.
    """

    def get_sections(self, line_index: int) -> list[str]:
        """The sections of a line, top to bottom."""
        line = self.document.get_line(line_index)
        ends = self.get_offsets(line_index)
        return [line[start:end] for start, end in zip([0, *ends], [*ends, len(line)], strict=True)]

    def section_at(self, y: int) -> tuple[int, int, int] | None:
        """The line that is drawn at `y`, and the start and end of its section; None below the text."""
        if not 0 <= y < len(self._offset_to_line_info):
            return None
        row, number = self._offset_to_line_info[y]
        ends = self.get_offsets(row)
        start = ends[number - 1] if number else 0
        end = ends[number] if number < len(ends) else len(self.document.get_line(row))
        return row, start, end


class WritingArea(TextArea):
    """A text area without control characters. The part of the text over the limit is highlighted."""

    def __init__(self, text: str, id: str) -> None:
        self._excess: tuple[int, int] | None = None
        self._drawn: LRUCache[tuple[object, ...], Strip] = LRUCache(_KEPT_SECTIONS)
        self._styles = (Style(), Style(), Style())
        super().__init__(
            clean_typed(text), id=id, soft_wrap=True, tab_behavior="focus", compact=True, highlight_cursor_line=False
        )
        # Matching brackets is of no use in prose, and takes time at every key.
        self.match_cursor_bracket = False

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(clean_typed(text), language)
        self.wrapped_document = Sections(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    def edit(self, edit: Edit) -> EditResult:
        """Perform an edit with cleaned text. All typed, pasted and completed text passes here."""
        return super().edit(replace(edit, text=clean_typed(edit.text)))

    def mark_excess(self, at: int | None) -> None:
        """Mark the text from an offset in characters on; None marks nothing."""
        place = None
        if at is not None:
            before = self.text[:at]
            place = (before.count("\n"), at - (before.rfind("\n") + 1))
        if place != self._excess:
            self._excess = place
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render lines, with the styles looked up once for all of them."""
        component = self.get_component_rich_style
        self._styles = (self.rich_style, component("text-area--cursor"), component("text-area--selection"))
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one section, from the cache if it did not change."""
        width, (base, cursor_style, selection_style) = self.scrollable_content_region.width, self._styles
        assert isinstance(self.wrapped_document, Sections)
        found = self.wrapped_document.section_at(y + self.scroll_offset.y)
        if found is None:
            return Strip.blank(self.size.width, base)
        row, start, end = found
        line = self.document.get_line(row)
        text = line[start:end]
        if end == len(line):
            # The cursor may be after the last character of a line.
            text += " "
        ranges = []
        if self._excess is not None and (row, end) > self._excess:
            at = self._excess[1] if row == self._excess[0] else 0
            ranges.append((max(at - start, 0), end - start, _EXCESS))
        first, last = sorted(self.selection)
        if first != last and first[0] <= row <= last[0]:
            begin = first[1] if row == first[0] else 0
            # An empty line within the selection shows one selected cell.
            stop = last[1] if row == last[0] else max(len(line), 1)
            ranges.append((max(begin - start, 0), min(stop - start, len(text)), selection_style))
        cursor_row, column = self.selection.end
        if self._draw_cursor and cursor_row == row and start <= column < start + len(text):
            ranges.append((column - start, column - start + 1, cursor_style))
        key = (text, width, base, *ranges)
        strip = self._drawn.get(key)
        if strip is None:
            strip = _strip(text, ranges).extend_cell_length(width).apply_style(base)
            self._drawn[key] = strip
        return strip

    def before_cursor(self) -> str:
        """The current line up to the cursor."""
        row, column = self.cursor_location
        return str(self.document.get_line(row)[:column])


def _strip(text: str, ranges: list[tuple[int, int, Style]]) -> Strip:
    """A text with styles on ranges of it; a later one is drawn over an earlier one."""
    ranges = [(start, end, style) for start, end, style in ranges if start < end]
    edges = sorted({0, len(text), *(start for start, _, _ in ranges), *(end for _, end, _ in ranges)})
    segments = []
    for start, end in itertools.pairwise(edges):
        style = Style.combine([Style(), *(each for begin, stop, each in ranges if begin <= start and end <= stop)])
        segments.append(Segment(text[start:end], style))
    return Strip(segments, cell_len(text))

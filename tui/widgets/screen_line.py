"""A line of the screen that takes little memory while it is cached."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.segment import Segment
from textual.strip import Strip


class ScreenLine(Strip):
    """A strip whose caches are created when they are first used.

    Textual's strip creates seven caches, 900 bytes, of which a line of the timeline uses none. `divide` also caches the
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

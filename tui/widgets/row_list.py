"""The rows of a timeline with their heights, and the cursor. The widget adds the position of the screen."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from ...models.view import PostKey
from .heights import Heights
from .rows import Row, find_again


class RowList:
    """Rows from top to bottom. Lines are counted from the first line of the first row."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.heights = Heights()
        self.cursor = 0
        """The index of the selected row; 0 if there are no rows."""
        self.width = 0
        """The width in cells that the heights belong to."""

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def cursor_top(self) -> int:
        """The first line of the selected row."""
        return self.heights.tops[self.cursor]

    @property
    def length(self) -> int:
        """The number of lines of all rows."""
        return self.heights.tops[-1]

    def find(self, key: PostKey) -> int | None:
        """The index of the row with this key."""
        return next((number for number, row in enumerate(self.rows) if row.key == key), None)

    def number_at(self, line: int) -> int:
        """The index of the row at a line."""
        return bisect_right(self.heights.tops, line) - 1

    def between(self, top: int, height: int) -> list[Row]:
        """The rows with at least one line on a screen of this height that begins at a line."""
        if not self.rows:
            return []
        first, last = self.number_at(top), self.number_at(top + max(height - 1, 0))
        return self.rows[max(first, 0) : last + 1]

    def replace(self, rows: Sequence[Row], width: int) -> None:
        """Replace the rows. The cursor stays on its row, or moves to the nearest remaining one.

        Equal rows that were measured at this width keep their heights. Others get an estimate.
        """
        old_rows, self.rows = self.rows, list(rows)
        # Rows may arrive between a new width and its message. Earlier measurements are then void.
        measured = old_rows if width == self.width else ()
        self.heights = self.heights.for_rows(self.rows, measured, width)
        self.width = width
        if old_rows:
            self.cursor = find_again(old_rows, self.cursor, self.rows)
        self.move_to(self.cursor)

    def forget_heights(self, width: int) -> None:
        """Estimate all heights again, for this width."""
        self.heights = Heights().for_rows(self.rows, (), width)
        self.width = width

    def move_to(self, number: int) -> None:
        """Move the cursor to a row, or to the nearest existing one."""
        self.cursor = max(min(number, len(self.rows) - 1), 0)

    def measure(self, number: int, lines: int, height: Callable[[Row], int]) -> bool:
        """Measure all rows within so many lines of a row. Returns whether any row moved."""
        return self.heights.measure(number, lines, lambda each: height(self.rows[each]))

"""The first line of each row of a timeline: exact for measured rows, estimated for all others."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from .paint import WIDEST
from .post_body import fold_of
from .rows import PostRow, Row


class Heights:
    """The heights of rows. `known` holds a height for each, and whether it is exact."""

    def __init__(self, known: Sequence[tuple[int, bool]] = ()) -> None:
        self._heights = [height for height, _ in known]
        self._exact = bytearray(exact for _, exact in known)
        self.tops = list(accumulate(self._heights, initial=0))
        """The first line of each row, and the line after the last row."""

    def measure(self, number: int, lines: int, height: Callable[[int], int]) -> bool:
        """Measure all rows that could be near a row. Returns whether any line moved."""
        changed = [*self._walk(number, -1, lines, height), *self._walk(number + 1, 1, lines, height)]
        if changed:
            first = min(changed)
            self.tops[first:] = accumulate(self._heights[first:], initial=self.tops[first])
        return bool(changed)

    def _walk(self, number: int, step: int, lines: int, height: Callable[[int], int]) -> list[int]:
        changed = []
        while 0 <= number < len(self._heights) and lines >= 0:
            if not self._exact[number]:
                before, self._heights[number], self._exact[number] = self._heights[number], height(number), 1
                if self._heights[number] != before:
                    changed.append(number)
            lines -= self._heights[number]
            number += step
        return changed

    def whole_rows(self, top: int, height: int) -> tuple[int, int]:
        """The first and the last row that are whole on a screen from this line: at least one row."""
        bottom, count = top + height, len(self._heights)
        first = min(max(bisect_right(self.tops, top) - 1, 0), count - 1)
        last = min(bisect_right(self.tops, bottom - 1) - 1, count - 1)
        if first < last and self.tops[first] < top:
            first += 1
        # The line after a post is empty and may be below the screen.
        if first < last and self.tops[last + 1] - 1 > bottom:
            last -= 1
        return first, max(first, last)

    def scroll_to(self, number: int, top: int, height: int) -> int:
        """The first line of a screen that shows a row, as close as possible to the current one."""
        first, last = self.tops[number], self.tops[number + 1] - 1
        if last - first >= height:
            if first <= top < last:
                return top
            return first
        if first < top:
            return first
        return max(top, last - height)

    def scroll_inside(self, number: int, top: int, height: int, *, down: bool) -> int | None:
        """The next first line of a screen within a row that is taller; None if there is no further line of it."""
        first, last = self.tops[number], self.tops[number + 1] - 1
        if last - first <= height:
            return None
        if down and top + height < last:
            return min(top + height // 2, last - height)
        if not down and top > first:
            return max(top - height // 2, first)
        return None

    def exact(self, number: int) -> int | None:
        """The height of a row that was measured."""
        if self._exact[number]:
            return self._heights[number]
        return None

    def for_rows(self, rows: Sequence[Row], measured: Sequence[Row], width: int) -> "Heights":
        """The heights of other rows. Those of equal rows that were measured are kept, the rest is estimated.

        `measured` are the rows of these heights, or nothing if they were measured at another width.
        """
        before = {row.key: (row, self.exact(number)) for number, row in enumerate(measured)}
        known = []
        for row in rows:
            old, height = before.get(row.key, (None, None))
            if height and (old is row or old == row):
                known.append((height, True))
            else:
                known.append((estimate(row, width), False))
        return Heights(known)


def estimate(row: Row, width: int) -> int:
    """The approximate height of a row, without wrapping."""
    if not isinstance(row, PostRow) or row.folded:
        return 2
    post = row.judged.post
    lines = 2 + _has_boosters(row) + bool(row.also) + (post.reply_to is not None) + bool(row.note)
    if post.covered or post.is_private:
        return lines + 1
    text = len(post.text) // max(min(width, WIDEST) - 6, 8) + 1
    return lines + (text if row.open else min(text, fold_of(post) + 1)) + len(post.media or ())


def _has_boosters(row: PostRow) -> bool:
    return any(each.post.booster is not None for each in (row.judged, *row.copies))

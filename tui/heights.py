"""Where each row of a timeline begins, in lines: exact where rows were measured, estimated everywhere else."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from .rows import PostRow, Row

_WITH_IT = 32
"""So many rows more are measured at once, so that moving on measures nothing for a while."""


class Heights:
    """The heights of some rows. `known`: a height, and whether it is exact, for each of them."""

    def __init__(self, known: Sequence[tuple[int, bool]] = ()) -> None:
        self._heights = [height for height, _ in known]
        self._exact = bytearray(exact for _, exact in known)
        self.tops = list(accumulate(self._heights, initial=0))
        """The first line of each row, and the line after the last row."""

    def measure(self, first: int, last: int, height: Callable[[int], int]) -> bool:
        """Make rows `[first, last]` exact by asking for the height of each; whether anything moved by that."""
        first, last = max(first, 0), min(last, len(self._heights) - 1)
        if self._exact.find(0, first, last + 1) < 0:
            return False
        first, last = max(first - _WITH_IT, 0), min(last + _WITH_IT, len(self._heights) - 1)
        before = self._heights[first : last + 1]
        for number in range(first, last + 1):
            if not self._exact[number]:
                self._heights[number] = height(number)
                self._exact[number] = 1
        if self._heights[first : last + 1] == before:
            return False
        self.tops[first:] = accumulate(self._heights[first:], initial=self.tops[first])
        return True

    def exact(self, number: int) -> int | None:
        """The height of a row that was measured."""
        return self._heights[number] if self._exact[number] else None


def estimate(row: Row, width: int) -> int:
    """About how many lines a row takes, told without wrapping anything."""
    if not isinstance(row, PostRow) or row.folded:
        return 2
    post = row.judged.post
    lines = 2 + (post.booster is not None) + (post.reply_to is not None) + bool(row.note)
    if post.warning:
        return lines + 1
    return lines + len(post.text) // max(min(width, 96) - 6, 8) + 1 + len(post.media or ())

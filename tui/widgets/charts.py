"""Charts made of characters: bars to an eighth of a cell, stacked bars, columns, a strip of years."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from ...models.view import HideCause

Line = str | tuple[str, str]
"""Text, or text with a style of the theme such as "$text-muted". Never interpreted as markup."""

_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_COLUMNS = " ▁▂▃▄▅▆▇█"

STYLES: Mapping[str, str] = {
    "shown": "$text-disabled",
    "person": "$secondary",
    "celebrity": "$primary",
    "sales": "$accent",
    "spam": "$error",
    "stranger": "$text-muted",
    "filtered": "$warning",
    "muted": "$text-disabled",
}
"""The colour of a category and of posts hidden as it, the same in every chart."""
SIGNS: Mapping[HideCause | str, str] = {
    "shown": "█", "person": "█", "celebrity": "▓", "sales": "▒", "spam": "░", "stranger": "▚", "filtered": "▞",
    "muted": "▙",
}  # fmt: skip
"""The characters that distinguish bars without colour."""


def bar(share: float, width: int) -> str:
    """A bar of at most `width` cells for a `share` in [0, 1]. A positive share is always visible."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0.004:
        eighths = max(eighths, 2)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def left_bar(share: float, width: int) -> str:
    """A bar from right to left, to half a cell, padded to the width."""
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    if share > 0.004:
        halves = max(halves, 1)
    return ("▐" * (halves % 2) + "█" * (halves // 2)).rjust(width)


def stacked(parts: Sequence[tuple[str, float]], width: int, *, colour: bool = True) -> list[Line]:
    """Shares of different kinds in a row, to half a cell. A positive share is always visible."""
    halves: list[str] = []
    total = 0.0
    for kind, share in parts:
        total += share
        until = round(min(total, 1.0) * width * 2)
        if share > 0:
            halves += [kind] * max(until - len(halves), 1)
    cells = [(halves[at], halves[at + 1] if at + 1 < len(halves) else "") for at in range(0, len(halves), 2)]
    pieces: list[Line] = []
    for first, second in cells[:width]:
        if not colour:
            pieces.append(SIGNS.get(first, "█"))
        elif first == second:
            pieces.append(("█", STYLES[first]))
        elif second:
            pieces.append(("▌", f"{STYLES[first]} on {STYLES[second]}"))
        else:
            pieces.append(("▌", STYLES[first]))
    return pieces


def columns(counts: Sequence[int]) -> str:
    """A column of up to eight steps for each count. A positive count is always visible."""
    return bars_up(counts, max(counts, default=0), 1)[0]


def bars_up(counts: Sequence[int], most: int, rows: int, cell: int = 1) -> list[str]:
    """Columns above a line, in `rows` lines of text. Each takes `cell` cells, the last of them empty."""
    steps = [_steps(count, most, rows * 8) for count in counts]
    lines = []
    for row in range(rows - 1, -1, -1):
        cells = (_COLUMNS[min(max(step - row * 8, 0), 8)] for step in steps)
        lines.append("".join(_wide(each, cell) for each in cells))
    return lines


def bars_down(counts: Sequence[int], most: int, rows: int, cell: int = 1, *, solid: bool = False) -> list[str]:
    """Columns below a line.

    Unicode has only half blocks for these. `solid` makes them as precise as the others: each character is the empty
    rest of its cell, drawn in the background colour on the colour of the columns.
    """
    fine, letters = 2, " ▀█"
    if solid:
        fine, letters = 8, _COLUMNS[::-1]
    steps = [_steps(count, most, rows * fine) for count in counts]
    return [
        "".join(_wide(letters[min(max(step - row * fine, 0), fine)], cell, letters[0]) for step in steps)
        for row in range(rows)
    ]


def _steps(count: int, most: int, steps: int) -> int:
    if count:
        return max(round(count / (most or 1) * steps), 1)
    return 0


def _wide(letter: str, cell: int, nothing: str = " ") -> str:
    if cell == 1:
        return letter
    return letter * (cell - 1) + nothing


class Years(msgspec.Struct, frozen=True):
    """The contact between two people per period, and the line of years."""

    theirs: tuple[int, ...]
    yours: tuple[int, ...]
    months: int
    """Months per period."""
    cell: int
    """Cells per period."""
    axis: str

    @property
    def most(self) -> int:
        """The largest number in a period. Both directions use this scale."""
        return max(*self.theirs, *self.yours)


def years(contacts: Sequence[tuple[datetime, bool]], now: datetime, width: int) -> Years | None:
    """The contact between two people in `width` cells; None if there was none.

    `contacts` are times, each with whether it was towards the user. A period is a month, or as many months as the
    width requires. If there is room, it is up to three cells wide.
    """
    if not contacts:
        return None
    width = max(width, 4)
    months = [(at.year * 12 + at.month - 1, to_you) for at, to_you in contacts]
    first = min(months)[0] // 12 * 12
    last = max(now.year * 12 + now.month - 1, max(months)[0])
    size = next((size for size in (1, 2, 3, 4, 6, 12) if (last - first) // size < width), 12)
    first = max(first, last - size * width + 1)
    length = (last - first) // size + 1
    cell = min(max(width // length, 1), 3)
    counts = {True: [0] * length, False: [0] * length}
    for month, to_you in months:
        if month >= first:
            counts[to_you][(month - first) // size] += 1
    axis = ""
    for year in range(-(-first // 12), last // 12 + 1):
        at = (year * 12 - first) // size * cell
        if at >= len(axis) + bool(axis):
            axis = axis.ljust(at, "┈") + (str(year) if at + 4 <= length * cell else f"{year % 100:02}")
    return Years(tuple(counts[True]), tuple(counts[False]), size, cell, axis.ljust(length * cell, "┈")[:width])

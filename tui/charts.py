"""Charts of letters: bars to an eighth of a cell, stacked bars, bars to the left, columns, a strip of years."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ..models.view import HiddenAs

Line = str | tuple[str, str]
"""Text, or text with a style of the theme such as "$text-muted"; never read as markup."""

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
"""The colour of a category and of what is hidden as it, the same in every chart."""
SIGNS: Mapping[HiddenAs | str, str] = {
    "shown": "█", "celebrity": "▓", "sales": "▒", "spam": "░", "stranger": "▚", "filtered": "▞", "muted": "▙",
}  # fmt: skip
"""Where there is no colour, bars of different kinds differ by these."""


def bar(share: float, width: int) -> str:
    """A bar of at most `width` cells, `share` in [0, 1]; something that is more than nothing shows."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share > 0.004:
        eighths = max(eighths, 2)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def left_bar(share: float, width: int) -> str:
    """The same from right to left, to half a cell, filling the width."""
    halves = round(min(max(share, 0.0), 1.0) * width * 2)
    if share > 0.004:
        halves = max(halves, 1)
    return ("▐" * (halves % 2) + "█" * (halves // 2)).rjust(width)


def stacked(parts: Sequence[tuple[str, float]], width: int, *, colour: bool = True) -> list[Line]:
    """Shares of different kinds behind each other, to half a cell; each that is more than nothing shows."""
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
        else:
            pieces.append(("▌", f"{STYLES[first]} on {STYLES[second]}" if second else STYLES[first]))
    return pieces


def columns(counts: Sequence[int]) -> str:
    """A column of up to eight steps for each count; one that is more than nothing shows."""
    most = max(counts, default=0) or 1
    return "".join(_COLUMNS[max(round(count / most * 8), 1) if count else 0] for count in counts)


def years(contacts: Sequence[tuple[datetime, bool]], now: datetime, width: int) -> tuple[str, str, str] | None:
    """What passed between two people as a strip: a line of years, a line for what they did and one for what you did.

    `contacts` are times, each with whether it was towards the user. A cell is a month, or as many as the width asks
    for; a dot is a silent one. None where nothing passed.
    """
    if not contacts:
        return None
    months = [(at.year * 12 + at.month - 1, to_you) for at, to_you in contacts]
    first = min(months)[0] // 12 * 12
    last = max(now.year * 12 + now.month - 1, max(months)[0])
    size = next((size for size in (1, 2, 3, 4, 6, 12) if (last - first) // size < width), 12)
    length = (last - first) // size + 1
    rows = []
    for towards in (True, False):
        counts = [0] * length
        for month, to_you in months:
            if to_you == towards:
                counts[(month - first) // size] += 1
        rows.append(columns(counts).replace(" ", "·")[-width:])
    label = ""
    for year in range(first // 12, last // 12 + 1):
        at = (year * 12 - first) // size
        if at >= len(label) + bool(label):
            label = label.ljust(at) + (str(year) if at + 4 <= length else f"{year % 100:02}")
    return label[-width:], rows[0], rows[1]

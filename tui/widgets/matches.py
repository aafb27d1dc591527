"""Marks the matches of a search in a text."""

from collections.abc import Callable, Iterable

from rich.segment import Segment
from rich.style import Style

FindMatches = Callable[[str], Iterable[tuple[int, int]]]
"""Finds the search terms in a text; returns the start and end of each match."""


def occurrences(text: str, wanted: str) -> list[tuple[int, int]]:
    """The positions of a text (case folded) in another."""
    folded = text.casefold()
    if len(folded) != len(text):
        # A letter that folds to two ("ß", "İ") would shift all later positions.
        folded = text.lower()
        if len(folded) != len(text):
            folded = text
    places = []
    at = folded.find(wanted)
    while at >= 0:
        places.append((at, at + len(wanted)))
        at = folded.find(wanted, at + len(wanted))
    return places


def marked(text: str, places: Iterable[tuple[int, int]], style: Style, match: Callable[[], Style]) -> list[Segment]:
    """A text in pieces, with the style of a match at these positions."""
    found: list[Segment] = []
    at = 0
    for start, end in places:
        found += [Segment(text[at:start], style), Segment(text[start:end], style + match())]
        at = end
    return [*found, Segment(text[at:], style)]

"""Moves the spans of a text: removes superfluous white space, and puts a title above the text."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec.structs import replace

from ..models.post import Span
from ..models.text import clean

_BREAK = re.compile(r"(?<![ \n])[ \n]*\n")


def tidy(text: str, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """Remove outer and repeated blank lines and trailing spaces, and move the spans accordingly."""
    whole = clean(text)
    if whole != text:
        # Joined pieces may need cleaning again: a letter and its accent can be in two tags.
        spans = [
            replace(each, start=len(clean(text[: each.start])), end=len(clean(text[: each.end]))) for each in spans
        ]
        text = whole
    lead, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if end > lead:
        cuts = [cut for match in _BREAK.finditer(text, lead, end) for cut in _superfluous(match)]
    else:
        cuts = []
    starts = [start for start, _ in cuts]
    gone = [0, *accumulate(stop - start for start, stop in cuts)]

    def moved(at: int) -> int:
        at = min(max(at, lead), end)
        number = bisect_right(starts, at)
        inside = max(cuts[number - 1][1] - at, 0) if number else 0
        return at - gone[number] + inside - lead

    edges = [lead, *(edge for cut in cuts for edge in cut), end]
    if end > lead:
        out = "".join(text[start:stop] for start, stop in zip(edges[::2], edges[1::2], strict=True))
    else:
        out = ""
    kept = []
    for span in spans:
        start, stop = moved(span.start), moved(span.end)
        part = out[start:stop]
        start, stop = start + len(part) - len(part.lstrip()), stop - len(part) + len(part.rstrip())
        if start < stop:
            kept.append(replace(span, start=start, end=stop))
    return out, kept


def below_title(title: str, text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """The text of an article below its title, which becomes a heading."""
    ahead = len(title) + 2
    moved = (replace(span, start=span.start + ahead, end=span.end + ahead) for span in spans)
    return f"{title}\n\n{text}", (Span(0, len(title), "heading"), *moved)


def _superfluous(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The ranges to cut from a run of newlines and spaces: everything except its first two newlines."""
    kept = 0
    for at, char in enumerate(match.group(), match.start()):
        if char == "\n" and kept < 2:
            kept += 1
        else:
            yield at, at + 1

"""Greedy wrapping by terminal cells. Heights and drawing use the same lines, so they always agree."""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category

from rich.cells import cell_len

# Characters that belong to the one before: combining marks, joiners, skin tones, variation selectors, tags.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
    "\U000e0020-\U000e007f"
)
_JOINED = re.compile(f"[{_MARKS}]")
# Scripts without spaces may break after any letter; everything else breaks at spaces.
_FIRST_WIDE, _LAST_WIDE = "\u2e80", "\uff60"
_WIDE = (
    ("\u2e80", "\u2fff"),
    ("\u3001", "\u3029"),
    ("\u302e", "\u303f"),
    ("\u3040", "\u30ff"),
    ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff01", "\uff60"),
)
_WORD = re.compile(r"\s+|\S+")
_ATTACHED = frozenset(("Mn", "Mc", "Me"))
"""Marks of every other script, by their category in Unicode."""
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")

Line = tuple[int, int]
"""A line as a range `[start, end)` of the text, in characters."""


@lru_cache(maxsize=256)
def wrap(text: str, width: int) -> tuple[Line, ...]:
    """The lines of a text at a width in cells (at least 1). Spaces at a break belong to no line."""
    lines: list[Line] = []
    at = 0
    for paragraph in text.split("\n"):
        lines.extend((at + start, at + end) for start, end in _wrap_paragraph(paragraph, max(width, 1)))
        at += len(paragraph) + 1
    return tuple(lines)


def _pieces(text: str) -> Iterator[Line]:
    """The parts of a paragraph between which a line may break: words, spaces, and letters that need no space."""
    for match in _WORD.finditer(text):
        start, stop = match.span()
        # A pattern with all those letters would take 2 ms to compile.
        if not any(_FIRST_WIDE <= letter <= _LAST_WIDE for letter in match.group()):
            yield start, stop
            continue
        at = start
        while at < stop:
            begin, wide = at, _is_wide(text[at])
            at += 1
            # A joiner joins the next character.
            while at < stop and (
                text[at - 1] == "\u200d" or (_JOINED.match(text[at]) if wide else not _is_wide(text[at]))
            ):
                at += 1
            yield begin, at


def _is_wide(letter: str) -> bool:
    return _FIRST_WIDE <= letter <= _LAST_WIDE and any(first <= letter <= last for first, last in _WIDE)


def _wrap_paragraph(text: str, width: int) -> Iterator[Line]:
    if len(text) <= width and text.isascii():
        yield 0, len(text)
        return
    measure = len if text.isascii() else cell_len
    start = end = used = 0
    for begin, stop in _pieces(text):
        piece = text[begin:stop]
        cells = measure(piece)
        if piece.isspace():
            # Spaces count only before further text on the same line.
            used += cells
            continue
        if used + cells <= width:
            used += cells
            end = stop
            continue
        if end > start:
            yield start, end
        start, used = begin, cells
        if cells > width:
            *full, (start, _) = _cut(text, begin, stop, width)
            yield from full
            used = cell_len(text[start:stop])
        end = stop
    yield start, max(end, start)


def _cut(text: str, begin: int, stop: int, width: int) -> list[Line]:
    """Split a piece that is wider than a line into full lines and a rest. Clusters stay whole."""
    lines: list[Line] = []
    start, used = begin, 0
    for first, last in clusters(text[begin:stop]):
        cells = cell_len(text[begin + first : begin + last])
        if used and used + cells > width:
            lines.append((start, begin + first))
            start, used = begin + first, 0
        used += cells
    return [*lines, (start, stop)]


def clusters(text: str) -> Iterator[Line]:
    """The clusters of a text, which must not be cut: a letter with its marks, an emoji with all its parts."""
    start = 0
    flags = 0
    for index in range(1, len(text) + 1):
        if index == len(text):
            yield start, index
            return
        char, before = text[index], text[index - 1]
        if before == "\u200d" or _JOINED.match(char) or category(char) in _ATTACHED:
            continue
        if _FLAG.match(before):
            flags += 1
        else:
            flags = 0
        if _FLAG.match(char) and flags % 2 == 1:
            continue
        yield start, index
        start = index


def clip(text: str, width: int) -> str:
    """Cut a text to a width in cells, with an ellipsis if it is longer."""
    if cell_len(text) <= width:
        return text
    used = end = 0
    for begin, stop in clusters(text):
        cells = cell_len(text[begin:stop])
        if used + cells > width - 1:
            break
        used += cells
        end = stop
    if width > 0:
        return f"{text[:end]}…"
    return ""

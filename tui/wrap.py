"""Greedy wrapping by terminal cells. Heights and drawing come from the same lines, so they can never differ."""

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.cells import cell_len

# Scripts without spaces may break after any letter; everything else breaks at spaces.
_WIDE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60"
_PIECE = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")
# What belongs to the letter before it: combining marks, joiners and what they join, skin tones, variation selectors.
_JOINED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff"
    "\U000e0020-\U000e007f]"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")

Line = tuple[int, int]
"""A line as a stretch `[start, end)` of the text, in characters."""


@lru_cache(maxsize=4096)
def wrap(text: str, width: int) -> tuple[Line, ...]:
    """The lines of a text at a width in cells (at least 1). Spaces at a break belong to no line."""
    lines: list[Line] = []
    at = 0
    for paragraph in text.split("\n"):
        lines.extend((at + start, at + end) for start, end in _wrap_paragraph(paragraph, max(width, 1)))
        at += len(paragraph) + 1
    return tuple(lines)


def _wrap_paragraph(text: str, width: int) -> Iterator[Line]:
    if len(text) <= width and text.isascii():
        yield 0, len(text)
        return
    start = end = used = 0
    measure = len if text.isascii() else cell_len
    for match in _PIECE.finditer(text):
        piece = match.group()
        cells = measure(piece)
        if piece.isspace():
            if used + cells > width:
                yield start, end
                start = end = match.end()
                used = 0
            elif end > start or match.start() == 0:
                used += cells
            else:
                start = end = match.end()
            continue
        if used + cells > width and end > start:
            yield start, end
            start, used = match.start(), 0
        if cells <= width:
            used += cells
            end = match.end()
            continue
        for stop, taken in _cut(piece, width - used if used else width, width):
            if taken is None:
                used += cell_len(piece[stop:])
            else:
                yield start, match.start() + stop
                start, used = match.start() + stop, 0
        end = match.end()
        used = cell_len(text[start:end])
    yield start, max(end, start)


def _cut(piece: str, first: int, width: int) -> Iterator[tuple[int, int | None]]:
    """Where a piece that is wider than a line is cut: the ends of the full lines."""
    room, used = first, 0
    for begin, stop in clusters(piece):
        cells = cell_len(piece[begin:stop])
        if used + cells > room and begin:
            yield begin, used
            room, used = width, 0
        used += cells


def clusters(text: str) -> Iterator[Line]:
    """The stretches of a text that must not be cut: a letter with its marks, an emoji with all it is joined to."""
    start = 0
    flags = 0
    for index in range(1, len(text) + 1):
        if index == len(text):
            yield start, index
            return
        char, before = text[index], text[index - 1]
        if char == "\u200d" or before == "\u200d" or _JOINED.match(char):
            continue
        flags = flags + 1 if _FLAG.match(before) else 0
        if _FLAG.match(char) and flags % 2 == 1:
            continue
        yield start, index
        start = index


def clip(text: str, width: int) -> str:
    """The text in at most that many cells, with an ellipsis where something was cut off."""
    if cell_len(text) <= width:
        return text
    used = end = 0
    for begin, stop in clusters(text):
        cells = cell_len(text[begin:stop])
        if used + cells > width - 1:
            break
        used += cells
        end = stop
    return f"{text[:end]}…" if width > 0 else ""

"""Wraps lines to the terminal, at spaces where there are any."""

import re
import shutil
import sys
from typing import TextIO
from unicodedata import combining, east_asian_width

_NARROWEST = 20
_PREFIX = re.compile(r"\| | *")
_COMMAND = re.compile(r"`[^`]*`")
_UNBROKEN = "\0"


def line_width(stream: TextIO | None = None) -> int:
    """The width to wrap to, in cells; 0 for no wrapping if the stream (standard output) is not a terminal."""
    if (stream or sys.stdout).isatty():
        return max(shutil.get_terminal_size().columns, _NARROWEST)
    return 0


def fold(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells; 0 does not wrap.

    A longer word stays whole, because it may be an address, and so does a command in backticks: both are copied.
    Continued lines repeat the indentation and the prefix of a post's text.
    """
    lines = []
    for line in text.split("\n"):
        found = _PREFIX.match(line)
        prefix = found.group() if found else ""
        joined = _COMMAND.sub(lambda command: command.group().replace(" ", _UNBROKEN), line[len(prefix) :])
        parts = wrap(joined, max(width - len(prefix), 0), whole_words=True)
        lines += [f"{prefix}{part}".replace(_UNBROKEN, " ") for part in parts]
    return lines


def wrap(text: str, width: int, *, whole_words: bool = False) -> list[str]:
    """A text in lines of at most `width` cells, broken at spaces where there are any; 0 breaks nothing."""
    if not width or cells(text) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        if line and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
        if cells(line) > width and not whole_words:
            *full, line = _pieces(line, width)
            lines += full
    if line:
        return [*lines, line]
    return lines


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


def _cells_of(char: str) -> int:
    if combining(char):
        return 0
    if east_asian_width(char) in "WF":
        return 2
    return 1


def _pieces(line: str, width: int) -> list[str]:
    """A line without a place to break, in pieces that fit."""
    pieces, start, used = [], 0, 0
    for number, char in enumerate(line):
        size = _cells_of(char)
        if used + size > width and number > start:
            pieces.append(line[start:number])
            start, used = number, 0
        used += size
    return [*pieces, line[start:]]

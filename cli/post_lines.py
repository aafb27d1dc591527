"""Formats a post as lines: wrapped to the terminal, and coloured if it supports colours."""

import os
import shutil
import sys
from datetime import UTC, datetime
from unicodedata import combining, east_asian_width

from ..models.post import is_article
from ..models.text import clean, clean_line
from ..models.verdict import Level, unlike_reason
from ..models.view import JudgedPost, hide_cause
from ..phrases.posts import changes, warning_text
from ..phrases.verdicts import reason_text
from .plain_words import ARTICLE_LINES, extras

_INDENT = "    "
_NARROWEST = 20
_VISIBILITIES = {"private": "followers only", "direct": "direct message", "unlisted": "unlisted"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def wants_colour() -> bool:
    """Whether standard output is a terminal that shows colours, and the user did not say NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def line_width() -> int:
    """The width to wrap to, in cells; 0 for no wrapping if standard output is not a terminal."""
    if sys.stdout.isatty():
        return max(shutil.get_terminal_size().columns, _NARROWEST)
    return 0


def post_lines(judged: JudgedPost, level: Level, width: int = 0, *, colour: bool = False) -> list[str]:
    """The lines of a post: author and time, notes, warning, text and attachments."""
    post, verdict = judged.post, judged.verdict
    if post.at:
        at = post.at.astimezone().strftime("%Y-%m-%d %H:%M")
    else:
        at = "at some time"
    name = f"{post.author.shown_name} @{post.author.handle}"
    boosted = f" (boosted by {post.booster.handle})" if post.booster else ""
    head = wrap(f"{at}  {clean_line(name + boosted)}", width)
    first = f"{head[0]}  [{clean_line(post.id)}]"
    lines = [first] if not width or cells(first) <= width else [head[0]]
    lines += [*head[1:], *([] if lines[0] == first else [f"{_INDENT}[{clean_line(post.id)}]"])]
    if colour:
        lines = [f"{_BOLD}{line}{_RESET}" for line in lines]
    notes = []
    if not verdict.shown_at(level):
        notes.append(f"hidden as {hide_cause(verdict)}: {'; '.join(map(reason_text, verdict.reasons))}")
    elif (unlike := unlike_reason(verdict)) is not None:
        notes.append(reason_text(unlike))
    if post.visibility in _VISIBILITIES:
        notes.append(f"({_VISIBILITIES[post.visibility]})")
    if post.reply_to is not None:
        notes.append(f"in answer to {f'@{post.reply_to}' if post.reply_to else 'somebody'}")
    if changed := changes(post):
        notes.append(f"({', '.join(changed)})")
    if post.covered:
        notes.append(f"[{warning_text(post)}]")
    for note in notes:
        for line in wrap(clean_line(note), width - len(_INDENT) if width else 0):
            lines.append(f"{_INDENT}{_DIM}{line}{_RESET}" if colour else f"{_INDENT}{line}")
    body = clean(post.text).splitlines() or [""]
    if is_article(post) and len(body) > 2 * ARTICLE_LINES:
        body = [*body[: 2 * ARTICLE_LINES], f"… {len(body) - 2 * ARTICLE_LINES} more lines (--json has all of it)"]
    for text in [*body, *map(clean_line, extras(post, datetime.now(UTC)))]:
        lines += [f"{_INDENT}{line}" for line in wrap(text, width - len(_INDENT) if width else 0)]
    return lines


def wrap(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells, broken at spaces where there are any; 0 breaks nothing."""
    if not width or cells(text) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        if line and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
        if cells(line) > width:
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

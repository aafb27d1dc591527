"""Formats a post as lines: wrapped to the terminal, and coloured if it supports colours."""

import os
import sys
from datetime import UTC, datetime

from ..models.post import is_article
from ..models.text import clean, clean_line
from ..models.verdict import Level, warning_reason
from ..models.view import JudgedPost, hide_cause
from ..phrases.posts import changes, warning_text
from ..phrases.reasons import reason_text
from .plain_words import ARTICLE_LINES, extras
from .wrapping import cells, wrap

_INDENT = "    "
_VISIBILITIES = {"private": "followers only", "direct": "direct message", "unlisted": "unlisted"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def wants_colour() -> bool:
    """Whether standard output is a terminal that shows colours, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def post_lines(judged: JudgedPost, level: Level, width: int = 0, *, colour: bool = False, also: str = "") -> list[str]:
    """The lines of a post: author and time, notes, warning, text and attachments.

    `also` says where copies of the post are.
    """
    post, verdict = judged.post, judged.verdict
    if post.at:
        at = post.at.astimezone().strftime("%Y-%m-%d %H:%M")
    else:
        at = "at an unknown time"
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
    elif (warning := warning_reason(verdict)) is not None:
        notes.append(reason_text(warning))
    if post.visibility in _VISIBILITIES:
        notes.append(f"({_VISIBILITIES[post.visibility]})")
    if post.reply_to is not None:
        notes.append(f"in reply to {f'@{post.reply_to}' if post.reply_to else 'somebody'}")
    if changed := changes(post):
        notes.append(f"({', '.join(changed)})")
    if post.covered:
        notes.append(f"[{warning_text(post)}]")
    if also:
        notes.append(f"({also})")
    for note in notes:
        for line in wrap(clean_line(note), width - len(_INDENT) if width else 0):
            lines.append(f"{_INDENT}{_DIM}{line}{_RESET}" if colour else f"{_INDENT}{line}")
    body = clean(post.text).splitlines() or [""]
    if is_article(post) and len(body) > 2 * ARTICLE_LINES:
        body = [*body[: 2 * ARTICLE_LINES], f"… {len(body) - 2 * ARTICLE_LINES} more lines (--json has all of it)"]
    for text in [*body, *map(clean_line, extras(post, datetime.now(UTC)))]:
        lines += [f"{_INDENT}{line}" for line in wrap(text, width - len(_INDENT) if width else 0)]
    return lines

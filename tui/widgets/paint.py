"""Draws a row of a timeline as lines of pieces."""

from datetime import datetime

from rich.cells import cell_len

from ...models.action import PostAction
from ...models.verdict import warning_reason
from ...models.view import JudgedPost
from ...phrases.actions import action_notes
from ...phrases.posts import (
    COVERED,
    ago,
    audience,
    boosted_by,
    changes,
    details,
    label_text,
    short_audience,
    warning_text,
)
from ...phrases.reasons import reason_text
from .pieces import Column, PaintedLine, wrapped
from .post_body import fold_of, paint_parts, paint_text
from .rows import GapRow, HiddenRow, NoteRow, PostRow, Row, boosters
from .wrap import clip

WIDEST = 96
"""Longer lines are hard to read, however wide the terminal."""
_MARGIN = 3
"""Columns before the text: the sign of the tie, the sign of an unread post, and a space."""
_TAGGED = 30
"""On wider screens the user's mark is beside the name."""
TIES = {"close": "●", "known": "●", "acquaintance": "◐", "stranger": "○"}


def paint(row: Row, width: int, now: datetime, *, cover: bool = False) -> list[PaintedLine]:
    """A row as lines that fit a width in cells. The last line is empty, as the space between rows.

    The last cell of a line stays free for the scrollbar. `cover` leaves out the text of private posts.
    """
    if isinstance(row, HiddenRow):
        return [[(clip(f"   · {row.text}", width - 1), "hidden", "")], []]
    if isinstance(row, GapRow):
        return [[(clip(f"   ┄ {row.text}", width - 1), "gap", "")], []]
    if isinstance(row, NoteRow):
        return [*([("   " + line, "gap", "")] for line in wrapped(row.text, _room(width, _MARGIN))), []]
    covered = cover and row.judged.post.is_private
    if row.folded:
        return _paint_folded(row, width, now, covered=covered)
    return _paint_post(row, width, now, covered=covered)


def _room(width: int, margin: int) -> int:
    """The width of the text in cells."""
    return max(min(width - margin - 1, WIDEST), 8)


def _paint_post(row: PostRow, width: int, now: datetime, *, covered: bool) -> list[PaintedLine]:
    margin = _MARGIN + 2 * min(row.indent, 4)
    column = Column(" " * margin, _room(width, margin))
    lines = [
        *_above_text(row, column, now),
        *_text_or_cover(row, column, now, covered=covered),
        *_below_text(row, column),
    ]
    if row.fading:
        lines = [[(text, _faded(style), link) for text, style, link in line] for line in lines]
    lines.extend([] for _ in range(row.picture_lines + 1))
    return lines


def _faded(style: str) -> str:
    """The style of a piece in a row that is about to disappear. Notes stay readable."""
    if style == "note":
        return style
    return "fading"


def _above_text(row: PostRow, column: Column, now: datetime) -> list[PaintedLine]:
    """The boosters, the author, the answered person, a careful warning, and what was changed."""
    post = row.judged.post
    lines: list[PaintedLine] = []
    if names := boosters(row):
        lines.append(column.line(f"↻ {boosted_by(names)}", "boost"))
    lines.append(_head(row, column, now))
    if post.reply_to:
        lines.append(column.line(f"↩ to @{post.reply_to}", "boost"))
    elif post.reply_to is not None:
        lines.append(column.line("↩ a reply", "boost"))
    if (reason := warning_reason(row.judged.verdict)) is not None:
        warning = wrapped(f"⚠ {reason_text(reason)}", column.room)
        lines.extend([(column.margin + line, "warning", "")] for line in warning)
    if row.open or post.deleted_at is not None:
        lines.extend(column.line(text, "warning") for text in changes(post, dated=row.open))
    if row.open:
        lines.extend([(column.margin + line, "media", "")] for line in wrapped(details(post), column.room))
    return lines


def _text_or_cover(row: PostRow, column: Column, now: datetime, *, covered: bool) -> list[PaintedLine]:
    """The content of the post, or what covers it: privacy, or a content warning until the post is opened."""
    post = row.judged.post
    if covered:
        return [column.line(COVERED, "warning")]
    lines = []
    warning = warning_text(post)
    if warning and not row.open:
        return [column.line(f"⚠ {warning} · enter opens", "warning")]
    if warning:
        lines.append(column.line(f"⚠ {warning}", "warning"))
    lines.extend(paint_text(post, column, fold=None if row.open else fold_of(post)))
    lines.extend(paint_parts(post, column, now, whole=row.open))
    if row.judged.voted and post.poll is not None:
        lines.append(column.line(f"✓ you voted{_dots(row.judged.action('vote'))}", "media"))
    return lines


def _below_text(row: PostRow, column: Column) -> list[PaintedLine]:
    """Filters and labels of servers, other copies of the post, and the state of the user's actions."""
    post = row.judged.post
    lines = [column.line(f"your server's filter: {title}", "warning") for title in post.server_filters]
    lines += [column.line(label_text(label), "media") for label in post.labels if label.effect == "inform"]
    if row.also:
        lines.append(column.line(row.also, "media"))
    lines += [column.line(note, "note") for note in action_notes(row.judged.actions)]
    if row.note:
        lines.append(column.line(row.note, "note"))
    return lines


def _paint_folded(row: PostRow, width: int, now: datetime, *, covered: bool) -> list[PaintedLine]:
    """A conversation or a possible takeover as one line: author and first words of one post, and how many there are."""
    post = row.judged.post
    tie = TIES[row.judged.tie_name]
    room = _room(width, _MARGIN)
    time = ago(post.at, now)
    more = f" · {len(row.folded)} more in this thread"
    if row.unlike:
        more = f" · {len(row.folded) + 1} posts unlike their others"
    left = room - cell_len(time) - 1 - cell_len(more)
    name = clip(f" {post.author.shown_name or 'somebody'}", max(min(left - 2, 24), 4))
    if covered:
        text = COVERED
    else:
        text = " ".join((warning_text(post) or post.text).split())
    if left - cell_len(name) > 6:
        words = clip(f": {text}", left - cell_len(name) - 2)
    else:
        words = ""
    used = cell_len(name) + cell_len(words) + cell_len(more) + 2
    if left > 0:
        end = " " * max(room - used - cell_len(time), 1) + time
    else:
        end = ""
    return [
        [
            (f"{' ' * _MARGIN}▸", "more", ""),
            (tie, f"tie-{row.judged.tie_name}", ""),
            (name, "name", ""),
            (words, "text", ""),
            (clip(more, room - cell_len(name) - cell_len(words) - 2), "more", ""),
            (end, "time", ""),
        ],
        [],
    ]


def _dots(action: PostAction | None) -> str:
    """Dots while the server has not confirmed an action."""
    if action is None or action.state == "done":
        return ""
    return "…"


def _signs(judged: JudgedPost, left: int) -> str:
    """The user's mark and actions, as far as `left` cells allow."""
    signs = ""
    if judged.mark is not None and left > _TAGGED:
        signs = f" [{judged.mark}]"
    if left <= _TAGGED // 2:
        return signs
    if judged.liked:
        signs += f" ♥{_dots(judged.action('like'))}"
    if judged.boosted:
        signs += f" ↻{_dots(judged.action('boost'))}"
    if judged.bookmarked:
        signs += f" ⚑{_dots(judged.action('bookmark'))}"
    return signs


def _head(row: PostRow, column: Column, now: datetime) -> PaintedLine:
    """The line of the author: tie, name, handle, the user's mark and actions, audience and time."""
    judged, room = row.judged, column.room
    author = judged.post.author
    time = ago(judged.post.at, now)
    if judged.post.edited_at is not None and room > _TAGGED:
        time = f"edited · {time}"
    if room > _TAGGED:
        private = audience(judged.post)
    else:
        private = short_audience(judged.post)
    left = room - cell_len(time) - 1
    if private:
        left -= cell_len(private) + 3
    signs = _signs(judged, left)
    left -= cell_len(signs)
    # A name of any length leaves room for the handle and the user's mark.
    handle = f" @{author.handle}" if author.handle else ""
    name = clip(author.shown_name or "somebody", max(left - 2 - min(cell_len(handle), left // 3), 4))
    tie = judged.tie_name
    if judged.verdict.cause == "own" and judged.post.booster is None:
        # The user is no stranger to themselves.
        tie = "close"
    pieces: PaintedLine = [(f"{column.margin[:-3]}{TIES[tie]}  ", f"tie-{tie}", ""), (name, "name", "")]
    used = cell_len(name)
    if handle and left - used >= 8:
        handle = clip(handle, left - used - 1)
        pieces.append((handle, "handle", author.url))
        used += cell_len(handle)
    if signs:
        pieces.append((signs, "mark", ""))
    free = " " * max(left + 1 - used, 1)
    if private:
        pieces += [(free, "time", ""), (private, "warning", ""), (f" · {time}" if time else "", "time", "")]
    else:
        pieces.append((free + time, "time", ""))
    return pieces


def paint_safely(row: Row, width: int, now: datetime, *, cover: bool = False) -> list[PaintedLine]:
    """The lines of a row. If drawing hostile content fails, it is shown as plain text."""
    try:
        return paint(row, width, now, cover=cover)
    except Exception as error:
        text = ""
        if isinstance(row, PostRow) and not cover:
            text = row.judged.post.text
        return [[(f"  {text[: width - 3]!r} ({type(error).__name__})"[:width], "text", "")], []]

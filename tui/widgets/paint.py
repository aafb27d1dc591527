"""Draws a row as lines of pieces: text, style, and the address that a click opens. Markup is never read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise, takewhile

from rich.cells import cell_len

from ...models.action import PostAction
from ...models.post import Media, Poll, Post, Span, is_article
from ...models.verdict import warning_reason
from ...phrases.actions import action_notes
from ...phrases.posts import COVERED, audience, boosted_by, changes, details, label_text, short_audience, warning_text
from ...phrases.reasons import reason_text
from .rows import GapRow, HiddenRow, NoteRow, PostRow, Row, boosters
from .wrap import clip, wrap

Piece = tuple[str, str, str]
"""(text, style, address): style is one of LOOKS."""
PaintedLine = list[Piece]

LOOKS: Mapping[str, str] = {
    **dict.fromkeys(("text", "poll"), "plain"),
    **dict.fromkeys(("name", "heading"), "strong"),
    **dict.fromkeys(("handle", "time", "boost", "quote", "media", "more", "tie-acquaintance"), "muted"),
    **dict.fromkeys(("hidden", "fading", "tie-stranger"), "faint"),
    **dict.fromkeys(("warning", "note"), "warning"),
    "link": "link",
    **dict.fromkeys(("mention", "quote-bar", "card"), "primary"),
    **dict.fromkeys(("hashtag", "tie-known"), "secondary"),
    "tie-close": "close",
    **dict.fromkeys(("emoji", "code", "mark", "gap"), "accent"),
}
"""The styles: component classes of the timeline, without their prefix.

Textual applies all rules to each class at the start and whenever the timeline gains or loses focus, so there are few.
"""

WIDEST = 96
"""Longer lines are hard to read, however wide the terminal."""
FOLD = 14
"""Longer posts are folded until they are opened."""
_MEDIA = 4
"""How many pictures and files are listed until the post is opened. Only articles have more."""
ARTICLE_FOLD = 5
"""The same for articles, whose first line is their title."""
_MARGIN = 3
"""Columns before the text: the sign of the tie, the sign of an unread post, and a space."""
_TAGGED = 30
"""On wider screens the user's mark is beside the name."""
TIES = {"close": "●", "known": "●", "acquaintance": "◐", "stranger": "○"}
_SPAN_STYLES = {
    "link": "link",
    "mention": "mention",
    "hashtag": "hashtag",
    "emoji": "emoji",
    "code": "code",
    "heading": "heading",
}
_ICONS = {"image": "▣", "video": "▶", "gifv": "▶", "audio": "♪", "unknown": "▣"}


def paint(row: Row, width: int, now: datetime, *, cover: bool = False) -> list[PaintedLine]:
    """A row as lines that fit a width in cells. The last line is empty, as the space between rows.

    The last cell of a line stays free for the scrollbar. `cover` leaves out the text of private posts.
    """
    if isinstance(row, HiddenRow):
        return [[(clip(f"   · {row.text}", width - 1), "hidden", "")], []]
    if isinstance(row, GapRow):
        return [[(clip(f"   ┄ {row.text}", width - 1), "gap", "")], []]
    if isinstance(row, NoteRow):
        room = max(min(width - _MARGIN - 1, WIDEST), 8)
        return [*([("   " + row.text[start:end], "gap", "")] for start, end in wrap(row.text, room)), []]
    covered = cover and row.judged.post.is_private
    return (_paint_folded if row.folded else _paint_post)(row, width, now, covered=covered)


def _paint_post(row: PostRow, width: int, now: datetime, *, covered: bool) -> list[PaintedLine]:
    post = row.judged.post
    margin = " " * (_MARGIN + 2 * min(row.indent, 4))
    room = max(min(width - len(margin) - 1, WIDEST), 8)
    lines: list[PaintedLine] = []
    if names := boosters(row):
        lines.append([(margin + clip(f"↻ {boosted_by(names)}", room), "boost", "")])
    lines.append(_head(row, margin, room, now))
    if post.reply_to is not None:
        lines.append([(margin + clip(f"↩ to @{post.reply_to}" if post.reply_to else "↩ a reply", room), "boost", "")])
    if (careful := warning_reason(row.judged.verdict)) is not None:
        warning = f"⚠ {reason_text(careful)}"
        lines.extend([(margin + warning[start:end], "warning", "")] for start, end in wrap(warning, room))
    if row.open or post.deleted_at is not None:
        lines.extend([(margin + clip(text, room), "warning", "")] for text in changes(post, dated=row.open))
    if row.open and (summary := details(post)):
        lines.extend([(margin + text, "media", "")] for text in _clipped(summary, room, None))
    cover = warning_text(post)
    folded = covered or (bool(cover) and not row.open)
    if covered:
        lines.append([(margin + clip(COVERED, room), "warning", "")])
    elif cover:
        hint = " · enter opens" if folded else ""
        lines.append([(margin + clip(f"⚠ {cover}{hint}", room), "warning", "")])
    if not folded:
        lines.extend(_body(post, margin, room, fold=None if row.open else fold_of(post)))
        lines.extend(_extras(post, margin, room, now, whole=row.open))
        if row.judged.voted and post.poll is not None:
            lines.append([(margin + clip(f"✓ you voted{_dots(row.judged.action('vote'))}", room), "media", "")])
    for title in post.server_filters:
        lines.append([(margin + clip(f"your server's filter: {title}", room), "warning", "")])
    for label in post.labels:
        if label.effect == "inform":
            lines.append([(margin + clip(label_text(label), room), "media", "")])
    if row.also:
        lines.append([(margin + clip(row.also, room), "media", "")])
    lines += [[(margin + clip(note, room), "note", "")] for note in action_notes(row.judged.actions)]
    if row.note:
        lines.append([(margin + clip(row.note, room), "note", "")])
    if row.fading:
        lines = [
            [(text, "note" if style == "note" else "fading", link) for text, style, link in line] for line in lines
        ]
    lines.extend([] for _ in range(row.picture_lines + 1))
    return lines


def _paint_folded(row: PostRow, width: int, now: datetime, *, covered: bool) -> list[PaintedLine]:
    """A conversation or a possible takeover as one line: author and first words of one post, and how many there are."""
    post = row.judged.post
    tie = TIES[row.judged.tie_name]
    room = max(min(width - _MARGIN - 1, WIDEST), 8)
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
    return [
        [
            (f"{' ' * _MARGIN}▸", "more", ""),
            (tie, f"tie-{row.judged.tie_name}", ""),
            (name, "name", ""),
            (words, "text", ""),
            (clip(more, room - cell_len(name) - cell_len(words) - 2), "more", ""),
            (" " * max(room - used - cell_len(time), 1) + time if left > 0 else "", "time", ""),
        ],
        [],
    ]


def _dots(action: PostAction | None) -> str:
    """Dots while the server has not confirmed an action."""
    if action is None or action.state == "done":
        return ""
    return "…"


def _head(row: PostRow, margin: str, room: int, now: datetime) -> PaintedLine:
    judged = row.judged
    author = judged.post.author
    time = ago(judged.post.at, now)
    if judged.post.edited_at is not None and room > _TAGGED:
        time = f"edited · {time}"
    private = audience(judged.post) if room > _TAGGED else short_audience(judged.post)
    left = room - cell_len(time) - 1 - (cell_len(private) + 3 if private else 0)
    if judged.mark is not None and left > _TAGGED:
        tag = f" [{judged.mark}]"
    else:
        tag = ""
    if judged.liked and left > _TAGGED // 2:
        tag += f" ♥{_dots(judged.action('like'))}"
    if judged.boosted and left > _TAGGED // 2:
        tag += f" ↻{_dots(judged.action('boost'))}"
    if judged.bookmarked and left > _TAGGED // 2:
        tag += f" ⚑{_dots(judged.action('bookmark'))}"
    left -= cell_len(tag)
    # A name of any length leaves room for the handle and the user's mark.
    summary = f" @{author.handle}" if author.handle else ""
    name = clip(author.shown_name or "somebody", max(left - 2 - min(cell_len(summary), left // 3), 4))
    tie = judged.tie_name
    if judged.verdict.cause == "own" and judged.post.booster is None:
        # The user is no stranger to themselves.
        tie = "close"
    pieces: PaintedLine = [(f"{margin[:-3]}{TIES[tie]}  ", f"tie-{tie}", ""), (name, "name", "")]
    used = cell_len(name)
    if summary and left - used >= 8:
        handle = clip(summary, left - used - 1)
    else:
        handle = ""
    if handle:
        pieces.append((handle, "handle", author.url))
        used += cell_len(handle)
    if tag:
        pieces.append((tag, "mark", ""))
        used += cell_len(tag)
    free = " " * max(left + 1 + cell_len(tag) - used, 1)
    if private:
        pieces += [(free, "time", ""), (private, "warning", ""), (f" · {time}" if time else "", "time", "")]
    else:
        pieces.append((free + time, "time", ""))
    return pieces


def fold_of(post: Post) -> int:
    """How many lines of a post are shown until it is opened."""
    if is_article(post):
        return ARTICLE_FOLD
    return FOLD


def _body(post: Post, margin: str, room: int, *, fold: int | None) -> list[PaintedLine]:
    """The lines of the text; all of them without `fold`."""
    if not post.text:
        return []
    wrapped = wrap(post.text, room)
    folded = fold is not None and len(wrapped) > fold + 2
    lines: list[PaintedLine] = []
    # Spans are in order: of a long text, only those near a line are looked at.
    spans, first = sorted(post.spans, key=lambda span: span.start), 0
    for start, end in wrapped[: fold if folded else None]:
        while first < len(spans) and spans[first].end <= start:
            first += 1
        near = [*takewhile(lambda span, end=end: span.start < end, spans[first:])]  # type: ignore[misc]
        lines.append([(margin, "text", ""), *_styled(post.text, (start, end), near)])
    if folded and fold is not None:
        lines.append([(f"{margin}… {len(wrapped) - fold} more lines · enter", "more", "")])
    return lines


def _styled(text: str, line: tuple[int, int], spans: Sequence[Span]) -> Iterator[Piece]:
    """One line of a post's text, cut where spans begin and end. The innermost span gives the style."""
    start, end = line
    inside = [span for span in spans if span.start < end and span.end > start]
    if not inside:
        yield text[start:end], "text", ""
        return
    edges = sorted({start, end, *(edge for span in inside for edge in (span.start, span.end) if start < edge < end)})
    for begin, stop in pairwise(edges):
        over = [span for span in inside if span.start <= begin and span.end >= stop]
        span = min(over, key=lambda each: each.end - each.start, default=None)
        if span is None:
            style = "text"
        else:
            style = _SPAN_STYLES.get(span.kind, "text")
        yield text[begin:stop], style, span.target if span is not None and span.kind == "link" else ""


def _extras(post: Post, margin: str, room: int, now: datetime, *, whole: bool) -> list[PaintedLine]:
    lines: list[PaintedLine] = []
    if post.quote is not None:
        who = f"@{post.quote.handle}" if post.quote.handle else ""
        for text in (who, *_clipped(post.quote.text, room - 2, None if whole else 4)):
            if text:
                lines.append([(f"{margin}│ ", "quote-bar", ""), (clip(text, room - 2), "quote", post.quote.url)])
    if post.poll is not None:
        lines.extend(_poll(post.poll, margin, room, now))
    media = post.media or ()
    for medium in media if whole else media[:_MEDIA]:
        lines.extend(_medium(medium, margin, room, whole=whole))
    if post.card is not None and (post.card.title or whole):
        lines.append(
            [(f"{margin}▤ ", "media", ""), (clip(post.card.title or post.card.url, room - 2), "card", post.card.url)]
        )
        if whole:
            for text in _clipped(post.card.description, room - 2, 6):
                lines.append([(f"{margin}  {text}", "media", "")])
    return lines


def _medium(medium: Media, margin: str, room: int, *, whole: bool) -> list[PaintedLine]:
    icon = _ICONS[medium.kind]
    word = "attachment" if medium.kind == "unknown" else medium.kind
    if not medium.alt:
        return [[(margin + clip(f"{icon} {word}, no description", room), "media", medium.url)]]
    lines = _clipped(f"{word}: {medium.alt}", room - 2, None if whole else 2)
    return [
        [(f"{margin}{icon if number == 0 else ' '} {text}", "media", medium.url)] for number, text in enumerate(lines)
    ]


def _poll(poll: Poll, margin: str, room: int, now: datetime) -> list[PaintedLine]:
    total = sum(option.votes or 0 for option in poll.options)
    lines: list[PaintedLine] = []
    for option in poll.options:
        if option.votes is None or not total:
            lines.append([(margin + clip(f"○ {option.text}", room), "poll", "")])
            continue
        share = option.votes / total
        bar = "█" * round(share * 10) + "░" * (10 - round(share * 10))
        lines.append([(margin + clip(f"{bar} {share:>4.0%} {option.text}", room), "poll", "")])
    if poll.voters is not None:
        people = f"{poll.voters:,} people"
    else:
        people = f"{total:,} vote{'s' if total != 1 else ''}"
    closed = " · closed" if poll.is_closed(now) else ""
    lines.append([(margin + clip(f"poll, {people}{closed}", room), "media", "")])
    return lines


def _clipped(text: str, room: int, most: int | None) -> list[str]:
    if not text:
        return []
    lines = [text[start:end] for start, end in wrap(text, max(room, 4))]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], clip(lines[most - 1] + " …", room)]
    return lines


def ago(at: datetime | None, now: datetime) -> str:
    """A short relative time: "now", "5m", "3h", "2d", "12 Nov", "Nov 2023"."""
    if at is None:
        return ""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f}m"
    if seconds < 86_400:
        return f"{seconds // 3600:.0f}h"
    if seconds < 6 * 86_400:
        return f"{seconds // 86_400:.0f}d"
    local = at.astimezone()
    if (now - at).days < 300:
        return f"{local.day} {local:%b}"
    return f"{local:%b %Y}"


def paint_safely(row: Row, width: int, now: datetime, *, cover: bool = False) -> list[PaintedLine]:
    """The lines of a row. If drawing hostile content fails, it is shown as plain text."""
    try:
        return paint(row, width, now, cover=cover)
    except Exception as error:
        if isinstance(row, PostRow) and not cover:
            text = row.judged.post.text
        else:
            text = ""
        return [[(f"  {text[: width - 3]!r} ({type(error).__name__})"[:width], "text", "")], []]


def link_at(lines: Sequence[PaintedLine], line: int, x: int) -> str:
    """The address of the link at a cell of drawn lines; "" if there is none."""
    at = 0
    for text, _, link in lines[line] if line < len(lines) else ():
        at += cell_len(text)
        if x < at:
            return link
    return ""

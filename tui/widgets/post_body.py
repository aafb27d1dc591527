"""Paints what a post contains: its text with spans, quote, poll, attachments and link preview."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise, takewhile

from ...models.post import Card, Media, Poll, Post, Quote, Span, is_article
from ...phrases.posts import poll_line
from .pieces import Column, PaintedLine, Piece, wrapped
from .wrap import clip, wrap

FOLD = 14
"""Longer posts are folded until they are opened."""
ARTICLE_FOLD = 5
"""The same for articles, whose first line is their title."""
_MEDIA = 4
"""How many pictures and files are listed until the post is opened. Only articles have more."""
_QUOTED = 4
"""How many lines of a quote are shown until the post is opened."""
_ALT = 2
"""The same for the description of an attachment."""
_SPAN_STYLES = frozenset({"link", "mention", "hashtag", "emoji", "code", "heading"})
"""Kinds of spans with a style of their own."""
_ICONS = {"image": "▣", "video": "▶", "gifv": "▶", "audio": "♪", "unknown": "▣"}


def fold_of(post: Post) -> int:
    """How many lines of a post are shown until it is opened."""
    if is_article(post):
        return ARTICLE_FOLD
    return FOLD


def paint_text(post: Post, column: Column, *, fold: int | None) -> list[PaintedLine]:
    """The lines of the text: the first `fold` of them, or all without it."""
    if not post.text:
        return []
    lines = wrap(post.text, column.room)
    more = 0
    # A line that says "2 more lines" would save one line only.
    if fold is not None and len(lines) > fold + 2:
        more = len(lines) - fold
        lines = lines[:fold]
    painted: list[PaintedLine] = []
    # Spans are in order: of a long text, only those near a line are looked at.
    spans, first = sorted(post.spans, key=lambda span: span.start), 0
    for start, end in lines:
        while first < len(spans) and spans[first].end <= start:
            first += 1
        near = [*takewhile(lambda span, end=end: span.start < end, spans[first:])]  # type: ignore[misc]
        painted.append([(column.margin, "text", ""), *_styled(post.text, (start, end), near)])
    if more:
        painted.append([(f"{column.margin}… {more} more lines · enter", "more", "")])
    return painted


def _styled(text: str, line: tuple[int, int], spans: Sequence[Span]) -> Iterator[Piece]:
    """One line of a post's text, cut where spans begin and end. The innermost span gives the style."""
    start, end = line
    inside = [span for span in spans if span.start < end and span.end > start]
    if not inside:
        yield text[start:end], "text", ""
        return
    edges = {start, end}
    for span in inside:
        edges.update(edge for edge in (span.start, span.end) if start < edge < end)
    for begin, stop in pairwise(sorted(edges)):
        over = [span for span in inside if span.start <= begin and span.end >= stop]
        innermost = min(over, key=lambda span: span.end - span.start, default=None)
        style, link = "text", ""
        if innermost is not None and innermost.kind in _SPAN_STYLES:
            style = innermost.kind
        if innermost is not None and innermost.kind == "link":
            link = innermost.target
        yield text[begin:stop], style, link


def paint_parts(post: Post, column: Column, now: datetime, *, whole: bool) -> list[PaintedLine]:
    """The quote, poll, attachments and link preview. `whole`: not shortened, for an opened post."""
    lines: list[PaintedLine] = []
    if post.quote is not None:
        lines.extend(_quote(post.quote, column, whole=whole))
    if post.poll is not None:
        lines.extend(_poll(post.poll, column, now))
    media = post.media or ()
    if not whole:
        media = media[:_MEDIA]
    for medium in media:
        lines.extend(_medium(medium, column, whole=whole))
    if post.card is not None:
        lines.extend(_card(post.card, column, whole=whole))
    return lines


def _quote(quote: Quote, column: Column, *, whole: bool) -> list[PaintedLine]:
    room = column.room - 2
    texts = wrapped(quote.text, room, None if whole else _QUOTED)
    if quote.handle:
        texts.insert(0, clip(f"@{quote.handle}", room))
    return [[(f"{column.margin}│ ", "quote-bar", ""), (text, "quote", quote.url)] for text in texts if text]


def _card(card: Card, column: Column, *, whole: bool) -> list[PaintedLine]:
    if not card.title and not whole:
        return []
    room = column.room - 2
    title = clip(card.title or card.url, room)
    lines: list[PaintedLine] = [[(f"{column.margin}▤ ", "media", ""), (title, "card", card.url)]]
    if whole:
        lines += [[(f"{column.margin}  {text}", "media", "")] for text in wrapped(card.description, room, 6)]
    return lines


def _medium(medium: Media, column: Column, *, whole: bool) -> list[PaintedLine]:
    icon = _ICONS[medium.kind]
    word = "attachment" if medium.kind == "unknown" else medium.kind
    if not medium.alt:
        return [column.line(f"{icon} {word}, no description", "media", medium.url)]
    lines = wrapped(f"{word}: {medium.alt}", column.room - 2, None if whole else _ALT)
    signs = (icon, *(" " for _ in lines))
    return [[(f"{column.margin}{sign} {text}", "media", medium.url)] for sign, text in zip(signs, lines, strict=False)]


def _poll(poll: Poll, column: Column, now: datetime) -> list[PaintedLine]:
    total = sum(option.votes or 0 for option in poll.options)
    lines = []
    for option in poll.options:
        if option.votes is None or not total:
            lines.append(column.line(f"○ {option.text}", "poll"))
            continue
        share = option.votes / total
        bar = "█" * round(share * 10) + "░" * (10 - round(share * 10))
        lines.append(column.line(f"{bar} {share:>4.0%} {option.text}", "poll"))
    lines.append(column.line(poll_line(poll, now), "media"))
    return lines

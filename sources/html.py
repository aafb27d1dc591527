"""Converts HTML to plain text with spans: links, mentions, hashtags, custom emoji, code and quotes.

Markup that a terminal cannot show becomes characters: lists keep their numbers, struck text is put between ~~ and ~~,
and superscript digits become Unicode superscripts (sources/markup.py).
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from ..models.post import Span
from ..models.text import clean_line
from .entities import web_address
from .html_reader import HtmlReader
from .html_tidy import tidy

# No server allows longer posts, so a longer text is an attack.
_LONGEST = 100_000
_LONGEST_ARTICLE = 400_000
CUT = "\n[…]"
"""The end of a truncated text."""
_SHORTCODE = re.compile(r":([A-Za-z0-9_]{2,}):")


def read_html(
    html: str,
    *,
    mentions: Mapping[str, str] | None = None,
    emoji: Mapping[str, str] | None = None,
    quoting: bool = False,
) -> tuple[str, tuple[Span, ...]]:
    """Convert HTML to clean text and its spans, ordered by start.

    `mentions` maps addresses to handles and `emoji` maps shortcodes to image URLs. `quoting` leaves out the line that
    repeats the address of a quoted post.
    """
    text, spans = _read(HtmlReader(mentions or {}, quoting), html, _LONGEST)
    if emoji:
        codes = (match for match in _SHORTCODE.finditer(text) if match.group(1) in emoji)
        spans += [Span(match.start(), match.end(), "emoji", emoji[match.group(1)]) for match in codes]
    return text, _in_order(spans)


class Article(msgspec.Struct, frozen=True):
    """The text of a page with its spans, headings among them, and its pictures as (address, description)."""

    text: str
    spans: tuple[Span, ...]
    pictures: tuple[tuple[str, str], ...]


def read_article(html: str, base: str) -> Article:
    """Convert the HTML of an article. `base` is the base URL of its relative links."""
    pictures: list[tuple[str, str]] = []
    reader = HtmlReader({}, quoting=False, base=base, pictures=pictures)
    text, spans = _read(reader, html, _LONGEST_ARTICLE)
    return Article(text, _in_order(spans), tuple(dict.fromkeys(pictures)))


def _read(reader: HtmlReader, html: str, longest: int) -> tuple[str, list[Span]]:
    """The text of at most so many characters of HTML, and its spans in any order."""
    reader.feed(_defused(html[:longest]))
    reader.close()
    text, spans = tidy("".join(reader.parts), reader.spans)
    if len(html) > longest:
        text += CUT
    return text, [_settled(span, text) for span in spans]


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans by their start; of those that start together, the outer one first."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def _defused(html: str) -> str:
    """Remove markup that breaks or stalls the parser: comments, declarations, and an unclosed tag."""
    pieces = []
    at = 0
    while (start := html.find("<!--", at)) >= 0 and (stop := html.find("-->", start + 4)) >= 0:
        pieces.append(html[at:start])
        at = stop + 3
    pieces.append(html[at:])
    html = "".join(pieces).replace("<!", "&lt;!").replace("<?", "&lt;?")
    last = html.rfind(">") + 1
    return html[:last] + html[last:].replace("<", "&lt;")


def _settled(span: Span, text: str) -> Span:
    """Set the target of hashtags and unknown mentions from their text; mentions also get the host of their link."""
    shown = clean_line(text[span.start : span.end]).strip("~")
    if span.kind == "hashtag":
        return replace(span, target=shown.removeprefix("#"))
    if span.kind == "mention" and (not span.target or "://" in span.target):
        name = shown.removeprefix("@")
        host = urlsplit(web_address(span.target)).netloc
        if host and "@" not in name:
            name = f"{name}@{host}"
        return replace(span, target=name)
    return span

"""Converts HTML to plain text with spans: links, mentions, hashtags, custom emoji, code and quotes.

Markup that a terminal cannot show becomes characters: lists keep their numbers, struck text is put between ~~ and ~~,
and superscript digits become Unicode superscripts (sources/markup.py).

Mastodon hides parts of long links in `invisible` spans and marks a shortened one `ellipsis`; snac sends bare text with
<br>; GoToSocial escapes the author's markup. The standard library's parser handles all of these, and unescapes after it
has split off the tags. https://docs.joinmastodon.org/spec/activitypub/#sanitization
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from ..models.post import Span, SpanKind
from ..models.text import clean, clean_line
from .entities import joined_address, web_address
from .html_tidy import tidy
from .markup import ListNumbers, lowered, raised

# No server allows longer posts, so a longer text is an attack.
_LONGEST = 100_000
_LONGEST_ARTICLE = 400_000
CUT = "\n[…]"
"""The end of a truncated text."""
_MOST_PICTURES = 40
_DEEPEST = 100
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "dl",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "details",
        "section",
        "article",
        "figure",
        "aside",
        "header",
        "footer",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"li", "tr", "dt", "dd", "caption", "figcaption", "summary"})
_LISTS = frozenset({"ul", "ol"})
_STRUCK = frozenset({"del", "s", "strike"})
_STRIKE = "~~"
_MOVED = {"sup": raised, "sub": lowered}
_VOID = frozenset({"img", "hr", "wbr", "input", "meta", "link"})
_SILENT = frozenset({"script", "style", "template"})
_SHORTCODE = re.compile(r":([A-Za-z0-9_]{2,}):")
_BROKEN_LINES = re.compile(r"(?<! ) *\n[ \n]*")


class _Open(msgspec.Struct):
    """An open tag: the start of its text, and the span that it becomes."""

    tag: str
    start: int
    kind: SpanKind | None = None
    target: str = ""
    invisible: bool = False
    ellipsis: bool = False
    part: int = 0
    """The number of text parts when it was opened."""
    spans: int = 0
    """The number of spans when it was opened."""


class _Reader(HTMLParser):
    def __init__(
        self, mentions: Mapping[str, str], quoting: bool, base: str = "", pictures: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        """The base URL of relative links; "" leaves them as plain text."""
        self._pictures = pictures
        """Collects (address, description) of pictures; None writes descriptions into the text."""
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self._tail = "\n\n"
        self._open: list[_Open] = []
        self._tags: Counter[str] = Counter()
        self._mentions = mentions
        self._quoting = quoting
        self._silent = 0
        self._invisible = 0
        self._struck = False
        """Whether the last ~~ written is an opening one."""
        self._lists: list[ListNumbers] = []
        self._cells = 0
        """The number of table cells on this line."""

    def write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)
            self._tail = (self._tail + text)[-2:]

    def _strike(self) -> None:
        """Write the opening ~~ right before the first letter, so that it is not alone on a line."""
        if not self._struck and any(self._tags[tag] for tag in _STRUCK):
            self.write(_STRIKE)
            self._struck = True

    def _end_strike(self) -> None:
        if self._struck:
            self.write(_STRIKE)
            self._struck = False

    def _new_line(self) -> None:
        self._end_strike()
        self._cells = 0
        if not self._tail.endswith("\n"):
            self.write("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "br":
            if not (self._silent or self._invisible):
                self._end_strike()
                self.write("\n")
        elif tag == "hr":
            self._new_block()
        elif tag == "img" and self._pictures is not None:
            self._add_picture(values)
        elif tag in _VOID:
            if tag == "img":
                # Some servers send custom emoji as pictures, with the shortcode as alt text.
                self.handle_data(values.get("alt", ""))
        elif len(self._open) < _DEEPEST:
            self._begin(tag, values, values.get("class", "").split())

    def _begin(self, tag: str, values: Mapping[str, str], classes: Sequence[str]) -> None:
        if tag in _LISTS and self._lists:
            self._new_line()
        elif tag in _BLOCKS:
            self._new_block()
        elif tag in _LINES:
            self._new_line()
        if tag in _LISTS:
            self._lists.append(ListNumbers.begun(values, ordered=tag == "ol"))
        elif tag == "li":
            if self._lists:
                sign = self._lists[-1].next_sign(values)
            else:
                sign = "• "
            self.write("  " * (len(self._lists) - 1) + sign)
        elif tag in ("td", "th"):
            self._end_strike()
            if self._cells:
                self.write("| " if self._tail.endswith(" ") else " | ")
            self._cells += 1
        elif tag == "a":
            self._strike()
        found = _Open(tag, self.length, part=len(self.parts), spans=len(self.spans))
        if tag == "a":
            found.kind, found.target = self._link(values, classes)
        elif tag == "pre" or (tag == "code" and not self._tags["pre"]):
            found.kind = "code"
        elif tag == "blockquote":
            found.kind = "quote"
        elif tag in _HEADINGS and self._pictures is not None:
            found.kind = "heading"
        # Mastodon repeats the address of a quoted post for clients without quotes. Hide it, because the quote is shown.
        found.invisible = "invisible" in classes or (self._quoting and "quote-inline" in classes)
        found.ellipsis = "ellipsis" in classes
        self._invisible += found.invisible
        self._silent += tag in _SILENT
        self._tags[tag] += 1
        self._open.append(found)

    def _link(self, values: Mapping[str, str], classes: Sequence[str]) -> tuple[SpanKind | None, str]:
        target = self._address(values.get("href", ""))
        if "hashtag" in classes or ("tag" in values.get("rel", "").split() and "mention" not in classes):
            return "hashtag", ""
        if target and target in self._mentions:
            return "mention", self._mentions[target]
        if "mention" in classes or "u-url" in classes:
            return "mention", target
        # An address that a browser must not open (javascript:, file:, a relative path) stays plain text.
        if target:
            return ("link", target)
        return (None, "")

    def _address(self, href: str) -> str:
        if not self._base:
            return web_address(href)
        return web_address(joined_address(self._base, href))

    def _add_picture(self, values: Mapping[str, str]) -> None:
        assert self._pictures is not None
        address = self._address(values.get("src", ""))
        is_tracker = "1" in (values.get("width"), values.get("height"))
        if address and not is_tracker and len(self._pictures) < _MOST_PICTURES and not self._silent:
            self._pictures.append((address, clean_line(values.get("alt", ""))))

    def handle_endtag(self, tag: str) -> None:
        if not self._tags[tag]:
            return
        while self._open:
            found = self._open.pop()
            self._end(found)
            if found.tag == tag:
                break

    def _end(self, found: _Open) -> None:
        self._tags[found.tag] -= 1
        self._invisible -= found.invisible
        self._silent -= found.tag in _SILENT
        if found.tag in _MOVED:
            self._move(found)
        elif found.tag in _STRUCK and not any(self._tags[tag] for tag in _STRUCK):
            self._end_strike()
        elif found.tag in _LISTS:
            self._lists.pop()
        if found.ellipsis and not self._invisible:
            self.write("…")
        if found.kind and found.start < self.length and not self._invisible:
            self.spans.append(Span(found.start, self.length, found.kind, found.target))
        if found.tag in _BLOCKS and not (found.tag in _LISTS and self._lists):
            self._new_block()

    def _move(self, found: _Open) -> None:
        """Convert <sup> and <sub>. With a link inside, only conversions of equal length keep the offsets right."""
        before = self.parts[found.part - 1][-1:] if found.part else ""
        text = "".join(self.parts[found.part :])
        moved = _MOVED[found.tag](text, before)
        if moved != text and (len(self.spans) == found.spans or len(moved) == len(text)):
            self.length += len(moved) - len(text)
            self.parts[found.part :] = [moved]
            self._tail = (before + moved)[-2:]

    def close(self) -> None:
        super().close()
        while self._open:
            self._end(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._silent or self._invisible:
            return
        # Clean here, so that the offsets of spans refer to clean text.
        text = clean(data)
        if not self._tags["pre"]:
            text = _BROKEN_LINES.sub(" ", text)
            text = text.lstrip(" ") if self._tail.endswith("\n") else text
        if text.strip():
            self._strike()
        self.write(text)

    def _new_block(self) -> None:
        self._end_strike()
        self._cells = 0
        if self._tail != "\n\n":
            self.write("\n" if self._tail.endswith("\n") else "\n\n")


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
    reader = _Reader(mentions or {}, quoting)
    reader.feed(_defused(html[:_LONGEST]))
    reader.close()
    text, spans = tidy("".join(reader.parts), reader.spans)
    if len(html) > _LONGEST:
        text += CUT
    found = [_settled(span, text) for span in spans]
    if emoji:
        codes = (match for match in _SHORTCODE.finditer(text) if match.group(1) in emoji)
        found += [Span(match.start(), match.end(), "emoji", emoji[match.group(1)]) for match in codes]
    return text, tuple(sorted(found, key=lambda span: (span.start, -span.end)))


class Article(msgspec.Struct, frozen=True):
    """The text of a page with its spans, headings among them, and its pictures as (address, description)."""

    text: str
    spans: tuple[Span, ...]
    pictures: tuple[tuple[str, str], ...]


def read_article(html: str, base: str) -> Article:
    """Convert the HTML of an article. `base` is the base URL of its relative links."""
    pictures: list[tuple[str, str]] = []
    reader = _Reader({}, quoting=False, base=base, pictures=pictures)
    reader.feed(_defused(html[:_LONGEST_ARTICLE]))
    reader.close()
    text, spans = tidy("".join(reader.parts), reader.spans)
    if len(html) > _LONGEST_ARTICLE:
        text += CUT
    spans = sorted((_settled(span, text) for span in spans), key=lambda span: (span.start, -span.end))
    return Article(text, tuple(spans), tuple(dict.fromkeys(pictures)))


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

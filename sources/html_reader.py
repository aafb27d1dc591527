"""Reads the tags of HTML into parts of text with spans. sources/html.py prepares the HTML and tidies the result.

Mastodon hides parts of long links in `invisible` spans and marks a shortened one `ellipsis`; snac sends bare text with
<br>; GoToSocial escapes the author's markup. The standard library's parser handles all of these, and unescapes after it
has split off the tags. https://docs.joinmastodon.org/spec/activitypub/#sanitization
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

import msgspec

from ..models.post import Span, SpanKind
from ..models.text import clean, clean_line
from .entities import joined_address, web_address
from .markup import ListNumbers, lowered, raised

_MOST_PICTURES = 40
_DEEPEST = 100
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TEXT_BLOCKS = frozenset({"p", "div", "ul", "ol", "dl", "blockquote", "pre", "table"})
_PAGE_PARTS = frozenset({"details", "section", "article", "figure", "aside", "header", "footer"})
_BLOCKS = _HEADINGS | _TEXT_BLOCKS | _PAGE_PARTS
_LINES = frozenset({"li", "tr", "dt", "dd", "caption", "figcaption", "summary"})
_LISTS = frozenset({"ul", "ol"})
_STRUCK = frozenset({"del", "s", "strike"})
_STRIKE = "~~"
_MOVED = {"sup": raised, "sub": lowered}
_VOID = frozenset({"img", "hr", "wbr", "input", "meta", "link"})
_SILENT = frozenset({"script", "style", "template"})
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


class HtmlReader(HTMLParser):
    """Collects the text of HTML as `parts`, and its `spans`, whose offsets count from the start of the joined parts."""

    def __init__(
        self, mentions: Mapping[str, str], quoting: bool, base: str = "", pictures: list[tuple[str, str]] | None = None
    ) -> None:
        """`mentions` maps addresses to handles. `quoting` leaves out the line that repeats a quoted post's address.

        `base` is the base URL of relative links; "" leaves them as plain text. `pictures` collects (address,
        description) of pictures; None writes descriptions into the text.
        """
        super().__init__(convert_charrefs=True)
        self._base = base
        self._pictures = pictures
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self._length = 0
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

    def _write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._length += len(text)
            self._tail = (self._tail + text)[-2:]

    def _strike(self) -> None:
        """Write the opening ~~ right before the first letter, so that it is not alone on a line."""
        if not self._struck and any(self._tags[tag] for tag in _STRUCK):
            self._write(_STRIKE)
            self._struck = True

    def _end_strike(self) -> None:
        if self._struck:
            self._write(_STRIKE)
            self._struck = False

    def _new_line(self) -> None:
        self._end_strike()
        self._cells = 0
        if not self._tail.endswith("\n"):
            self._write("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "br":
            if not (self._silent or self._invisible):
                self._end_strike()
                self._write("\n")
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
            self._write("  " * (len(self._lists) - 1) + sign)
        elif tag in ("td", "th"):
            self._end_strike()
            if self._cells:
                self._write("| " if self._tail.endswith(" ") else " | ")
            self._cells += 1
        elif tag == "a":
            self._strike()
        found = _Open(tag, self._length, part=len(self.parts), spans=len(self.spans))
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
            self._write("…")
        if found.kind and found.start < self._length and not self._invisible:
            self.spans.append(Span(found.start, self._length, found.kind, found.target))
        if found.tag in _BLOCKS and not (found.tag in _LISTS and self._lists):
            self._new_block()

    def _move(self, found: _Open) -> None:
        """Convert <sup> and <sub>. With a link inside, only conversions of equal length keep the offsets right."""
        before = self.parts[found.part - 1][-1:] if found.part else ""
        text = "".join(self.parts[found.part :])
        moved = _MOVED[found.tag](text, before)
        if moved != text and (len(self.spans) == found.spans or len(moved) == len(text)):
            self._length += len(moved) - len(text)
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
        self._write(text)

    def _new_block(self) -> None:
        self._end_strike()
        self._cells = 0
        if self._tail != "\n\n":
            self._write("\n" if self._tail.endswith("\n") else "\n\n")

"""A status' HTML as plain text with spans: links, mentions, hashtags, custom emoji, code and quotes.

Mastodon hides parts of long links in `invisible` spans and marks a shortened one `ellipsis`; snac sends bare text with
<br>; GoToSocial escapes what an author typed. The standard library's parser reads all of it, unescapes after the tags
are apart, and never fails. https://docs.joinmastodon.org/spec/activitypub/#sanitization
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from ...models.post import Span, SpanKind
from ...models.text import clean, clean_line

_BLOCKS = frozenset({"p", "div", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"script", "style", "template"})
_SHORTCODE = re.compile(r":([A-Za-z0-9_]{2,}):")
_NEWLINES = re.compile(r"\n{3,}")


@dataclass(slots=True)
class _Open:
    """A tag that is open: where its text began, and what span it will become."""

    tag: str
    start: int
    kind: SpanKind | None = None
    target: str = ""
    invisible: bool = False
    ellipsis: bool = False


class _Reader(HTMLParser):
    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self._open: list[_Open] = []
        self._mentions = mentions
        self._silent = 0
        self._invisible = 0
        self._pre = 0

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.write("\n")
            return
        if tag in ("img", "hr", "wbr", "input", "meta", "link"):
            self._void(tag, dict(attrs))
            return
        if tag in _BLOCKS:
            self._new_block()
        if tag == "li":
            self._new_line()
            self.write("• ")
        found = _Open(tag, self.length)
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        if tag == "a":
            found.kind, found.target = self._link(values, classes)
        elif tag == "code" or (tag == "pre"):
            found.kind = "code"
        elif tag == "blockquote":
            found.kind = "quote"
        found.invisible = "invisible" in classes
        found.ellipsis = "ellipsis" in classes
        # Mastodon 4.5 repeats a quoted post's address for older clients; the quote itself says it better.
        if "quote-inline" in classes:
            found.invisible = True
        self._invisible += found.invisible
        self._silent += tag in _SILENT
        self._pre += tag == "pre"
        self._open.append(found)

    def _void(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "img" and values.get("alt"):
            self.handle_data(values["alt"] or "")

    def _link(self, values: Mapping[str, str], classes: Sequence[str]) -> tuple[SpanKind, str]:
        target = values.get("href", "")
        if "hashtag" in classes or ("tag" in values.get("rel", "").split() and "mention" not in classes):
            return "hashtag", ""
        if target in self._mentions:
            return "mention", self._mentions[target]
        if "mention" in classes or "u-url" in classes:
            return "mention", ""
        return "link", target

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self._open):
            return
        while self._open:
            found = self._open.pop()
            self._close(found)
            if found.tag == tag:
                break

    def _close(self, found: _Open) -> None:
        self._invisible -= found.invisible
        self._silent -= found.tag in _SILENT
        self._pre -= found.tag == "pre"
        if found.ellipsis and not self._invisible:
            self.write("…")
        if found.kind and found.start < self.length and not self._invisible:
            self.spans.append(Span(found.start, self.length, found.kind, found.target))
        if found.tag in _BLOCKS:
            self._new_block()

    def close(self) -> None:
        super().close()
        while self._open:
            self._close(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._silent or self._invisible:
            return
        # The cleaning happens here, so that the offsets of spans are into clean text.
        text = clean(data)
        if not self._pre:
            text = re.sub(r"[ \n]+", " ", text) if "\n" in text else text
        self.write(text)

    def _new_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.write("\n")

    def _new_block(self) -> None:
        if not self.length:
            return
        tail = "".join(self.parts[-3:])
        if tail.endswith("\n\n"):
            return
        self.write("\n" if tail.endswith("\n") else "\n\n")


def read_html(
    html: str, *, mentions: Mapping[str, str] | None = None, emoji: Mapping[str, str] | None = None
) -> tuple[str, tuple[Span, ...]]:
    """The text of a status and its spans in order; `mentions` maps addresses to handles, `emoji` shortcodes to images."""
    reader = _Reader(mentions or {})
    reader.feed(html)
    reader.close()
    text, spans = _trim("".join(reader.parts), reader.spans)
    spans = [_settle(span, text) for span in spans]
    for match in _SHORTCODE.finditer(text):
        if emoji and match.group(1) in emoji:
            spans.append(Span(match.start(), match.end(), "emoji", emoji[match.group(1)]))
    return text, tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def _settle(span: Span, text: str) -> Span:
    """A hashtag's and an unknown mention's target is what it says."""
    if span.kind == "hashtag":
        return Span(span.start, span.end, "hashtag", clean_line(text[span.start : span.end]).removeprefix("#"))
    if span.kind == "mention" and not span.target:
        return Span(span.start, span.end, "mention", clean_line(text[span.start : span.end]).removeprefix("@"))
    return Span(span.start, span.end, span.kind, clean_line(span.target))


def _trim(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Without blank lines at the ends and more than one between, the spans moved along."""
    cuts: list[tuple[int, int]] = [(match.start() + 2, match.end()) for match in _NEWLINES.finditer(text)]
    lead = len(text) - len(text.lstrip())
    end = len(text.rstrip())

    def moved(at: int) -> int:
        at = min(at, end)
        return max(at - sum(min(at, stop) - start for start, stop in cuts if start < at) - lead, 0)

    out = []
    at = 0
    for start, stop in cuts:
        out.append(text[at:start])
        at = stop
    out.append(text[at:])
    kept = [Span(moved(span.start), moved(span.end), span.kind, span.target) for span in spans]
    return "".join(out).strip(), [span for span in kept if span.start < span.end]

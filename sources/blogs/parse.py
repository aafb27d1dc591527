"""Parses feeds of every format within limits. RSS and Atom are read by feedparser, which is imported at the first one.

feedparser reads the feeds of real sites: wrong encodings, broken XML, old RSS. Its sanitising is off, because nothing
is rendered as HTML: sources/html.py converts it to text.
"""

import re
from calendar import timegm
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from ...models.text import clean_line
from ..entities import joined_address, language_of, web_address
from ..html import read_html
from .comments import comment_addresses, copies_in
from .feed_bytes import ROOT, as_utf8, is_well_formed, is_wide, without_doctype
from .jsonfeed import parse_json_feed
from .parsed import MAX_ENTRIES, NotAFeed, ParsedEntry, ParsedFeed

MAX_BYTES = 10_000_000
"""The largest of two hundred real feeds has 3 MB."""
_MOST_TAGS = 300_000
_SLOW_BYTES = 3_000_000
_SLOW_TAGS = 100_000
"""Limits for broken XML, which takes ten times as long."""
_HEAD = 4_000
_SKIPPED = re.compile(rb"<skip(hours|days)>(.*?)</skip\1>", re.IGNORECASE | re.DOTALL)
_SKIPPED_ONE = re.compile(rb"<(?:hour|day)>\s*(\w+)\s*</", re.IGNORECASE)
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_MOST_TAGS_SHOWN = 20
_MOST_MEDIA = 10
_LONGEST_NAME = 500
_EARLIEST_YEAR = 1980
"""Servers send earlier times for "unknown"."""


def looks_like_feed(body: bytes) -> bool:
    """Whether a body may be a feed, from its beginning."""
    head = body[:_HEAD].lstrip()
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in head
    if is_wide(body):
        head = as_utf8(body[:_HEAD])
    found = ROOT.search(head)
    return found is not None and b"opml" not in found.group().lower() and b"<html" not in head[: found.start()].lower()


def parse_feed(body: bytes, address: str, content_type: str = "") -> ParsedFeed:
    """Parse a feed. Slow: call it in a thread. Raises NotAFeed if it is not a feed, or exceeds the limits."""
    if body.lstrip()[:1] == b"{":
        return parse_json_feed(body, address)
    if not looks_like_feed(body):
        raise NotAFeed("sent something that is not a feed")
    body = without_doctype(as_utf8(body) if is_wide(body) else body)
    if len(body) > MAX_BYTES or body.count(b"<") > _MOST_TAGS:
        raise NotAFeed("sent a feed that is too large")
    return _feed(_parsed(body, content_type), body, address)


@cache
def _feedparser() -> Any:
    """feedparser, with a limit for the names of authors.

    Its pattern for mail addresses takes time quadratic in their length, and holds the GIL meanwhile.
    """
    import feedparser
    from feedparser.mixin import _FeedParserMixin

    sync = _FeedParserMixin._sync_author_detail

    def bounded(self: Any, key: str = "author") -> None:
        context = self._get_context()
        if isinstance(context.get(key), str):
            context[key] = context[key][:_LONGEST_NAME]
        sync(self, key)

    _FeedParserMixin._sync_author_detail = bounded
    return feedparser


def _parsed(body: bytes, content_type: str) -> Any:
    feedparser = _feedparser()
    if (len(body) > _SLOW_BYTES or body.count(b"<") > _SLOW_TAGS) and not is_well_formed(body):
        raise NotAFeed("sent a feed that is too large and is broken")
    headers = {"content-type": content_type} if content_type else {}
    try:
        # From a stream, because feedparser could interpret a text as an address, and would open it.
        found = feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except RecursionError:
        raise NotAFeed("sent a feed that is nested too deeply") from None
    except Exception as error:
        # feedparser raises exceptions of every kind for hostile input.
        raise NotAFeed(f"sent a feed that cannot be read ({type(error).__name__})") from None
    if not found.get("version") and not found.get("entries"):
        raise NotAFeed("sent something that is not a feed")
    return found


def _feed(found: Any, body: bytes, address: str) -> ParsedFeed:
    feed: Mapping[str, Any] = found.feed
    skipped = _skipped(body)
    page = joined_address(address, _text(feed, "link"))
    return ParsedFeed(
        title=_line(feed, "title"),
        page=web_address(page),
        about=_line(feed, "subtitle")[:500],
        author=_author(feed),
        links=tuple(_author_links(feed)),
        entries=tuple(_entry(each, page or address, _text(feed, "language")) for each in found.entries[:MAX_ENTRIES]),
        ttl=_ttl(feed),
        skip_hours=frozenset(int(each) % 24 for each in skipped.get(b"hours", ()) if each.isdigit()),
        skip_days=frozenset(
            _DAYS.index(each[:3].lower()) for each in skipped.get(b"days", ()) if each[:3].lower() in _DAYS
        ),
        blogrolls=tuple(filter(None, (web_address(joined_address(address, _text(feed, "source_blogroll"))),))),
    )


def _entry(entry: Mapping[str, Any], base: str, lang: str) -> ParsedEntry:
    url = web_address(joined_address(base, _text(entry, "link")))
    html, own_base, own_lang = _content(entry)
    links = [(_text(each, "rel"), _text(each, "type"), _text(each, "href")) for each in _parts(entry, "links")]
    published, updated = _time(entry, "published_parsed"), _time(entry, "updated_parsed")
    return ParsedEntry(
        id=_text(entry, "id") or url or f"{_line(entry, 'title')} {published or ''}",
        url=url,
        title=_line(entry, "title"),
        html=html,
        base=joined_address(url or base, own_base) or base,
        published=published or updated or _time(entry, "created_parsed"),
        updated=updated,
        author=_author(entry),
        enclosures=tuple(_enclosures(entry, url or base)),
        tags=tuple(clean_line(_text(tag, "term")) for tag in _parts(entry, "tags")[:_MOST_TAGS_SHOWN]),
        lang=language_of(own_lang or lang),
        replies=_first_count(entry, "slash_comments", "thr_total"),
        comments=tuple(
            web_address(joined_address(base, each))
            for each in comment_addresses(_text(entry, "id"), _text(entry, "wfw_commentrss"), links)
        ),
        same_as=copies_in(html, [href for rel, _, href in links if rel == "syndication"]),
        author_page=web_address(_text(_part(entry, "author_detail"), "href")),
        answers=_text(_part(entry, "thr_in-reply-to"), "ref"),
    )


def _content(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """The longest text of an entry as HTML, its base and its language."""
    parts = [*_parts(entry, "content"), _part(entry, "summary_detail")]
    found = ("", "", "")
    for part in parts:
        value, kind = str(part.get("value") or ""), str(part.get("type") or "")
        if len(value) > len(found[0]) and ("html" in kind or "text" in kind or not kind):
            if kind == "text/plain":
                value = _paragraphs(value)
            found = (value, str(part.get("base") or ""), str(part.get("language") or ""))
    if not found[0] and (summary := _text(entry, "summary")):
        found = (_paragraphs(summary), "", "")
    return found


def _paragraphs(text: str) -> str:
    from html import escape

    return "".join(f"<p>{escape(each)}</p>" for each in text.split("\n\n")).replace("\n", "<br>")


def _enclosures(entry: Mapping[str, Any], base: str) -> list[tuple[str, str, str]]:
    links = [each for each in _parts(entry, "links") if each.get("rel") == "enclosure"]
    found = [(_text(each, "type"), _text(each, "href"), "") for each in links]
    for each in _parts(entry, "media_content"):
        kind = _text(each, "type") or f"{_text(each, 'medium')}/"
        found.append((kind, _text(each, "url"), ""))
    return [
        (kind, whole, alt)
        for kind, address, alt in found[:_MOST_MEDIA]
        if (whole := web_address(joined_address(base, address))) and "/" in kind
    ]


def _author(values: Mapping[str, Any]) -> str:
    """The name of an author, without the mail address that some feeds add."""
    detail = values.get("author_detail")
    name = _line(detail, "name") if isinstance(detail, Mapping) else ""
    return name or _line(values, "author")


def _author_links(feed: Mapping[str, Any]) -> list[str]:
    found = [_text(each, "href") for each in _parts(feed, "authors")]
    found += [_text(each, "href") for each in _parts(feed, "links") if each.get("rel") == "me"]
    account = _text(feed, "source_account")
    return [each for each in dict.fromkeys([*map(web_address, found), account]) if each]


def _skipped(body: bytes) -> dict[bytes, list[bytes]]:
    # feedparser keeps only the last hour.
    head = body[: body.find(b"<item") if b"<item" in body else _HEAD]
    return {kind.lower(): _SKIPPED_ONE.findall(inner) for kind, inner in _SKIPPED.findall(head)}


def _ttl(feed: Mapping[str, Any]) -> int:
    minutes = _count(feed, "ttl") or 0
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower(), 0)
    often = _count(feed, "sy_updatefrequency") or 1
    return max(60 * minutes, period // max(often, 1))


def _count(values: Mapping[str, Any], name: str) -> int | None:
    text = _text(values, name).strip()
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _first_count(values: Mapping[str, Any], *names: str) -> int | None:
    counts = (_count(values, name) for name in names)
    return next((each for each in counts if each is not None), None)


def _time(entry: Mapping[str, Any], name: str) -> datetime | None:
    # feedparser's own lookup would return the time of publication for an unknown update.
    value = dict(entry).get(name)
    with suppress(TypeError, ValueError, OverflowError, OSError):
        if value and value[0] >= _EARLIEST_YEAR:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=timegm(value))
    return None


def _parts(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The elements of a repeated field.

    An unknown element can have the name of a field, such as `<links title>`. feedparser then stores another type there,
    and its own lookups fail on it.
    """
    found = None
    if isinstance(values, dict):
        found = dict.get(values, name)
    if not isinstance(found, list):
        return []
    return [each for each in found if isinstance(each, Mapping)]


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _line(values: Mapping[str, Any], name: str) -> str:
    """A text on one line, without markup."""
    text = _text(values, name)[:2_000]
    detail = values.get(f"{name}_detail")
    is_html = isinstance(detail, Mapping) and "html" in str(detail.get("type"))
    if (is_html and ("&" in text or "<" in text)) or ("<" in text and ">" in text):
        text = read_html(text)[0]
    return clean_line(text)

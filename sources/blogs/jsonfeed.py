"""Reads JSON Feed. https://www.jsonfeed.org/version/1.1/"""

from collections.abc import Mapping
from html import escape
from typing import Any

from ...models.text import clean_line
from ..decode import NotJson, decode_now
from ..entities import Entity, joined_address, language_of, part_of, parts_of, raw_of, strings_of, text_of, time_of
from .parsed import MAX_ENTRIES, NotAFeed, ParsedEntry, ParsedFeed


def parse_json_feed(body: bytes, address: str) -> ParsedFeed:
    """Parse a JSON Feed of version 1 or 1.1. Raises NotAFeed."""
    try:
        value: Any = decode_now(body)
    except (NotJson, UnicodeDecodeError):
        raise NotAFeed("sent JSON that cannot be read") from None
    if not isinstance(value, Mapping) or "jsonfeed.org/version" not in text_of(value, "version"):
        raise NotAFeed("sent JSON that is not a JSON Feed")
    page = joined_address(address, text_of(value, "home_page_url"))
    authors = _authors(value)
    return ParsedFeed(
        title=text_of(value, "title"),
        page=page,
        about=text_of(value, "description"),
        author=", ".join(name for name, _ in authors if name),
        links=tuple(link for _, link in authors if link),
        entries=tuple(_entry(each, page or address, text_of(value, "language")) for each in _items(value)),
    )


def _items(value: Entity) -> list[Entity]:
    return [each for each in parts_of(value, "items") if text_of(each, "id") or text_of(each, "url")][:MAX_ENTRIES]


def _entry(item: Entity, base: str, lang: str) -> ParsedEntry:
    html = raw_of(item, "content_html")
    if not html:
        text = raw_of(item, "content_text") or raw_of(item, "summary")
        html = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n")).replace("\n", "<br>")
    url = joined_address(base, text_of(item, "url") or text_of(item, "external_url"))
    enclosures = [
        (text_of(each, "mime_type"), joined_address(base, text_of(each, "url")), text_of(each, "title"))
        for each in parts_of(item, "attachments")
    ]
    image = text_of(item, "image") or text_of(item, "banner_image")
    if image and image not in html:
        enclosures.insert(0, ("image/", joined_address(base, image), ""))
    return ParsedEntry(
        id=text_of(item, "id") or url,
        url=url,
        title=text_of(item, "title"),
        html=html,
        base=url or base,
        published=time_of(item, "date_published") or time_of(item, "date_modified"),
        updated=time_of(item, "date_modified"),
        author=", ".join(name for name, _ in _authors(item) if name),
        enclosures=tuple(enclosures),
        tags=tuple(strings_of(item, "tags")),
        lang=language_of(text_of(item, "language") or lang),
    )


def _authors(value: Entity) -> list[tuple[str, str]]:
    """(name, address) of each author; version 1 has one, 1.1 a list."""
    found = parts_of(value, "authors")
    if not found and (one := part_of(value, "author")) is not None:
        found = [one]
    return [(clean_line(text_of(each, "name")), text_of(each, "url")) for each in found]

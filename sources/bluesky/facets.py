"""Converts a post's text and its facets (links, mentions and hashtags, located by UTF-8 bytes).

https://docs.bsky.app/docs/advanced-guides/post-richtext. Clients write facets, so any of them may be wrong.
"""

import re
from collections.abc import Iterator

from ...models.post import Span, SpanKind
from ...models.text import clean
from ..entities import Entity, address_of, part_of, parts_of, raw_of, text_of
from ..html import CUT

_MOST = 100
_LONGEST = 50_000
"""The maximum number of letters of a text that are read. Servers accept 300."""
_HANDLE = re.compile(r"@([\w-]+(?:\.[\w-]+)+)")
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")


def rich_text(record: Entity) -> tuple[str, tuple[Span, ...]]:
    """The clean text of a post record, and its spans in characters, ordered and without overlaps."""
    raw = raw_of(record, "text")
    is_cut = len(raw) > _LONGEST
    raw = raw[:_LONGEST]
    text = clean(raw).rstrip()
    data = raw.encode("utf-8", "surrogatepass")
    spans: list[Span] = []
    free_from = 0
    for start, end, kind, target in sorted(_facets(record)):
        first, last = _character(data, start), _character(data, end)
        # Skip a facet that overlaps another, or that ends inside a character because a client counted characters.
        if start < free_from or first is None or last is None:
            continue
        free_from = end
        # Cleaning removes characters before a facet, which moves it.
        first, last = (min(len(clean(raw[:place])), len(text)) for place in (first, last))
        if first < last:
            spans.append(Span(first, last, kind, target or text[first:last].removeprefix("@")))
    if is_cut:
        text += CUT
    return text, tuple(spans)


def _facets(record: Entity) -> Iterator[tuple[int, int, SpanKind, str]]:
    """Yield each facet's byte range, kind and target. A mention's target is "": its handle is in the text."""
    for facet in parts_of(record, "facets")[:_MOST]:
        index = part_of(facet, "index") or {}
        start, end = index.get("byteStart"), index.get("byteEnd")
        if type(start) is not int or type(end) is not int or not 0 <= start < end:
            continue
        for feature in parts_of(facet, "features"):
            kind, target = _feature(feature)
            if kind is not None:
                yield start, end, kind, target
                break


def _feature(feature: Entity) -> tuple[SpanKind | None, str]:
    match text_of(feature, "$type").rpartition("#")[2]:
        case "link" if address_of(feature, "uri"):
            return "link", address_of(feature, "uri")
        case "tag" if text_of(feature, "tag"):
            return "hashtag", text_of(feature, "tag").removeprefix("#")
        case "mention" if is_did(text_of(feature, "did")):
            return "mention", ""
    # The text of an unknown feature stays plain.
    return None, ""


def _character(data: bytes, place: int) -> int | None:
    """The index of the character that starts at a byte; None inside a character and beyond the end."""
    if place > len(data) or (place < len(data) and data[place] & 0xC0 == 0x80):
        return None
    return len(data[:place].decode("utf-8", "surrogatepass"))


def mentioned(record: Entity) -> dict[str, str]:
    """Map the DIDs that a post record mentions to their handles in the text; "" if the text has no handle."""
    data = raw_of(record, "text")[:_LONGEST].encode("utf-8", "surrogatepass")
    found: dict[str, str] = {}
    for facet in parts_of(record, "facets")[:_MOST]:
        index = part_of(facet, "index") or {}
        start, end = index.get("byteStart"), index.get("byteEnd")
        if type(start) is int and type(end) is int:
            words = data[start:end].decode("utf-8", "ignore")
        else:
            words = ""
        for feature in parts_of(facet, "features"):
            did = text_of(feature, "did")
            if text_of(feature, "$type").endswith("#mention") and is_did(did):
                handle = _HANDLE.fullmatch(words.strip())
                found.setdefault(did, handle.group(1).lower() if handle else "")
    return found


def is_did(text: str) -> bool:
    """Whether a text is a DID (https://atproto.com/specs/did)."""
    return _DID.fullmatch(text) is not None

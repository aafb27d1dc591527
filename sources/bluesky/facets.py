"""A post's text and its facets: what is a link, a mention or a hashtag, said in bytes of UTF-8.

https://docs.bsky.app/docs/advanced-guides/post-richtext; facets are written by clients, and any of them may be wrong.
"""

import re
from collections.abc import Iterator

from ...models.post import Span, SpanKind
from ...models.text import clean
from ..entities import Entity, address_of, part_of, parts_of, raw_of, text_of

_MOST = 100
_HANDLE = re.compile(r"@([\w-]+(?:\.[\w-]+)+)")
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")


def rich_text(record: Entity) -> tuple[str, tuple[Span, ...]]:
    """The clean text of a post record, and its spans in characters of that text, in order and apart."""
    raw = raw_of(record, "text")
    text = clean(raw).rstrip()
    data = raw.encode("utf-8", "surrogatepass")
    spans: list[Span] = []
    free_from = 0
    for start, end, kind, target in sorted(_facets(record)):
        first, last = _character(data, start), _character(data, end)
        # A client that counts characters for bytes, or lets two facets overlap, must not paint over other words.
        if start < free_from or first is None or last is None:
            continue
        free_from = end
        # What cleaning takes out of the words before a facet moves the facet.
        first, last = (min(len(clean(raw[:place])), len(text)) for place in (first, last))
        if first < last:
            spans.append(Span(first, last, kind, target or text[first:last].removeprefix("@")))
    return text, tuple(spans)


def _facets(record: Entity) -> Iterator[tuple[int, int, SpanKind, str]]:
    """Each facet's bytes, its kind, and its target; "" where a mention's handle is to be read from the text."""
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
    # What a feature of another kind means is not known; its words stay as they are.
    return None, ""


def _character(data: bytes, place: int) -> int | None:
    """Which character begins at a byte; None inside of one and beyond the end."""
    if place > len(data) or (place < len(data) and data[place] & 0xC0 == 0x80):
        return None
    return len(data[:place].decode("utf-8", "surrogatepass"))


def mentioned(record: Entity) -> dict[str, str]:
    """Whom a post record mentions: the handle as it is written there, by DID; "" where no handle stands there."""
    data = raw_of(record, "text").encode("utf-8", "surrogatepass")
    found: dict[str, str] = {}
    for facet in parts_of(record, "facets")[:_MOST]:
        index = part_of(facet, "index") or {}
        start, end = index.get("byteStart"), index.get("byteEnd")
        words = data[start:end].decode("utf-8", "ignore") if type(start) is int and type(end) is int else ""
        for feature in parts_of(facet, "features"):
            did = text_of(feature, "did")
            if text_of(feature, "$type").endswith("#mention") and is_did(did):
                handle = _HANDLE.fullmatch(words.strip())
                found.setdefault(did, handle.group(1).lower() if handle else "")
    return found


def is_did(text: str) -> bool:
    """Whether this is a decentralised identifier as every account has one (https://atproto.com/specs/did)."""
    return _DID.fullmatch(text) is not None

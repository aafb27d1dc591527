"""Converts the text of a post and its entities (links, mentions, hashtags) to clean text with spans.

https://docs.x.com/x-api/fundamentals/data-dictionary. The text is HTML-escaped, and whether the positions of entities
count escaped or plain characters differs, so each entity is found by its words, in order.
"""

from html import unescape

import msgspec

from ...models.post import Card, Span, SpanKind
from ...models.text import clean, clean_line
from ..entities import Entity, address_of, part_of, parts_of, raw_of, text_of

_MOST = 100


class Mention(msgspec.Struct, frozen=True):
    """A person that a post mentions; `id` is "" if the entity has none."""

    id: str
    handle: str


class Text(msgspec.Struct, frozen=True):
    """The text of a post with the data of its entities."""

    text: str
    spans: tuple[Span, ...] = ()
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    card: Card | None = None


class _Piece(msgspec.Struct, frozen=True):
    start: int
    word: str
    kind: SpanKind
    shown: str
    target: str


def text_of_post(post: Entity, hidden: frozenset[str] = frozenset()) -> Text:
    """The whole text of a post, also of a long one. Links to media and to the posts in `hidden` (ids) are left out."""
    long = part_of(post, "note_tweet") or part_of(post, "note_post") or {}
    source = long if raw_of(long, "text") else post
    entities = part_of(source, "entities") or {}
    raw = unescape(raw_of(source, "text"))
    pieces = sorted(_pieces(entities, hidden), key=lambda piece: piece.start)[:_MOST]
    text, spans = _assembled(raw, pieces)
    tags = [text_of(each, "tag").removeprefix("#") for each in parts_of(entities, "hashtags")]
    return Text(
        text,
        spans,
        tuple(dict.fromkeys(each.target for each in pieces if each.kind == "link" and each.shown)),
        tuple(dict.fromkeys(each for each in tags if each)),
        mentions_in(source),
        _card(entities),
    )


def mentions_in(post: Entity) -> tuple[Mention, ...]:
    """The people that a post mentions, in order."""
    found = parts_of(part_of(post, "entities") or {}, "mentions")[:_MOST]
    people = [Mention(text_of(each, "id"), text_of(each, "username").casefold()) for each in found]
    return tuple(each for each in dict.fromkeys(people) if each.handle)


def _pieces(entities: Entity, hidden: frozenset[str]) -> list[_Piece]:
    pieces = []
    for each in parts_of(entities, "urls")[:_MOST]:
        word, target = raw_of(each, "url"), address_of(each, "expanded_url")
        if not word:
            continue
        left_out = bool(text_of(each, "media_key")) or post_id_in(target) in hidden
        shown = clean_line(raw_of(each, "display_url")) or target
        pieces.append(_Piece(_start(each), word, "link", "" if left_out else shown, target or word))
    for each in parts_of(entities, "mentions")[:_MOST]:
        handle = text_of(each, "username")
        if handle:
            pieces.append(_Piece(_start(each), f"@{handle}", "mention", "@", handle.casefold()))
    for each in parts_of(entities, "hashtags")[:_MOST]:
        tag = text_of(each, "tag").removeprefix("#")
        if tag:
            pieces.append(_Piece(_start(each), f"#{tag}", "hashtag", "#", tag))
    return pieces


def _start(entity: Entity) -> int:
    start = entity.get("start")
    return start if type(start) is int else 0


def _assembled(raw: str, pieces: list[_Piece]) -> tuple[str, tuple[Span, ...]]:
    """The text with links by their names, and its spans. A piece whose word is not in the text is left out."""
    folded = raw.casefold()
    if len(folded) != len(raw):
        # A letter has become two, so positions would differ.
        folded = raw
    parts: list[str] = []
    spans: list[Span] = []
    length = done = 0
    for piece in pieces:
        at = folded.find(piece.word.casefold(), done)
        if at < 0:
            continue
        before = clean(raw[done:at])
        done = at + len(piece.word)
        shown = piece.shown
        if piece.kind != "link":
            shown = clean_line(raw[at:done])
        parts += (before, shown)
        length += len(before)
        if shown:
            spans.append(Span(length, length + len(shown), piece.kind, piece.target))
        length += len(shown)
    parts.append(clean(raw[done:]))
    text = "".join(parts)
    if clean(text) != text:
        # Characters of two parts were combined, which moves everything after them.
        return clean(text).strip(), ()
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    moved = (Span(each.start - lead, min(each.end - lead, len(text)), each.kind, each.target) for each in spans)
    return text, tuple(each for each in moved if 0 <= each.start < each.end)


def _card(entities: Entity) -> Card | None:
    for each in parts_of(entities, "urls")[:_MOST]:
        address, title = address_of(each, "unwound_url") or address_of(each, "expanded_url"), text_of(each, "title")
        if address and title:
            return Card(address, title, text_of(each, "description"))
    return None


def post_id_in(address: str) -> str:
    """The id of the post at an address on X; "" for any other address."""
    return _status_parts(address)[1]


def handle_in_post(address: str) -> str:
    """The handle in the address of a post on X; "" for any other address."""
    return _status_parts(address)[0]


def _status_parts(address: str) -> tuple[str, str]:
    """The handle and the id in an address such as https://x.com/ada/status/1."""
    scheme, _, rest = address.partition("://")
    parts = rest.split("?")[0].split("#")[0].split("/")
    host = parts[0].casefold().removeprefix("www.").removeprefix("mobile.")
    if scheme != "https" or host not in ("x.com", "twitter.com") or len(parts) < 4 or parts[2] != "status":
        return "", ""
    if not parts[3].isdecimal():
        return "", ""
    return parts[1].casefold(), parts[3]

"""Parses the embeds of a post: pictures, videos, link cards and quoted records.

https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky/embed: each kind exists as a view (with URLs) and
as the embed of a record (with blobs only). An unknown kind of embed is shown by its name, never dropped.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from ...models.post import Card, Media, MediaKind, Quote
from ...models.text import clean
from ..entities import Entity, address_of, part_of, parts_of, raw_of, text_of
from .facets import rich_text
from .people import handle_of, web_address_of

_GIF_HOSTS = ("media.tenor.com", "i.giphy.com", "media.giphy.com", "static.klipy.com", "t.gifs.bsky.app")
_DEPTH = 3
_MOST_MEDIA = 40
_LONGEST_ALT = 20_000
# Placeholders for quoted posts that are not shown (app.bsky.embed.record#view*).
_UNSEEN = {
    "viewNotFound": "a quoted post that was deleted",
    "viewBlocked": "a quoted post by somebody you block, or who blocks you",
    "viewDetached": "a quoted post whose author removed it from this one",
}
# Records other than posts that a post can embed, and the field with their name.
_RECORDS = {
    "generatorView": ("a feed", "displayName"),
    "listView": ("a list", "name"),
    "labelerView": ("a labeler", ""),
    "starterPackViewBasic": ("a starter pack", "name"),
    "starterPackView": ("a starter pack", "name"),
}
_COLLECTIONS = {
    "app.bsky.feed.post": "a quoted post",
    "app.bsky.feed.generator": "a feed",
    "app.bsky.graph.list": "a list",
    "app.bsky.labeler.service": "a labeler",
    "app.bsky.graph.starterpack": "a starter pack",
}


class EmbedContent(msgspec.Struct, frozen=True):
    """The parsed embed of a post."""

    media: tuple[Media, ...] = ()
    card: Card | None = None
    quote: Quote | None = None


def embed_of(embed: Entity | None, depth: int = 0) -> EmbedContent:
    """Parse an embed, either a view or part of a record."""
    if embed is None:
        return EmbedContent()
    name = text_of(embed, "$type")
    # A view such as "app.bsky.embed.images#view" has almost the same fields as the embed in the record.
    match name.partition("#")[0]:
        case "app.bsky.embed.images":
            return EmbedContent(tuple(_image(each) for each in parts_of(embed, "images", _MOST_MEDIA)))
        case "app.bsky.embed.gallery":
            return EmbedContent(tuple(_gallery_item(each) for each in parts_of(embed, "items", _MOST_MEDIA)))
        case "app.bsky.embed.video":
            if text_of(embed, "presentation") == "gif":
                kind: MediaKind = "gifv"
            else:
                kind = "video"
            preview = address_of(embed, "thumbnail")
            return EmbedContent((Media(kind, _alt(embed), address_of(embed, "playlist"), preview),))
        case "app.bsky.embed.external" if (external := part_of(embed, "external")) is not None:
            return _external(external)
        case "app.bsky.embed.record" if (record := part_of(embed, "record")) is not None:
            return EmbedContent(quote=_quote(record, depth))
        case "app.bsky.embed.recordWithMedia":
            quoting, beside = part_of(embed, "record"), embed_of(part_of(embed, "media"), depth)
            record = part_of(quoting, "record") if quoting else None
            if record:
                return replace(beside, quote=_quote(record, depth))
            return beside
    return EmbedContent((unknown(name or "an embed without a name"),))


def unknown(name: str) -> Media:
    """A placeholder for an unknown kind of embed, with its name."""
    return Media("unknown", f"[{name[:120]}]")


def _alt(entity: Entity) -> str:
    return clean(raw_of(entity, "alt")[:_LONGEST_ALT]).strip()


def _image(image: Entity) -> Media:
    address = address_of(image, "fullsize") or address_of(image, "thumb") or address_of(image, "thumbnail")
    return Media("image", _alt(image), address, address_of(image, "thumb") or address_of(image, "thumbnail"))


def _gallery_item(item: Entity) -> Media:
    name = text_of(item, "$type")
    known = name.rpartition("#")[2] in ("viewImage", "image") or not name
    if known:
        return _image(item)
    return replace(unknown(name), alt=_alt(item) or f"[{name[:120]}]")


def _external(external: Entity) -> EmbedContent:
    """Parse a link card. Clients send a GIF as a card that links to a GIF service, so that becomes an animation."""
    url, description = address_of(external, "uri"), text_of(external, "description")
    title = text_of(external, "title")
    if not url:
        name = "a link that cannot be opened"
        if title:
            name = f"{name}: {title}"
        return EmbedContent((unknown(name),))
    parts = urlsplit(url)
    if parts.hostname in _GIF_HOSTS or parts.path.lower().endswith(".gif"):
        if description[:4].lower() == "alt:":
            alt = description[4:].strip()
        else:
            alt = description or title
        return EmbedContent((Media("gifv", alt, url),))
    return EmbedContent(card=Card(url, title, description))


def _quote(record: Entity, depth: int) -> Quote:
    """Parse the `record` of an embed: a view of a post or another record, a placeholder, or only a URI."""
    name, uri = text_of(record, "$type"), text_of(record, "uri")
    kind = name.rpartition("#")[2]
    if kind in _UNSEEN and name.startswith("app.bsky.embed.record#"):
        return Quote("", _UNSEEN[kind])
    author = part_of(record, "author") or part_of(record, "creator") or {}
    handle, url = handle_of(author), web_address_of(uri, handle_of(author))
    value = part_of(record, "value")
    if value is not None and author:
        return Quote(handle, _quoted_text(record, value, depth), url)
    if kind in _RECORDS:
        what, key = _RECORDS[kind]
        title = text_of(record, key) or text_of(part_of(record, "record") or {}, "name")
        about = clean(raw_of(record, "description") or raw_of(part_of(record, "record") or {}, "description")).strip()
        if title:
            what = f"{what}: {title}"
        return Quote(handle, f"{what}\n{about}".strip(), url)
    if name:
        return Quote(handle, f"[{name[:120]}]", url)
    what = _COLLECTIONS.get(uri.removeprefix("at://").partition("/")[2].partition("/")[0], "a quoted record")
    return Quote("", f"{what}; only its address is known", url)


def _quoted_text(record: Entity, value: Entity, depth: int) -> str:
    """The text of a quoted post, and a description of its own embeds."""
    name = text_of(value, "$type")
    text = rich_text(value)[0] or ("" if name in ("", "app.bsky.feed.post") else f"[{name[:120]}]")
    if depth >= _DEPTH:
        return text
    embeds = parts_of(record, "embeds") or [found for found in (part_of(value, "embed"),) if found is not None]
    lines = [text, *_descriptions(embed_of(each, depth + 1) for each in embeds[:4])]
    return "\n".join(line for line in lines if line)


def _descriptions(contents: Iterable[EmbedContent]) -> Iterable[str]:
    for each in contents:
        for medium in each.media:
            word = {"unknown": "", "gifv": "GIF"}.get(medium.kind, medium.kind)
            alt = " ".join(medium.alt.split())
            if not word:
                yield alt
            elif alt:
                yield f"[{word}: {alt}]"
            else:
                yield f"[{word}]"
        if each.card is not None:
            yield f"[link: {each.card.title or each.card.url}]"
        if each.quote is not None and each.quote.handle:
            yield f"[quotes @{each.quote.handle}]"
        elif each.quote is not None:
            yield f"[{each.quote.text}]"

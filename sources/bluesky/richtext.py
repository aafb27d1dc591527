"""Creates the facets of a text: links, mentions and hashtags, located by UTF-8 bytes.

https://docs.bsky.app/docs/advanced-guides/post-richtext
"""

from collections.abc import Mapping
from typing import Any

from ...models.compose import Piece, links_in, pieces_in

_LONGEST_TAG = 64


def handles_in(text: str) -> list[str]:
    """The handles that a text mentions, each once, in lower case."""
    return list(dict.fromkeys(piece.target.lower() for piece in pieces_in(text) if _is_handle(piece)))


def facets_of(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of a text. `dids` maps handles to DIDs; a mention of any other handle stays plain text."""
    facets = []
    for piece in pieces_in(text):
        feature = _feature(piece, dids)
        if feature is not None:
            start = len(text[: piece.start].encode("utf-8", "surrogatepass"))
            size = len(text[piece.start : piece.end].encode("utf-8", "surrogatepass"))
            facets.append({"index": {"byteStart": start, "byteEnd": start + size}, "features": [feature]})
    return facets


def first_link(text: str) -> str:
    """The first link in a text; "" if there is none."""
    found = links_in(text)
    if found:
        return found[0].target
    return ""


def _feature(piece: Piece, dids: Mapping[str, str]) -> dict[str, str] | None:
    if piece.kind == "link":
        return {"$type": "app.bsky.richtext.facet#link", "uri": piece.target}
    if piece.kind == "hashtag" and len(piece.target) <= _LONGEST_TAG:
        return {"$type": "app.bsky.richtext.facet#tag", "tag": piece.target}
    if _is_handle(piece):
        did = dids.get(piece.target.lower(), "")
        if did:
            return {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return None


def _is_handle(piece: Piece) -> bool:
    return piece.kind == "mention" and "." in piece.target and "@" not in piece.target

"""Finds posts in any XRPC response or repository record, for `judge --from bluesky`."""

from collections.abc import Iterator, Mapping

from ...models.post import Post
from ..entities import Entity, part_of, text_of
from ..reading import DEPTH, InputShape, read_posts
from .parse import POST, post_of, thread_places, timeline_post_of
from .people import collection_of

# Descriptions of responses without posts, by a field that only they have.
_OTHERS = {
    "didDoc": "the identity document of an account",
    "verificationMethod": "the identity document of an account",
    "follows": "a list of follows",
    "followers": "a list of followers",
    "suggestions": "a list of suggested people",
    "actors": "a list of people",
    "profiles": "a list of people",
    "relationships": "a list of relationships",
    "feeds": "a list of feeds",
    "isOnline": "a feed",
    "lists": "a list of lists",
    "starterPacks": "a list of starter packs",
    "starterPack": "a starter pack",
    "labelers": "a list of labelers",
    "likes": "a list of likes",
    "repostedBy": "a list of people",
    "convos": "a list of conversations",
    "messages": "a conversation",
    "notifications": "a page of notifications without a post",
    "records": "a list of records without a post",
    "followersCount": "an account",
    "commit": "a receipt for a record that was written",
    "accessJwt": "a sign-in",
    "count": "a count",
    "cursor": "an empty page",
    "did": "an account",
}
# Placeholders for posts that are not shown.
_STUBS = {
    "notFound": "a post that was deleted",
    "blocked": "a post by somebody you block, or who blocks you",
}


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """Find all posts in a response. Also return one sentence for each unreadable item."""
    return read_posts(value, _SHAPE)


def _post_of(place: Entity) -> Post:
    if _is_item(place):
        return timeline_post_of(place)
    return post_of(place)


def _places(value: object, depth: int = 0) -> Iterator[Entity]:
    """Yield all posts: timeline and thread items, views, and bare records. Embedded posts do not count."""
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _places(each, depth + 1)
    elif isinstance(value, Mapping):
        if _is_item(value):
            above, below = thread_places(value)
            yield from (*above, value, *below)
        elif _is_post(value):
            yield value
        else:
            for each in value.values():
                if isinstance(each, Mapping | list):
                    yield from _places(each, depth + 1)


def _is_item(value: Entity) -> bool:
    return isinstance(value.get("post"), Mapping)


def _is_post(value: Entity) -> bool:
    """Whether this is a post view or a post record. The post of a notification counts; a like does not."""
    record = part_of(value, "record") or part_of(value, "value")
    if record is None:
        # A record without its URI.
        return text_of(value, "$type") == POST
    return POST in (text_of(record, "$type"), collection_of(text_of(value, "uri")))


def _other_of(entity: Entity) -> str | None:
    """Describe an object without posts, by its characteristic fields."""
    entity = part_of(entity, "thread") or entity
    for key, name in _STUBS.items():
        if entity.get(key) is True:
            return name
    record = part_of(entity, "value") or part_of(entity, "record") or entity
    if name := text_of(record, "$type"):
        return f"a record of the kind {name[:120]}"
    return next((name for key, name in _OTHERS.items() if key in entity), None)


_SHAPE = InputShape("post", _places, _post_of, _other_of)

"""Finds posts in pasted JSON of the API, for `judge --from x`."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...models.post import Post
from ..entities import Entity, part_of, parts_of, text_of
from ..reading import InputShape, read_posts
from .parse import includes_of, post_of

_OTHERS = {
    "username": "a user",
    "screen_name": "a user of the old API 1.1",
    "full_text": "a post of the old API 1.1",
    "id_str": "a post of the old API 1.1",
    "total_tweet_count": "a count",
    "option_count": "a poll",
}


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """Find all posts in a response. Also return one sentence for each unreadable item."""
    return read_posts(value, _SHAPE)


def _places(value: object) -> Iterator[Entity]:
    """Each post of a response together with the includes of the response."""
    if not isinstance(value, Mapping):
        return
    data = value.get("data")
    if data is None and _is_post(value):
        data = value
    for each in data if isinstance(data, list) else [data]:
        if isinstance(each, Mapping) and _is_post(each):
            yield {"post": each, "response": value}


def _is_post(entity: Entity) -> bool:
    return "text" in entity and "id" in entity and "id_str" not in entity


def _post_of(place: Mapping[str, Any]) -> Post:
    return post_of(place["post"], includes_of(place["response"]))


def _other_of(entity: Entity) -> str | None:
    found = [entity, *parts_of(entity, "data"), part_of(entity, "data") or {}, *parts_of(entity, "errors")]
    for each in found:
        name = next((name for key, name in _OTHERS.items() if key in each), None)
        if name is not None:
            return name
        if "title" in each and text_of(each, "detail"):
            return "an error of the server"
    return None


_SHAPE = InputShape("post", _places, _post_of, _other_of)

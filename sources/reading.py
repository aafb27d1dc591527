"""Finds posts in pasted JSON, for `judge --from`. Shared by all networks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import msgspec

from ..models.errors import RecordError
from ..models.post import Post
from ..models.text import clean_line
from .entities import Entity

DEPTH = 12
"""Maximum nesting depth at which posts are found."""


class InputShape(msgspec.Struct, frozen=True):
    """The functions that find posts in a network's responses.

    `noun` is the network's word for a post. `places` finds the entities that are posts, `post_of` parses one (it may
    raise RecordError), and `other_of` describes an object without posts, or returns None.
    """

    noun: str
    places: Callable[[object], Iterator[Entity]]
    post_of: Callable[[Entity], Post]
    other_of: Callable[[Entity], str | None]


def read_posts(value: object, shape: InputShape) -> tuple[list[Post], list[str]]:
    """Find all posts in a response, at any depth. Also return one sentence for each unreadable item.

    If the response contains no post at all, the sentence describes its content; an empty list has no sentence.
    """
    posts: dict[str, Post] = {}
    errors: list[str] = []
    others: Counter[str] = Counter()
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        found = False
        for place in shape.places(item):
            found = True
            try:
                post = shape.post_of(place)
            except RecordError as error:
                errors.append(f"{error}; it was skipped.")
            else:
                posts.setdefault(post.id, post)
        if found or _is_empty(item):
            continue
        name = _error_in(item) or (shape.other_of(item) if isinstance(item, Mapping) else None)
        if name is None:
            errors.append(f"Item {number} is {_kind_of(item)}, not a {shape.noun}.")
        else:
            others[name] += 1
    if not posts:
        for name, count in others.items():
            times = f" ({count} times)" if count > 1 else ""
            errors.append(f"There is no {shape.noun} in this: it is {name}{times}.")
    return list(posts.values()), errors


def _error_in(item: object) -> str | None:
    if not isinstance(item, Mapping) or not isinstance(item.get("error"), str):
        return None
    text = item["error"]
    message = item.get("message")
    if isinstance(message, str):
        text = f"{text}: {message}"
    return f"an error of the server, {clean_line(text)[:160]!r}"


def _is_empty(item: object) -> bool:
    """Whether an object is an empty page: it contains empty lists and nothing else."""
    if not isinstance(item, Mapping) or isinstance(item.get("error"), str):
        return False
    parts = [each for key, each in item.items() if key != "cursor"]
    return bool(parts) and all(isinstance(each, list) and not each for each in parts)


def _kind_of(item: object) -> str:
    if isinstance(item, bool):
        return "true or false"
    names = {dict: "an object of an unknown kind", list: "a list", str: "a text", type(None): "null"}
    return names.get(type(item), "a number")

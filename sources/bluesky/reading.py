"""Posts in any answer of the XRPC API, a repository's own records among them: what `judge --from bluesky` reads."""

from collections import Counter
from collections.abc import Iterator, Mapping

from ...models.errors import RecordError
from ...models.post import Post
from ...models.text import clean_line
from ..entities import Entity, part_of, text_of
from .parse import POST, post_of, thread_places, timeline_post_of
from .people import collection_of

_DEPTH = 12
# Answers that hold no post, by a field that only they have.
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
# What stands in the place of a post that is not shown.
_STUBS = {
    "notFound": "a post that was deleted",
    "blocked": "a post of somebody who blocks you, or whom you block",
}


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """All posts in an answer of the API, wherever in it they stand, and a sentence for what cannot be read.

    Where an answer holds no post at all the sentence says what it is instead; an empty list needs none.
    """
    posts: dict[str, Post] = {}
    troubles: list[str] = []
    others: Counter[str] = Counter()
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        found = False
        for place in _places(item, 0):
            found = True
            try:
                post = timeline_post_of(place) if _is_item(place) else post_of(place)
            except RecordError as error:
                troubles.append(f"{error}; it was left out.")
            else:
                posts.setdefault(post.id, post)
        if not found:
            name = _name_of(item)
            if name is None:
                troubles.append(f"Item {number} is {_kind_of(item)} and no post.")
            elif name:
                others[name] += 1
    if not posts:
        troubles += [
            f"There is no post in this: it is {name}{f' ({count} times)' if count > 1 else ''}."
            for name, count in others.items()
        ]
    return list(posts.values()), troubles


def _places(value: object, depth: int) -> Iterator[Entity]:
    """Everything that is a post: places in timelines and threads, views, bare records. What a post carries is none."""
    if depth > _DEPTH:
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
    """Whether this is a view of a post or a bare record of one; a notification's own post is one, a like is none."""
    record = part_of(value, "record") or part_of(value, "value")
    if record is None:
        # A record without the address under which its author keeps it.
        return text_of(value, "$type") == POST
    return POST in (text_of(record, "$type"), collection_of(text_of(value, "uri")))


def _name_of(item: object) -> str | None:
    """What an answer without a post is, by the fields that only it has; "" for a container that is merely empty."""
    if not isinstance(item, Mapping):
        return None
    if isinstance(item.get("error"), str):
        said = item.get("message")
        words = f"{item['error']}: {said}" if isinstance(said, str) else item["error"]
        return f"an error of the server, {clean_line(words)[:160]!r}"
    holds = [each for key, each in item.items() if key != "cursor"]
    if holds and all(isinstance(each, list) and not each for each in holds):
        return ""
    item = part_of(item, "thread") or item
    if stub := next((name for key, name in _STUBS.items() if item.get(key) is True), None):
        return stub
    record = part_of(item, "value") or part_of(item, "record") or item
    if name := text_of(record, "$type"):
        return f"a record of the kind {name[:120]}"
    return next((name for key, name in _OTHERS.items() if key in item), None)


def _kind_of(item: object) -> str:
    names = {dict: "an object of an unknown kind", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(item), "a list" if isinstance(item, list) else "a number")

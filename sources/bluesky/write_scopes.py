"""The permissions of actions (https://atproto.com/specs/permission): the records that they create and delete."""

from collections.abc import Collection

from ...models.capability import Capability

COLLECTIONS: dict[Capability, str] = {"like": "app.bsky.feed.like", "compose": "app.bsky.feed.post"}
"""The record collection of each action."""

_ACTIONS = "?action=create&action=delete"
_GATES = ("app.bsky.feed.threadgate", "app.bsky.feed.postgate")
WRITE_SCOPES = (
    *(f"repo:{collection}{_ACTIONS}" for collection in (*COLLECTIONS.values(), *_GATES)),
    "blob:image/*",
)
"""The scopes that a sign-in requests when the user enables writing."""


def may_write(granted: Collection[str]) -> bool:
    """Whether the scopes of a browser sign-in allow all actions."""
    if not {"transition:generic", "repo:*", "repo"}.isdisjoint(granted):
        return True
    return all(_allows(granted, collection) for collection in COLLECTIONS.values())


def _allows(granted: Collection[str], collection: str) -> bool:
    for scope in granted:
        name, _, query = scope.partition("?")
        named = name == f"repo:{collection}" or (name == "repo" and f"collection={collection}" in query.split("&"))
        actions = {part for part in query.split("&") if part.startswith("action=")}
        if named and (not actions or actions >= {"action=create", "action=delete"}):
            return True
    return False

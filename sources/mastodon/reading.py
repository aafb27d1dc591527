"""Finds statuses in pasted JSON of the client API, for `judge --from mastodon`."""

from collections.abc import Iterator, Mapping

from ...models.post import Post
from ..entities import Entity
from ..reading import DEPTH, InputShape, read_posts
from .parse import post_of

# Descriptions of responses without a status, by a field that only they have.
_OTHERS = {
    "acct": "an account",
    "followed_by": "a relationship",
    "params": "a status that is scheduled and not posted yet",
    "filter_action": "a filter",
    "phrase": "a filter",
    "keyword": "a keyword of a filter",
    "status_id": "a status of a filter, named only by its id",
    "for_not_following": "a policy for notifications",
    "merged": "a notice about notifications",
    "voters_count": "a poll",
    "content": "an older version of a status, without an id",
    "spoiler_text": "the source of a status, without its author",
    "notification_groups": "a page of notifications",
    "notifications_count": "a request to notify",
    "last_status": "a conversation",
    "type": "a notification without a status",
    "count": "a count",
}


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """Find all statuses in a response. Also return one sentence for each unreadable item."""
    return read_posts(value, _SHAPE)


def _statuses(value: object, depth: int = 0) -> Iterator[Entity]:
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _statuses(each, depth + 1)
    elif isinstance(value, Mapping):
        if _is_status(value):
            yield value
            return
        for each in value.values():
            if isinstance(each, Mapping | list):
                yield from _statuses(each, depth + 1)


def _is_status(entity: Entity) -> bool:
    # Announcements and older versions have `content` too, accounts have `uri`, and notifications have `account`.
    keys = entity.keys()
    return bool(keys & {"content", "reblog"}) and (bool(keys & {"uri", "visibility"}) or keys >= {"id", "account"})


def _other_of(entity: Entity) -> str | None:
    return next((name for key, name in _OTHERS.items() if key in entity), None)


_SHAPE = InputShape("status", _statuses, post_of, _other_of)

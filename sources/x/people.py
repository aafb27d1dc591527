"""Converts users of the API to people, and their follows to relationships."""

from html import unescape

from ...models.errors import RecordError
from ...models.person import Person
from ...models.text import clean, clean_line
from ...models.tie import Relationship
from ..entities import (
    Entity,
    address_of,
    count_of,
    part_of,
    parts_of,
    raw_of,
    text_of,
    time_of,
)
from .requests import SITE

NETWORK = "x"

_OFFICIAL = ("business", "government")

_BIO_LINKS = 20


def person_of(user: Entity) -> Person:
    """A user. Raises RecordError if the id or the handle is missing."""
    person_id, handle = text_of(user, "id"), text_of(user, "username").casefold()
    if not person_id or not handle:
        raise RecordError("A user without an id or a name")
    metrics = part_of(user, "public_metrics") or {}
    entities = part_of(user, "entities") or {}
    verified = text_of(user, "verified_type")
    return Person(
        person_id,
        handle,
        clean_line(unescape(raw_of(user, "name"))),
        _bio(user, entities),
        NETWORK,
        f"{SITE}/{handle}",
        address_of(user, "profile_image_url"),
        count_of(metrics, "followers_count"),
        count_of(metrics, "following_count"),
        either_count(metrics, "tweet_count", "post_count"),
        # A paid verification mark is no evidence about the person.
        verified in _OFFICIAL if verified else None,
        None,
        time_of(user, "created_at"),
        tuple(_addresses(part_of(entities, "url") or {})) or None,
    )


def relationship_of(user: Entity) -> Relationship | None:
    """The follows between the user and a person, if the response has them."""
    status = user.get("connection_status")
    if not isinstance(status, list):
        return None
    return Relationship(
        text_of(user, "id"),
        you_follow="following" in status,
        follows_you="followed_by" in status,
        blocking="blocking" in status,
        muting="muting" in status,
    )


def _bio(user: Entity, entities: Entity) -> str | None:
    text = user.get("description")
    if not isinstance(text, str):
        return None
    for each in parts_of(part_of(entities, "description") or {}, "urls")[:_BIO_LINKS]:
        word, target = raw_of(each, "url"), address_of(each, "expanded_url")
        if word and target:
            text = text.replace(word, target)
    return clean(unescape(text)).strip()


def _addresses(part: Entity) -> list[str]:
    return [address for each in parts_of(part, "urls")[:_BIO_LINKS] if (address := address_of(each, "expanded_url"))]


def either_count(metrics: Entity, old: str, new: str) -> int | None:
    found = count_of(metrics, old)
    if found is None:
        return count_of(metrics, new)
    return found

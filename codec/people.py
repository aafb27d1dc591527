"""People as records."""

from collections.abc import Mapping
from typing import Any

from ..models.person import KnownFollowers, Person
from ..models.text import clean, clean_line
from .fields import (
    Record,
    count_field,
    flag_field,
    get_field,
    optional_list,
    strings_field,
    text_field,
    time_field,
    write_time,
)


def person_from_record(record: Mapping[str, Any], network: str = "") -> Person:
    """A Person from the record's "author" or "reposter". The handle replaces a missing id."""
    handle = text_field(record, "handle").removeprefix("@")
    bio = get_field(record, "bio", str, "a string")
    if bio is not None:
        bio = clean(bio)
    name = get_field(record, "name", str, "a string")
    if name is not None:
        name = clean_line(name)
    return Person(
        id=text_field(record, "id") or handle,
        handle=handle,
        name=name,
        bio=bio,
        network=network,
        url=text_field(record, "url"),
        avatar=text_field(record, "avatar"),
        followers=count_field(record, "followers"),
        following=count_field(record, "following"),
        posts=count_field(record, "posts"),
        verified=flag_field(record, "verified"),
        bot=flag_field(record, "bot"),
        created_at=time_field(record, "created_at"),
        links=strings_field(record, "links"),
        counted_at=time_field(record, "counted_at"),
        known_followers=_known_followers(record),
    )


def person_to_record(person: Person) -> Record:
    """A Person as a record, without unknown fields."""
    record: Record = {
        "handle": person.handle,
        "id": person.id,
        "name": person.name,
        "bio": person.bio,
        "url": person.url or None,
        "avatar": person.avatar or None,
        "followers": person.followers,
        "following": person.following,
        "posts": person.posts,
        "verified": person.verified,
        "bot": person.bot,
        "created_at": write_time(person.created_at),
        "links": optional_list(person.links),
        "counted_at": write_time(person.counted_at),
        "known_followers": _known_followers_record(person.known_followers),
    }
    return {key: value for key, value in record.items() if value is not None}


def _known_followers_record(known: KnownFollowers | None) -> Record | None:
    if known is None:
        return None
    record: Record = {"count": known.count, "ids": list(known.ids), "read_at": write_time(known.read_at)}
    return {key: value for key, value in record.items() if value is not None}


def _known_followers(record: Mapping[str, Any]) -> KnownFollowers | None:
    found = get_field(record, "known_followers", dict, "an object")
    if found is None:
        return None
    count = count_field(found, "count")
    if count is None:
        return None
    return KnownFollowers(count, strings_field(found, "ids") or (), time_field(found, "read_at"))

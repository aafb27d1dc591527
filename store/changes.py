"""Compares stored and new records of posts and people."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from ..models.errors import StoreError
from ..models.person import Person
from ..models.post import Post
from ..models.view import Gap, GapKind, PostKey
from .database import Database, micros, moment, parsed

_MAY_BE_CLEARED = ("name", "bio")
_PERSON_FIELDS = Person.__struct_fields__
_VOLATILE = {"counts", "viewer", "cid"}


SortKey = tuple[int, str, str]
"""(microseconds, account, post id): the position of a post in the timeline order."""

PlacedPost = tuple[SortKey, Post]
"""A stored post with its people, and its place."""


class StoredPage(msgspec.Struct, frozen=True):
    """The result of storing a page: new posts as they are stored, changed posts, and the gap below with its number."""

    new: list[PlacedPost]
    changed: list[PostKey]
    gap: Gap | None

    @property
    def new_keys(self) -> list[PostKey]:
        """The keys of the new posts."""
        return [post.key for _, post in self.new]


def reads_otherwise(before: str, now: str) -> bool:
    """Whether two records of a post differ in more than counts and viewer state."""
    if before == now:
        return False
    try:
        old, new = parsed(before), json.loads(now)
    except StoreError:
        # A damaged record differs from every other one.
        return True
    return any(old.get(key) != new.get(key) for key in (old.keys() | new.keys()) - _VOLATILE)


def gap_of(row: tuple[int, str, str, int, int | None, GapKind]) -> Gap:
    """Parse a row of the gap table."""
    number, account, cursor, at, older_at, kind = row
    lower = None
    if older_at is not None:
        lower = moment(older_at)
    return Gap(number, account, cursor, moment(at), lower, kind)


def data_of(db: Database, account: str, ids: Sequence[str]) -> dict[str, str]:
    """The stored records of these posts; missing posts are left out."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        rows = db.rows(f"select id, data from post where account = ? and id in ({marks})", (account, *part))
        found |= {row[0]: row[1] for row in rows}
    return found


def home_ids(db: Database, account: str, ids: Sequence[str]) -> set[str]:
    """The posts among these that the home timeline already contains."""
    marks = ",".join("?" * len(ids))
    rows = db.rows(f"select id from post where account = ? and aside = 0 and id in ({marks})", (account, *ids))
    return {row[0] for row in rows}


def unread_since(db: Database, account: str, now: datetime) -> int:
    """The time in microseconds from which posts count as new.

    Posts below the stored ones, and those older than a day in a first sync, are not new.
    """
    oldest = db.row("select at from post where account = ? and aside = 0 order by at limit 1", (account,))
    day_ago = micros(now - timedelta(days=1))
    if oldest is None:
        return day_ago
    return min(day_ago, int(oldest[0]))


def own_person(db: Database, account: str) -> str | None:
    """The user's own person id on an account; None if it is not signed in."""
    row = db.row("select remote_id from account where key = ?", (account,))
    if row is None:
        return None
    person: str = row[0]
    return person


def merge_person(before: Person | None, now: Person) -> Person:
    """Update a person from a newer response; fields that it omits keep their old values."""
    if before is None:
        return now
    left_out = {
        name: getattr(before, name)
        for name in _PERSON_FIELDS
        if _is_left_out(name, getattr(now, name)) and getattr(before, name) not in (None, "")
    }
    if left_out:
        return replace(now, **left_out)
    return now


def _is_left_out(name: str, value: object) -> bool:
    """Whether a response omits a field. An empty name or bio is not omitted: its owner cleared it."""
    return value is None or (value == "" and name not in _MAY_BE_CLEARED)

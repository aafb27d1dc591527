"""Stores posts with their people: merges them with what is stored, and gives each a place in the timeline."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from ..codec.records import post_to_record
from ..codec.stored import record_to_stored
from ..models.post import Post
from ..models.view import PostKey
from .changes import PlacedPost, data_of, home_ids, own_person, reads_otherwise, unread_since
from .database import Database, micros
from .people import People

_SKEW = timedelta(minutes=5)
"""An author may claim a time in the future: a post is placed at most this long after it was fetched."""

_UNKNOWN_TIME = 0


class Stored(msgspec.Struct, frozen=True):
    """The new posts as they are stored, and the keys of the changed ones."""

    new: list[PlacedPost]
    changed: list[PostKey]
    lowest: int | None
    """The lowest position that was assigned to a post with a time in the future."""


def store_posts(
    db: Database,
    people: People,
    account: str,
    posts: Sequence[Post],
    now: datetime,
    *,
    aside: bool = False,
    ceiling: int | None = None,
    clock: datetime | None = None,
) -> Stored:
    """Store posts. Returns the new posts as stored, which is faster than reading them back.

    `clock` is the time by the server's clock, if known, because this machine's may be wrong. A post with a time in
    the future is positioned below `ceiling`, in the order of the page.
    """
    persons = {person.id: person for post in posts for person in (post.author, post.booster) if person is not None}
    people.write(account, persons.values())
    known = home_ids(db, account, [post.id for post in posts])
    before = data_of(db, account, [post.id for post in posts])
    latest = micros((clock or now) + _SKEW)
    assigned = latest
    if ceiling is not None:
        assigned = min(latest, ceiling)
    lowest: int | None = None
    new_since, own_id = unread_since(db, account, now), own_person(db, account)
    rows = []
    changed: list[PostKey] = []
    for post in posts:
        record = post_to_record(post)
        for part in ("author", "reposter", "account"):
            record.pop(part, None)
        at = _UNKNOWN_TIME if post.at is None else micros(post.at)
        certain = post.at is not None and at <= latest
        if at > latest:
            assigned -= 1
            at = lowest = assigned
        booster = post.booster and post.booster.id
        is_own = own_id is not None and own_id in (post.author.id, booster)
        if aside:
            unread, since = (0, micros(now))
        else:
            unread, since = (int(at >= new_since and not is_own), 0)
        data = record_to_stored(record)
        if post.id in before and reads_otherwise(before[post.id], data):
            changed.append((account, post.id))
        deleted = post.deleted_at is not None
        rows.append((account, post.id, at, post.author.id, booster, data, unread, since, micros(now), deleted, certain))
    _insert(db, rows)
    new = {row[1]: (row, post) for row, post in zip(rows, posts, strict=True) if row[1] not in known}
    return Stored([_stored(db, people, row, post) for row, post in new.values()], changed, lowest)


def _insert(db: Database, rows: Sequence[tuple[Any, ...]]) -> None:
    # A feed's post that later appears in the home timeline moves there, and never back. An assigned position is
    # corrected once the time is known.
    db.run_many(
        "insert into post (account, id, at, author, booster, data, unread, aside, checked, deleted)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict do update set data = excluded.data, checked = excluded.checked, deleted = excluded.deleted,"
        " at = iif(?, excluded.at, at),"
        " unread = iif(aside > 0, excluded.unread, unread), aside = iif(aside > 0, excluded.aside, 0)",
        rows,
    )


def _stored(db: Database, people: People, row: tuple[Any, ...], post: Post) -> PlacedPost:
    """A post as it was just stored, with its people, who may have more fields than on the page."""
    account, post_id, at, *_, certain = row
    if not certain:
        # An assigned position does not replace an earlier position of the post.
        at = db.row("select at from post where account = ? and id = ?", (account, post_id))[0]
    author = people.known(account, post.author)
    if post.booster is None:
        booster = None
    else:
        booster = people.known(account, post.booster)
    return (at, account, post_id), replace(post, account=account, author=author, booster=booster)

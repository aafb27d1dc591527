"""Reads stored posts unparsed, so that another thread can parse them."""

import json
from collections.abc import Iterable

import msgspec

from ..codec.stored import post_from_stored
from ..models.errors import QuietfeedError
from ..models.person import Person
from ..models.post import Post
from .database import Database


class StoredPost(msgspec.Struct, frozen=True):
    """A stored post, unparsed."""

    account: str
    author: str
    handle: str
    _data: str

    def load(self) -> Post | None:
        """The post, with only id and handle of its author; None if it is damaged. Any thread may call this."""
        try:
            return post_from_stored(self._data, self.account, Person(self.author, self.handle), None)
        except (QuietfeedError, TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError):
            return None


_CHOSEN = """
    with bare as (
        select account, handle from imported_tie where person = ''
        union select account, handle from file_tie where person = ''
        union select account, handle from person_mark where person = '' and word = 'vouched'
    ), chosen as (
        select account, person from relationship where you_follow = 1
        union select account, person from interaction where direction = 'from_you'
        union select account, person from person_mark where word = 'vouched'
        union select account, person from imported_tie
        union select account, person from file_tie
        union select account, person from joined
        union select person.account, id from bare join person on person.handle = bare.handle collate nocase
            where bare.account in ('', person.account)
        union select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?)
    )"""
"""The people whom the user chose: by a follow, an answer, a like, a vouch, an import, a link or a subscription."""


def posts_by_chosen(db: Database, count: int, subscribed: Iterable[tuple[str, str]]) -> list[StoredPost]:
    """The newest posts of all home timelines, without boosts, by people whom the user chose. Raises StoreError.

    `subscribed` are the authors of the subscribed feeds, by account and id. Nothing that others post moves a post out
    of the result.
    """
    rows = db.rows(
        f"{_CHOSEN} select post.account, author,"
        " case when json_valid(person.data) then json_extract(person.data, '$.handle') end, post.data"
        # Without the index, SQLite may sort all posts of these people.
        " from post indexed by post_at left join person on person.account = post.account and person.id = author"
        " where aside = 0 and booster is null and (post.account, author) in chosen"
        " order by at desc, post.account, post.id limit ?",
        (json.dumps([*subscribed]), count),
    )
    return [StoredPost(account, author, handle or "", data) for account, author, handle, data in rows]

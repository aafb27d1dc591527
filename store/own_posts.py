"""Reads stored posts unparsed, so that another thread can parse them."""

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


def newest_posts(db: Database, count: int, *, boosted: bool) -> list[StoredPost]:
    """The newest posts of all home timelines: boosts, or all others. Raises StoreError."""
    rows = db.rows(
        "select post.account, author, case when json_valid(person.data) then json_extract(person.data, '$.handle') end,"
        " post.data from post left join person on person.account = post.account and person.id = author"
        " where aside = 0 and (booster is not null) = ? order by at desc, post.account, post.id limit ?",
        (boosted, count),
    )
    return [StoredPost(account, author, handle or "", data) for account, author, handle, data in rows]

"""The subscriptions of an account, and the posts of each."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ..models.post import Post
from ..models.subscription import Subscription
from ..models.view import PostKey
from .database import Database
from .posts import Posts

TieRow = tuple[Any, ...]
"""A stored contact."""

_ALL = -1
_OF_FEED = "account = ?1 and (author = ?2 or (author > ?2 || '#' and author < ?2 || '$'))"
"""The authors of a feed: its own, and the others that it names, whose ids begin with its id and "#"."""


class Subscriptions:
    """The stored subscriptions. Raises StoreError."""

    def __init__(self, db: Database, posts: Posts) -> None:
        self._db = db
        self._posts = posts

    def all(self, account: str) -> list[Subscription]:
        """The subscriptions of an account, in the order they were added. Unreadable rows are left out."""
        rows = self._db.rows("select id, data from subscription where account = ? order by rowid", (account,))
        found = []
        for name, data in rows:
            try:
                found.append(msgspec.json.decode(data, type=Subscription))
            except msgspec.MsgspecError:
                self._db.damaged.setdefault("subscriptions", set()).add(name)
        return found

    def save(self, account: str, subscriptions: Iterable[Subscription]) -> None:
        """Add or update subscriptions, in one transaction."""
        rows = [(account, each.id, msgspec.json.encode(each).decode()) for each in subscriptions]
        with self._db.transaction():
            self._db.run_many(
                "insert into subscription (account, id, data) values (?, ?, ?)"
                " on conflict do update set data = excluded.data",
                rows,
            )

    def update(self, account: str, subscription: Subscription) -> bool:
        """Update a subscription. False if it was removed meanwhile: then nothing is stored."""
        data = msgspec.json.encode(subscription).decode()
        with self._db.transaction():
            changed = self._db.run(
                "update subscription set data = ? where account = ? and id = ?", (data, account, subscription.id)
            )
        return bool(changed)

    def has(self, account: str, name: str) -> bool:
        """Whether a subscription is stored, by its id."""
        return bool(self._db.rows("select 1 from subscription where account = ? and id = ?", (account, name)))

    def remove(self, account: str, ids: Sequence[str], posts: Sequence[PostKey]) -> None:
        """Remove subscriptions and posts, in one transaction."""
        with self._db.transaction():
            self._db.run_many(
                "delete from subscription where account = ? and id = ?", [(account, each) for each in ids]
            )
            self._db.run_many("delete from post where account = ? and id = ?", posts)

    def take_own_ties(self, account: str, name: str, *, alone: bool) -> list[TieRow]:
        """Remove the interactions that exist because a blog was the user's own. `put_ties` restores them.

        `alone`: no other blog is the user's own, so no interaction has another reason.
        """
        rows = self._db.rows(
            "select account, id, person, kind, direction, at from interaction where account = ?", (account,)
        )
        posts = {key[1] for key in self.post_keys(account, name, _ALL)}
        gone: list[TieRow] = []
        for row in rows:
            kind, _, rest = str(row[1]).partition(":")
            of_blog = rest.startswith(f"{name}:") or rest.endswith(f":{name}") or rest.partition(":")[0] in posts
            if kind in ("comment", "link") and (alone or of_blog):
                gone.append(tuple(row))
        with self._db.transaction():
            self._db.run_many("delete from interaction where account = ? and id = ?", [row[:2] for row in gone])
        return gone

    def put_ties(self, rows: Iterable[TieRow]) -> None:
        """Store interactions that `take_own_ties` removed. Those that were read again meanwhile stay."""
        with self._db.transaction():
            self._db.run_many(
                "insert or ignore into interaction (account, id, person, kind, direction, at)"
                " values (?, ?, ?, ?, ?, ?)",
                list(rows),
            )

    def post_keys(self, account: str, feed: str, most: int) -> list[PostKey]:
        """The newest posts of a feed."""
        rows = self._db.rows(
            f"select account, id from post where {_OF_FEED} order by at desc limit ?3", (account, feed, most)
        )
        return [(account, post_id) for account, post_id in rows]

    def removable_posts(self, account: str, feed: str) -> list[Post]:
        """The stored posts of a feed that the user has not marked."""
        rows = self._db.rows(
            f"select id from post where {_OF_FEED} and not exists"
            " (select 1 from mark where mark.account = post.account and mark.post = post.id)",
            (account, feed),
        )
        return [post for _, post in self._posts.get([(account, row[0]) for row in rows])]

"""Posts and the gaps between them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from sys import intern
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..codec.stored import post_from_stored, record_to_stored
from ..models.post import Post
from ..models.view import Gap, GapKind, PostKey
from .changes import SortKey, StoredPage, gap_of, home_ids
from .database import CALENDAR, Database, micros, moment, parsed
from .people import People

if TYPE_CHECKING:
    from .post_storing import Stored

_ASIDE = timedelta(days=30)
"""After this time, an unmarked post of a feed that never reached the home timeline is deleted."""


class Posts:
    """The stored posts of all accounts, newest first."""

    def __init__(self, db: Database, people: People) -> None:
        self._db = db
        self._people = people

    def save(self, account: str, posts: Sequence[Post], now: datetime) -> list[PostKey]:
        """Store posts and their people in one transaction; returns the keys of new posts."""
        with self._db.transaction():
            return [post.key for _, post in self._store(account, posts, now).new]

    def update(self, account: str, posts: Sequence[Post], now: datetime) -> list[PostKey]:
        """Update posts that are already stored; returns the keys of changed ones."""
        with self._db.transaction():
            known = self.known(account, [post.id for post in posts])
            return self._store(account, [post for post in posts if post.id in known], now).changed

    def save_page(
        self,
        account: str,
        posts: Sequence[Post],
        now: datetime,
        *,
        below: Gap | None,
        filled: Gap | None,
        served_at: datetime | None = None,
    ) -> StoredPage:
        """Store a page, and replace the gap it `filled` by the gap `below` it, in one transaction.

        `served_at` is the time by the server's clock, if known.
        """
        with self._db.transaction():
            ceiling = None if filled is None else micros(filled.at)
            stored = self._store(account, posts, now, ceiling=ceiling, clock=served_at)
            if filled is not None:
                self._db.run("delete from gap where id = ?", (filled.id,))
            if below is None:
                return StoredPage(stored.new, stored.changed, None)
            older_at = below.older_at and micros(below.older_at)
            at = micros(below.at)
            if stored.lowest is not None:
                at = min(at, stored.lowest)
            number = self._db.row(
                "insert into gap (account, cursor, at, older_at, kind) values (?, ?, ?, ?, ?) returning id",
                (account, below.cursor, at, older_at, below.kind),
            )[0]
            return StoredPage(stored.new, stored.changed, replace(below, id=number, at=moment(at)))

    def set_gap_kind(self, gap: Gap, kind: GapKind) -> None:
        """Mark a gap as impossible to fill."""
        with self._db.transaction():
            self._db.run("update gap set kind = ? where id = ?", (kind, gap.id))

    def save_detached(self, account: str, posts: Sequence[Post], now: datetime) -> None:
        """Store posts of a feed outside of the home timeline: they can be looked up, searched and marked.

        They are neither unread nor counted, and no sync treats them as fetched. Unmarked ones are deleted thirty days
        after they were last fetched.
        """
        with self._db.transaction():
            self._store(account, posts, now, aside=True)
            self._db.run(
                "delete from post where aside > 0 and aside < ? and not exists"
                " (select 1 from mark where mark.account = post.account and mark.post = post.id)",
                (micros(now - _ASIDE),),
            )

    def _store(
        self,
        account: str,
        posts: Sequence[Post],
        now: datetime,
        *,
        aside: bool = False,
        ceiling: int | None = None,
        clock: datetime | None = None,
    ) -> "Stored":
        """Store posts in the current transaction; see `store_posts`."""
        # Imported with the first new post, not for the first screen.
        from .post_storing import store_posts

        return store_posts(self._db, self._people, account, posts, now, aside=aside, ceiling=ceiling, clock=clock)

    def forget_filters(self, account: str, titles: Collection[str]) -> None:
        """Clear the stored filter results of posts, because the filters have changed."""
        rows = self._db.rows(
            "select id, data from post where account = ? and json_valid(data)"
            " and json_array_length(data, '$.server_filters') > 0",
            (account,),
        )
        changed = []
        for post_id, data in rows:
            record = parsed(data)
            remaining = [each for each in record["server_filters"] if each not in titles]
            if len(remaining) < len(record["server_filters"]):
                record["server_filters"] = remaining
                record["server_hides"] = bool(remaining) and record.get("server_hides", False)
                changed.append((record_to_stored(record), account, post_id))
        with self._db.transaction():
            self._db.run_many("update post set data = ? where account = ? and id = ?", changed)

    def known(self, account: str, ids: Sequence[str]) -> set[str]:
        """The posts among these that the home timeline already contains."""
        return home_ids(self._db, account, ids)

    def page(self, count: int, below: SortKey | None = None) -> list[tuple[SortKey, Post]]:
        """The newest posts of all home timelines below a sort key, with their keys. Empty only at the end."""
        at, account, post_id = below or (2**63 - 1, "", "")
        while rows := self._db.rows(
            "select account, id, at, author, booster, data from post where at <= ? and aside = 0"
            " and (at < ? or account > ? or (account = ? and id > ?)) order by at desc, account, id limit ?",
            (at, at, account, account, post_id, count),
        ):
            self._check_order([(-at, account, post_id), *map(_place, rows)])
            if found := self._read(rows):
                return found
            # A page of only damaged posts is not the end.
            account, post_id, at = rows[-1][:3]
        return []

    def page_above(self, count: int, above: SortKey | None = None) -> list[tuple[SortKey, Post]]:
        """The posts right above a sort key (None: the oldest ones), newest first."""
        at, account, post_id = above or (-(2**63), "", "")
        while rows := self._db.rows(
            "select account, id, at, author, booster, data from post where at >= ? and aside = 0"
            " and (at > ? or account < ? or (account = ? and id < ?)) order by at, account desc, id desc limit ?",
            (at, at, account, account, post_id, count),
        ):
            self._check_order([*map(_place, rows[::-1]), (-at, account, post_id)])
            if found := self._read(rows[::-1]):
                return found
            account, post_id, at = rows[-1][:3]
        return []

    def _check_order(self, places: Sequence[tuple[int, str, str]]) -> None:
        """Raise StoreError if posts are out of order: their index is damaged, and reading would never end."""
        if any(one >= other for one, other in pairwise(places)):
            self._db.report_damage()

    def places(self, newest: SortKey | None, oldest: SortKey | None) -> list[SortKey]:
        """The sort keys of all home timeline posts between two times; None means unbounded."""
        lowest = oldest[0] if oldest else -(2**63)
        highest = newest[0] if newest else 2**63 - 1
        return self._db.rows(
            "select at, account, id from post where at between ? and ? and aside = 0", (lowest, highest)
        )

    def place(self, key: PostKey) -> SortKey | None:
        """The sort key of a stored post; None if it is not in a home timeline."""
        row = self._db.row("select at from post where account = ? and id = ? and aside = 0", key)
        if row is None:
            return None
        return (row[0], *key)

    def get(self, keys: Sequence[PostKey]) -> list[tuple[SortKey, Post]]:
        """The stored posts among these keys, in no particular order."""
        rows = []
        for key in keys:
            row = self._db.row(
                "select account, id, at, author, booster, data from post where account = ? and id = ?", key
            )
            if row is not None:
                rows.append(row)
        return self._read(rows)

    def by_author(
        self,
        account: str,
        person_id: str,
        count: int,
        *,
        since: datetime | None = None,
        before: datetime | None = None,
    ) -> list[tuple[SortKey, Post]]:
        """The newest stored posts of an author between two times, including boosts of them; None is unbounded."""
        lowest = -(2**63) if since is None else micros(since)
        highest = 2**63 - 1 if before is None else micros(before)
        rows = self._db.rows(
            "select account, id, at, author, booster, data from post where account = ? and author = ?"
            " and at between ? and ? order by at desc, id limit ?",
            (account, person_id, lowest, highest, count),
        )
        return self._read(rows)

    def with_id(self, post_id: str) -> list[PostKey]:
        """The keys of all stored posts with this id; several if two servers use the same id."""
        return [(row[0], row[1]) for row in self._db.rows("select account, id from post where id = ?", (post_id,))]

    def unread_places(self, most: int) -> list[SortKey]:
        """The sort keys of the newest unread posts of all accounts, newest first."""
        found = self._db.rows(
            "select at, account, id from post where unread = 1 order by at desc, account, id limit ?", (most,)
        )
        # SQLite returns a new string for each row: 1.5 MB for 20,000 posts.
        return [(at, intern(account), post_id) for at, account, post_id in found]

    def unread_among(self, keys: Sequence[PostKey]) -> list[PostKey]:
        """The unread posts among these."""
        return [
            key for key in keys if self._db.row("select 1 from post where account = ? and id = ? and unread = 1", key)
        ]

    def set_unread(self, posts: Mapping[PostKey, bool]) -> None:
        """Store which of these posts are unread."""
        with self._db.transaction():
            self._db.run_many(
                "update post set unread = ? where account = ? and id = ?",
                [(int(unread), *key) for key, unread in posts.items()],
            )

    def newest(self, account: str) -> datetime | None:
        """The time of the newest stored post of somebody else in an account's home timeline.

        The user's own posts are stored when they are sent, so they do not show up to where a sync has read.
        """
        found = self._db.row(
            "select at from post where account = ?1 and aside = 0 and at <= ?2"
            " and author is not (select remote_id from account where key = ?1) order by at desc limit 1",
            (account, CALENDAR[1]),
        )
        return None if found is None else moment(found[0])

    def count(self, account: str | None = None) -> int:
        """The number of stored posts in the home timelines."""
        numbers = dict(self._db.rows("select account, number from home_count"))
        return sum(numbers.values()) if account is None else numbers.get(account, 0)

    def gaps(self) -> list[Gap]:
        """All gaps, newest first."""
        rows = self._db.rows("select id, account, cursor, at, older_at, kind from gap order by at desc")
        return self._db.readable("gaps", rows, gap_of)

    def _read(self, rows: Sequence[tuple[str, str, int, str, str | None, str]]) -> list[tuple[SortKey, Post]]:
        wanted: dict[str, set[str]] = {}
        for account, _, _, author, booster, _ in rows:
            wanted.setdefault(account, set()).add(author)
            if booster:
                wanted[account].add(booster)
        for account, ids in wanted.items():
            self._people.find(account, list(ids))
        return self._db.readable("posts", rows, self._post)

    def _post(self, row: tuple[str, str, int, str, str | None, str]) -> tuple[SortKey, Post]:
        account, post_id, at, author, booster, data = row
        people = self._people
        post = post_from_stored(
            data, account, people.read_before(account, author), people.read_before(account, booster)
        )
        return (at, account, post_id), post


def _place(row: tuple[str, str, int, str, str | None, str]) -> tuple[int, str, str]:
    """The place of a row in the timeline; it increases from the newest post to the oldest."""
    account, post_id, at = row[:3]
    return -at, account, post_id

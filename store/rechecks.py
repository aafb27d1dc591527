"""Rechecks of stored posts: which are due, and the removal of deleted ones."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from ..models.post import Post
from ..models.view import PostKey
from .database import Database, micros
from .posts import Posts

_WINDOW = 400
"""The number of an account's newest posts that are rechecked."""
_AGAIN = timedelta(minutes=10)
_AGAIN_VISIBLE = timedelta(minutes=1)
GONE = "post.deleted = 1 and not exists (select 1 from mark where mark.account = post.account and mark.post = post.id)"
"""The SQL condition for deleted posts without a mark."""


class Rechecks:
    """The time of the last recheck of each recent post."""

    def __init__(self, db: Database, posts: Posts) -> None:
        self._db = db
        self._posts = posts

    def due(
        self,
        account: str,
        since: datetime | None,
        now: datetime,
        limit: int,
        *,
        visible: Collection[str] = (),
        last_read: datetime | None = None,
    ) -> list[Post]:
        """Stored posts due for a recheck: those with a `visible` id first, whatever their age, then recent ones.

        Recent ones are ordered: posts at or above `since`, the oldest position of the pages just read, which should
        have contained them; then polls that have ended; then those rechecked the longest time ago. Posts that the pages
        of the sync at `last_read` contained and the pages just read should have contained are due at once.
        """
        first = [post_id for post_id in visible if self._is_due(account, post_id, now)][:limit]
        lowest = 2**62
        if since is not None:
            lowest = micros(since)
        read_before = -1
        if last_read is not None:
            read_before = micros(last_read)
        rows = self._db.rows(
            "select id from (select id, at, checked, json_extract(data, '$.poll.expires_at') as ends,"
            " coalesce(json_extract(data, '$.poll.expired'), 0) as ended from post"
            " where account = ?1 and aside = 0 and json_valid(data) and json_extract(data, '$.deleted_at') is null"
            " order by at desc limit ?2) where checked < ?3 or (checked = ?7 and at >= ?4)"
            " order by at >= ?4 desc, (ended = 0 and ends is not null and ends < ?5) desc, checked, at desc limit ?6",
            (
                account,
                _WINDOW,
                micros(now - _AGAIN),
                lowest,
                now.isoformat().replace("+00:00", "Z"),
                limit,
                read_before,
            ),
        )
        ids = list(dict.fromkeys([*first, *(row[0] for row in rows)]))[:limit]
        found = {post.id: post for _, post in self._posts.get([(account, each) for each in ids])}
        return [found[each] for each in ids if each in found]

    def _is_due(self, account: str, post_id: str, now: datetime) -> bool:
        return bool(
            self._db.row(
                "select exists (select 1 from post where account = ? and id = ? and checked < ? and json_valid(data)"
                " and json_extract(data, '$.deleted_at') is null)",
                (account, post_id, micros(now - _AGAIN_VISIBLE)),
            )[0]
        )

    def unmarked(self) -> set[PostKey]:
        """The posts that are gone from their servers and no longer marked."""
        rows = self._db.rows(f"select account, id from post where {GONE}")
        return {(account, post_id) for account, post_id in rows}

    def remove_unmarked(self, account: str) -> list[PostKey]:
        """Remove the deleted posts of an account without a mark. Returns their keys."""
        gone = [key for key in self.unmarked() if key[0] == account]
        with self._db.transaction():
            self._db.run_many("delete from post where account = ? and id = ?", gone)
        return gone

    def checked(self, account: str, ids: Sequence[str], now: datetime) -> None:
        """Record that these posts were rechecked, with or without a response.

        Their time is a microsecond earlier than that of a page read in the same sync, so `due` can tell them apart.
        """
        with self._db.transaction():
            self._db.run_many(
                "update post set checked = ? where account = ? and id = ?",
                [(micros(now) - 1, account, each) for each in ids],
            )

    def remove(self, account: str, ids: Sequence[str], now: datetime) -> tuple[list[PostKey], list[PostKey]]:
        """Remove posts that are gone from the server, and boosts of them. Returns the keys of the removed posts.

        A marked post stays, because the mark was trained from it, and gets the time of its deletion. The second list
        holds the keys of these.
        """
        removed: list[PostKey] = []
        stay: list[PostKey] = []
        with self._db.transaction():
            for key in self._with_boosts(account, ids):
                if self._db.row("select 1 from mark where account = ? and post = ?", key) is None:
                    self._db.run("delete from post where account = ? and id = ?", key)
                    removed.append(key)
                else:
                    stay.append(key)
        marked = [replace(post, deleted_at=now) for _, post in self._posts.get(stay) if post.deleted_at is None]
        if marked:
            self._posts.update(account, marked, now)
        return removed, [post.key for post in marked]

    def _with_boosts(self, account: str, ids: Sequence[str]) -> list[PostKey]:
        # See Post.id. A boost with an id of its own is rechecked itself.
        keys: dict[PostKey, None] = {}
        for each in ids:
            rows = self._db.rows(
                "select id from post where account = ?1 and id = ?2"
                " union all select id from post where account = ?1 and id > ?2 || '#' and id < ?2 || '$'",
                (account, each),
            )
            keys |= {(account, row[0]): None for row in rows}
        return list(keys)

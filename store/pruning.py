"""Prunes old posts in small steps. Posts that the user marked, bookmarked, wrote or is replying to stay."""

from collections.abc import Collection
from datetime import datetime, timedelta

from ..models.view import PostKey
from .database import Database, micros

STEP = 20
"""The maximum number of posts that one step removes. With their search entries it takes less than a frame."""
_PAGES = 64
"""The number of free pages that one step returns to the file system."""
_SEEN_LATELY = timedelta(days=30)
"""Posts that a server sent within this time stay, because the next sync would store them again."""

# An interaction, a vouch or a mark on a person is a row of its own and does not need their posts.
_KEPT = (
    "exists (select 1 from mark where mark.account = post.account and mark.post = post.id)"
    " or exists (select 1 from account where key = post.account and remote_id in (post.author, post.booster))"
    " or (json_valid(data) and (coalesce(json_extract(data, '$.viewer.bookmarked'), 0)"
    " or coalesce(json_extract(data, '$.viewer.liked'), 0) or coalesce(json_extract(data, '$.viewer.pinned'), 0)))"
)
_OLDEST = (
    "select account, id, at from post where aside = 0 and at > ?1 and at < ?2 and checked < ?3"
    f" and not ({_KEPT}) order by at limit ?4"
)


class Pruning:
    """Removes the oldest posts beyond an age or a number."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._passed = 0
        """The position up to which this run has searched."""

    def step(
        self, now: datetime, *, age: timedelta | None, most: int | None, loaded: Collection[PostKey] = ()
    ) -> list[PostKey] | None:
        """Remove a few posts older than `age`, or of more than `most` in the home timelines.

        None sets no limit. Posts without a time, `loaded` ones, and those that a draft, an action or the reading
        position names stay. Returns the keys of the removed posts, or None if nothing is left to do. Raises StoreError.
        """
        before = -(2**63) if age is None else micros(now - age)
        number = STEP
        surplus = 0 if most is None else self._surplus(most)
        if surplus > 0:
            before, number = 2**63 - 1, min(STEP, surplus)
        found = []
        if before > 0:
            found = self._db.rows(_OLDEST, (self._passed, before, micros(now - _SEEN_LATELY), number))
        if not found:
            self._passed = 0
            return None
        named = self._named()
        last = found[-1][2]
        keys = [(account, post_id) for account, post_id, _ in found]
        gone = [key for key in keys if key not in loaded and key[1] not in named]
        with self._db.transaction():
            self._db.run_many("delete from post where account = ? and id = ?", gone)
            # Below the oldest post that stays, gaps no longer matter.
            self._db.run("delete from gap where at <= ? and coalesce(older_at, 0) <= ?", (last, last))
        if len(gone) < len(keys):
            # The next step continues above the posts that stay.
            self._passed = last
        self._db.give_back(_PAGES)
        return gone

    def _surplus(self, most: int) -> int:
        number: int = self._db.row("select coalesce(sum(number), 0) from home_count")[0]
        return number - most

    def _named(self) -> str:
        """The records that refer to posts: drafts, actions of the outbox, and the reading position."""
        rows = self._db.rows(
            "select record from draft union all select target || action from outbox"
            " union all select value from meta where name like 'place\\_%' escape '\\'"
        )
        return "\n".join(str(row[0]) for row in rows)

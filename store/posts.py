"""Posts, the people in them, and the gaps between them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from ..codec.records import person_to_record, post_to_record
from ..codec.stored import person_from_stored, post_from_stored, record_to_stored
from ..models.person import Person
from ..models.post import Post
from ..models.view import Gap, GapKind, PostKey
from .changes import KeptPage, data_of, gap_of, merge_person, own_person, reads_otherwise, unread_since
from .database import CALENDAR, Database, micros, moment, parsed
from .handles import bind_seen

# An author may claim a time in the future, so limit a post to shortly after it was fetched.
_SKEW = timedelta(minutes=5)

# How long to keep an unmarked post of a feed that never reached the home timeline.
_ASIDE = timedelta(days=30)
_UNKNOWN_TIME = 0
_NAMESAKES = 200
_RETRY_COUNTS_AFTER = timedelta(days=1)

SortKey = tuple[int, str, str]
"""(microseconds, account, post id): the position of a post in the timeline order."""


class Posts:
    """The stored posts of all accounts, newest first."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._people: dict[tuple[str, str], Person] = {}

    def keep(self, account: str, posts: Sequence[Post], now: datetime) -> list[PostKey]:
        """Store posts and their people in one transaction; returns the keys of new posts."""
        with self._db.transaction():
            return self._keep(account, posts, now)[0]

    def update(self, account: str, posts: Sequence[Post], now: datetime) -> list[PostKey]:
        """Update posts that are already stored; returns the keys of changed ones."""
        with self._db.transaction():
            known = self.known(account, [post.id for post in posts])
            return self._keep(account, [post for post in posts if post.id in known], now)[1]

    def keep_page(
        self,
        account: str,
        posts: Sequence[Post],
        now: datetime,
        *,
        below: Gap | None,
        filled: Gap | None,
        served_at: datetime | None = None,
    ) -> KeptPage:
        """Store a page, and replace the gap it `filled` by the gap `below` it, in one transaction.

        `served_at` is the time by the server's clock, if known.
        """
        with self._db.transaction():
            ceiling = None if filled is None else micros(filled.at)
            new, changed, lowest = self._keep(account, posts, now, ceiling=ceiling, clock=served_at)
            if filled is not None:
                self._db.run("delete from gap where id = ?", (filled.id,))
            if below is None:
                return KeptPage(new, changed, None)
            older_at = below.older_at and micros(below.older_at)
            at = micros(below.at)
            if lowest is not None:
                at = min(at, lowest)
            number = self._db.row(
                "insert into gap (account, cursor, at, older_at, kind) values (?, ?, ?, ?, ?) returning id",
                (account, below.cursor, at, older_at, below.kind),
            )[0]
            return KeptPage(new, changed, replace(below, id=number, at=moment(at)))

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
            self._keep(account, posts, now, aside=True)
            self._db.run(
                "delete from post where aside > 0 and aside < ? and not exists"
                " (select 1 from mark where mark.account = post.account and mark.post = post.id)",
                (micros(now - _ASIDE),),
            )

    def _keep(
        self,
        account: str,
        posts: Sequence[Post],
        now: datetime,
        *,
        aside: bool = False,
        ceiling: int | None = None,
        clock: datetime | None = None,
    ) -> tuple[list[PostKey], list[PostKey], int | None]:
        """Store posts. Returns the keys of new posts, those of changed posts, and the lowest assigned position.

        `clock` is the time by the server's clock, if known, because this machine's may be wrong. A post with a time in
        the future is positioned below `ceiling`, in the order of the page.
        """
        people = {person.id: person for post in posts for person in (post.author, post.booster) if person is not None}
        self._keep_people(account, people.values())
        known = self.known(account, [post.id for post in posts])
        before = data_of(self._db, account, [post.id for post in posts])
        latest = micros((clock or now) + _SKEW)
        assigned = latest
        if ceiling is not None:
            assigned = min(latest, ceiling)
        lowest: int | None = None
        new_since, own_id = unread_since(self._db, account, now), own_person(self._db, account)
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
            rows.append(
                (account, post.id, at, post.author.id, booster, data, unread, since, micros(now), deleted, certain)
            )
        # A post of a feed that reaches the home timeline belongs to it from then on, and never the reverse. An assigned
        # position is corrected once the time is known.
        self._db.run_many(
            "insert into post (account, id, at, author, booster, data, unread, aside, checked, deleted)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do update set data = excluded.data, checked = excluded.checked, deleted = excluded.deleted,"
            " at = iif(?, excluded.at, at),"
            " unread = iif(aside > 0, excluded.unread, unread), aside = iif(aside > 0, excluded.aside, 0)",
            rows,
        )
        new = list(dict.fromkeys((account, post.id) for post in posts if post.id not in known))
        return new, changed, lowest

    def keep_people(self, account: str, people: Iterable[Person]) -> None:
        """Store people. Fields that a newer response omits keep their old values."""
        with self._db.transaction():
            self._keep_people(account, people)

    def _keep_people(self, account: str, people: Iterable[Person]) -> None:
        # Each interaction names its person, so a page names few people many times.
        people = list(dict.fromkeys(people))
        before = self._find_people(account, [person.id for person in people])
        bind_seen(self._db, account, people, before)
        rows = []
        for person in people:
            merged = merge_person(before.get(person.id), person)
            if merged != before.get(person.id):
                self._people[account, person.id] = merged
                rows.append(
                    (
                        account,
                        person.id,
                        merged.handle,
                        record_to_stored(person_to_record(merged) | {"network": merged.network}),
                    )
                )
        # The update trigger parses the old row, so delete damaged ones first.
        self._db.run_many(
            "delete from person where account = ? and id = ? and not json_valid(data)",
            [(account, person.id) for person in people if person.id not in before],
        )
        self._db.run_many(
            "insert into person (account, id, handle, data) values (?, ?, ?, ?)"
            " on conflict do update set handle = excluded.handle, data = excluded.data",
            rows,
        )

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
        marks = ",".join("?" * len(ids))
        rows = self._db.rows(
            f"select id from post where account = ? and aside = 0 and id in ({marks})", (account, *ids)
        )
        return {row[0] for row in rows}

    def page(self, count: int, below: SortKey | None = None) -> list[tuple[SortKey, Post]]:
        """The newest posts of all home timelines below a sort key, with their keys. Empty only at the end."""
        at, account, post_id = below or (2**63 - 1, "", "")
        while rows := self._db.rows(
            "select account, id, at, author, booster, data from post where at <= ? and aside = 0"
            " and (at < ? or account > ? or (account = ? and id > ?)) order by at desc, account, id limit ?",
            (at, at, account, account, post_id, count),
        ):
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
            if found := self._read(rows[::-1]):
                return found
            account, post_id, at = rows[-1][:3]
        return []

    def places(self, newest: SortKey | None, oldest: SortKey | None) -> list[SortKey]:
        """The sort keys of all home timeline posts between two times; None means unbounded."""
        lowest = oldest[0] if oldest else -(2**63)
        highest = newest[0] if newest else 2**63 - 1
        rows = self._db.rows(
            "select at, account, id from post where at between ? and ? and aside = 0", (lowest, highest)
        )
        return [(at, account, post_id) for at, account, post_id in rows]

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

    def by_author(self, account: str, person_id: str, count: int) -> list[tuple[SortKey, Post]]:
        """The newest stored posts of an author, including boosts of them."""
        rows = self._db.rows(
            "select account, id, at, author, booster, data from post where account = ? and author = ?"
            " order by at desc, id limit ?",
            (account, person_id, count),
        )
        return self._read(rows)

    def with_id(self, post_id: str) -> list[PostKey]:
        """The keys of all stored posts with this id; several if two servers use the same id."""
        return [(row[0], row[1]) for row in self._db.rows("select account, id from post where id = ?", (post_id,))]

    def unread(self, most: int) -> list[PostKey]:
        """The newest unread posts of all accounts."""
        rows = self._db.rows("select account, id from post where unread = 1 order by at desc limit ?", (most,))
        return [(account, post_id) for account, post_id in rows]

    def set_unread(self, posts: Mapping[PostKey, bool]) -> None:
        """Store which of these posts are unread."""
        with self._db.transaction():
            self._db.run_many(
                "update post set unread = ? where account = ? and id = ?",
                [(int(unread), *key) for key, unread in posts.items()],
            )

    def newest(self, account: str) -> datetime | None:
        """The time of the newest stored post of somebody else in an account's home timeline.

        The user's own posts are stored when they are sent, so they do not tell how far a sync came.
        """
        found = self._db.row(
            "select at from post where account = ?1 and aside = 0 and at <= ?2"
            " and author is not (select remote_id from account where key = ?1) order by at desc limit 1",
            (account, CALENDAR[1]),
        )
        return None if found is None else moment(found[0])

    def count(self, account: str | None = None) -> int:
        """The number of stored posts in the home timelines."""
        where = ""
        values: tuple[str, ...] = ()
        if account is not None:
            where, values = " and account = ?", (account,)
        total: int = self._db.row(f"select count(*) from post where aside = 0{where}", values)[0]
        return total

    def forget_people(self, people: Iterable[tuple[str, str]]) -> None:
        """Remove people from the memory cache; they are read again when needed."""
        for person in people:
            self._people.pop(person, None)

    def find_people(self, handle: str) -> list[tuple[str, Person]]:
        """All people with this handle (case-insensitive), as (account key, person)."""
        rows = self._db.rows("select account, id from person where handle = ? collate nocase", (handle,))
        return [(account, person) for account, pid in rows for person in self._find_people(account, [pid]).values()]

    def person(self, key: tuple[str, str]) -> Person | None:
        """A person by (account key, person id)."""
        return self._find_people(key[0], [key[1]]).get(key[1])

    def people(self, account: str) -> list[Person]:
        """All people that an account has seen."""
        rows = self._db.rows("select id from person where account = ?", (account,))
        return list(self._find_people(account, [row[0] for row in rows]).values())

    def find_named(self, name: str) -> list[tuple[str, Person]]:
        """The people that a name in a profile may mean: by handle, by id, or by user name on the same server."""
        user, at, _ = name.partition("@")
        rows = self._db.rows(
            "select account, id from person where handle = ?1 collate nocase union select key, ?1 from account", (name,)
        )
        if at and user:
            # A server's host often differs from the domain of its handles.
            rows += self._db.rows(
                "select account, id from person where handle >= ? collate nocase and handle < ? collate nocase limit ?",
                (f"{user}@", f"{user}@\U0010ffff", _NAMESAKES),
            )
        found = ((account, self.person((account, pid))) for account, pid in dict.fromkeys(rows))
        return [(account, person) for account, person in found if person is not None]

    def profiles_to_refresh(self, account: str, limit: int, now: datetime) -> list[str]:
        """The ids of authors with an unknown number of followers, the most recently seen first.

        Those requested without a response within a day are left out, so that they do not delay others.
        """
        rows = self._db.rows(
            "select author, max(at) from post where account = ?1 and aside = 0 and author in"
            " (select id from person where account = ?1 and asked < ?2) group by author order by 2 desc limit 400",
            (account, micros(now - _RETRY_COUNTS_AFTER)),
        )
        people = self._find_people(account, [row[0] for row in rows])
        return [row[0] for row in rows if row[0] in people and people[row[0]].followers is None][:limit]

    def with_fresh_counts(self, account: str, since: datetime) -> list[Person]:
        """All people whose counts were requested since a time."""
        rows = self._db.rows(
            "select id from person where account = ? and json_valid(data)"
            " and json_extract(data, '$.counted_at') is not null",
            (account,),
        )
        people = self._find_people(account, [row[0] for row in rows])
        return [person for person in people.values() if person.counted_at is not None and person.counted_at > since]

    def save_profiles(self, account: str, ids: Sequence[str], people: Iterable[Person], now: datetime) -> None:
        """Store requested profiles, and the time of the request also for those without a response."""
        with self._db.transaction():
            self._keep_people(account, people)
            self._db.run_many(
                "update person set asked = ? where account = ? and id = ?",
                [(micros(now), account, each) for each in ids],
            )

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
            self._find_people(account, list(ids))
        return self._db.readable("posts", rows, self._post)

    def _post(self, row: tuple[str, str, int, str, str | None, str]) -> tuple[SortKey, Post]:
        account, post_id, at, author, booster, data = row
        booster_person = None
        if booster:
            booster_person = self._people.get((account, booster))
        post = post_from_stored(data, account, self._people.get((account, author)), booster_person)
        return (at, account, post_id), post

    def _find_people(self, account: str, ids: Sequence[str]) -> dict[str, Person]:
        missing = [pid for pid in dict.fromkeys(ids) if (account, pid) not in self._people]
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._db.rows(f"select id, data from person where account = ? and id in ({marks})", (account, *part))
            for pid, person in self._db.readable("people", rows, lambda row: (row[0], person_from_stored(row[1]))):
                self._people[account, pid] = person
        return {pid: self._people[account, pid] for pid in ids if (account, pid) in self._people}

"""The people of all accounts: authors, boosters, and those of interactions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from ..codec.people import person_to_record
from ..codec.stored import person_from_stored, record_to_stored
from ..models.joined import Handle
from ..models.person import Person
from .changes import merge_person
from .database import Database, micros
from .handles import bind_seen
from .relationships import slots as _slots

_BATCH = 300
_NAMESAKES = 200
_RETRY_COUNTS_AFTER = timedelta(days=1)
_FOLLOWED = (
    "select person from relationship where account = ?1 and you_follow = 1"
    " union select person from person_mark where account = ?1 and word = 'vouched' and person <> ''"
)
"""The people the user of an account follows or vouched for."""
_RECENT = 400
"""How many of the newest posts are searched for authors whose known followers were not requested."""


class People:
    """The stored people. Those that were read are cached in memory."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: dict[tuple[str, str], Person] = {}

    def save(self, account: str, people: Iterable[Person]) -> None:
        """Store people. Fields that a newer response omits keep their old values."""
        with self._db.transaction():
            self.write(account, people)

    def write(self, account: str, people: Iterable[Person]) -> None:
        """Store people, in a transaction of the caller."""
        # Each interaction has its person, so a page contains a few people many times.
        people = list(dict.fromkeys(people))
        before = self.find(account, [person.id for person in people])
        bind_seen(self._db, account, people, before)
        rows = []
        for person in people:
            merged = merge_person(before.get(person.id), person)
            if merged != before.get(person.id):
                self._read[account, person.id] = merged
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

    def forget(self, people: Iterable[tuple[str, str]]) -> None:
        """Remove people from the memory cache; they are read again when needed."""
        for person in people:
            self._read.pop(person, None)

    def forget_all(self) -> None:
        """Empty the memory cache."""
        self._read.clear()

    def with_handle(self, handle: str) -> list[tuple[str, Person]]:
        """All people with this handle (case-insensitive), as (account key, person)."""
        rows = self._db.rows("select account, id from person where handle = ? collate nocase", (handle,))
        return [(account, person) for account, pid in rows for person in self.find(account, [pid]).values()]

    def with_ids(self, accounts: Sequence[str], ids: Iterable[str]) -> dict[str, list[Handle]]:
        """The handles of the people with these ids that any of these accounts has seen, by id."""
        return _grouped((each.person_id, each) for each in self._seen(accounts, "id", ids))

    def with_handles(self, accounts: Sequence[str], handles: Iterable[str]) -> dict[str, list[Handle]]:
        """The people with these handles that any of these accounts has seen, by handle in lower case."""
        seen = self._seen(accounts, "handle collate nocase", handles)
        return _grouped((each.handle.lower(), each) for each in seen)

    def _seen(self, accounts: Sequence[str], column: str, values: Iterable[str]) -> Iterator[Handle]:
        wanted = [each for each in values if each]
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            rows = self._db.rows(
                f"select account, id, handle from person where {column} in ({_slots(part)})"
                f" and account in ({_slots(accounts)}) order by account",
                (*part, *accounts),
            )
            yield from (Handle(*row) for row in rows)

    def get(self, key: tuple[str, str]) -> Person | None:
        """A person by (account key, person id)."""
        return self.find(key[0], [key[1]]).get(key[1])

    def all(self, account: str) -> list[Person]:
        """All people that an account has seen."""
        rows = self._db.rows("select id from person where account = ?", (account,))
        return list(self.find(account, [row[0] for row in rows]).values())

    def followed(self, account: str) -> list[Person]:
        """The people the user of an account follows or vouched for."""
        rows = self._db.rows(_FOLLOWED, (account,))
        return list(self.find(account, [row[0] for row in rows]).values())

    def protected(self, account: str) -> list[Person]:
        """The people whose names others may imitate: the user follows or vouched for them, or replied to them twice."""
        rows = self._db.rows(
            f"{_FOLLOWED} union select person from interaction where account = ?1 and direction = 'from_you'"
            " and kind in ('reply', 'mention', 'direct') group by person having count(*) > 1",
            (account,),
        )
        return list(self.find(account, [row[0] for row in rows]).values())

    def named(self, name: str) -> list[tuple[str, Person]]:
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
        found = ((account, self.get((account, pid))) for account, pid in dict.fromkeys(rows))
        return [(account, person) for account, person in found if person is not None]

    def profiles_to_refresh(self, account: str, limit: int, now: datetime) -> list[str]:
        """The ids of authors with an unknown number of followers, the most recently seen first.

        Those requested without a response within a day are left out, so that they do not delay others.
        """
        rows = self._db.rows(
            # Search by people, because a large store has a hundred posts for each.
            "select id, (select max(at) from post where account = ?1 and author = person.id and aside = 0) as newest"
            " from person where account = ?1 and asked < ?2 and json_valid(data)"
            " and json_extract(data, '$.followers') is null and newest is not null order by newest desc limit 400",
            (account, micros(now - _RETRY_COUNTS_AFTER)),
        )
        people = self.find(account, [row[0] for row in rows])
        return [row[0] for row in rows if row[0] in people and people[row[0]].followers is None][:limit]

    def without_known_followers(self, account: str, before: datetime, limit: int) -> list[str]:
        """The ids of authors of recent posts whose known followers were not requested since a time, newest first.

        People the user follows, or may follow, are left out.
        """
        rows = self._db.rows(
            "select author from post where account = ?1 and aside = 0 and exists (select 1 from relationship"
            " where account = ?1 and person = post.author and you_follow = 0) order by at desc limit ?2",
            (account, _RECENT),
        )
        people = self.find(account, list(dict.fromkeys(row[0] for row in rows)))
        return [key for key, person in people.items() if _is_due(person, before)][:limit]

    def with_fresh_counts(self, account: str, since: datetime) -> list[Person]:
        """All people whose counts were requested since a time."""
        rows = self._db.rows(
            "select id from person where account = ? and json_valid(data)"
            " and json_extract(data, '$.counted_at') is not null",
            (account,),
        )
        people = self.find(account, [row[0] for row in rows])
        return [person for person in people.values() if person.counted_at is not None and person.counted_at > since]

    def save_profiles(self, account: str, ids: Sequence[str], people: Iterable[Person], now: datetime) -> None:
        """Store requested profiles, and the time of the request also for those without a response."""
        with self._db.transaction():
            self.write(account, people)
            self._db.run_many(
                "update person set asked = ? where account = ? and id = ?",
                [(micros(now), account, each) for each in ids],
            )

    def find(self, account: str, ids: Sequence[str]) -> dict[str, Person]:
        """The stored people with these ids, by id."""
        missing = [pid for pid in dict.fromkeys(ids) if (account, pid) not in self._read]
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._db.rows(f"select id, data from person where account = ? and id in ({marks})", (account, *part))
            for pid, person in self._db.readable("people", rows, lambda row: (row[0], person_from_stored(row[1]))):
                self._read[account, pid] = person
        return {pid: self._read[account, pid] for pid in ids if (account, pid) in self._read}

    def known(self, account: str, person: Person) -> Person:
        """The stored person, after `find` or `write`; otherwise the given one."""
        return self._read.get((account, person.id), person)

    def read_before(self, account: str, person_id: str | None) -> Person | None:
        """A person that `find` or `write` has cached; None for others."""
        return self._read.get((account, person_id)) if person_id else None


def _is_due(person: Person, before: datetime) -> bool:
    known = person.known_followers
    return known is None or (known.read_at is not None and known.read_at < before)


def _grouped(pairs: Iterable[tuple[str, Handle]]) -> dict[str, list[Handle]]:
    found: dict[str, list[Handle]] = {}
    for name, handle in pairs:
        found.setdefault(name, []).append(handle)
    return found

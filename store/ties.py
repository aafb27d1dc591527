"""Builds Ties from stored relationships, interactions, imported ties, vouches and mutes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from ..models.tie import COUNTED, TO_YOU_COUNTS, Interaction, Relationship, Tie
from .database import CALENDAR, Database, micros, moment
from .handles import people_by_handle
from .imported_ties import add_imported, bare_ties, save_from_file, save_imported, widen
from .mutes import Mutes
from .relationships import ANSWERED, read_relationships, save_relationships
from .relationships import slots as _slots

_EMPTY = ("none", "0")
"""The positions of streams that were empty when they were read to the end."""

_BATCH = 300
_NO_RELATIONSHIPS_AFTER = timedelta(days=1)
"""A server that has returned no relationship for this long does not support them."""

_PAUSE = timedelta(hours=6)
"""The time between two syncs counts for at most this long: two failures prove nothing, however far apart they are."""

# `last` is the time of the last failure, and `last - first` how long the program has waited until then.
_WAITED_LONGER = (
    f"first = ?2 - max(last - first, 0) - min(max(?2 - last, 0), {_PAUSE // timedelta(microseconds=1)}), last = ?2"
)


class Ties:
    """The evidence of each account about the user and other people. Raises StoreError."""

    def __init__(self, db: Database, returns_replies: Callable[[str], bool]) -> None:
        """`returns_replies`: whether the server of a handle sends on replies and likes."""
        self._db = db
        self._returns_replies = returns_replies
        self._mutes = Mutes(db)

    def save_relationships(self, account: str, relationships: Iterable[Relationship], now: datetime) -> None:
        """Store relationships. Fields that the server omits keep their old values."""
        with self._db.transaction():
            save_relationships(self._db, account, relationships, micros(now))

    def save_interactions(
        self,
        account: str,
        interactions: Sequence[Interaction],
        stream: str,
        since: str | None,
        counts: Sequence[str] = (),
    ) -> list[Interaction]:
        """Store interactions and how far their stream was read, in one transaction.

        `since` None leaves the stream's position as it is. `counts` names the fields of a Tie that the stream counts.
        Returns the interactions that are new.
        """
        with self._db.transaction():
            known = self._known_interactions(account, [each.id for each in interactions])
            self._db.run_many(
                "insert into interaction (account, id, person, kind, direction, at) values (?, ?, ?, ?, ?, ?)"
                # A conversation returns under the same id with each new message.
                " on conflict do update set at = excluded.at, direction = excluded.direction where excluded.at > at",
                [
                    (account, each.id, each.person.id, each.kind, each.direction, micros(each.at))
                    for each in interactions
                ],
            )
            if since is not None:
                self._db.run(
                    "insert into stream (account, name, since, counts) values (?, ?, ?, ?)"
                    " on conflict do update set since = excluded.since, counts = excluded.counts",
                    (account, stream, since, " ".join(counts)),
                )
                if "direct_to_you" in counts:
                    # The migration direct_sides stored these until the conversations were read again.
                    self._db.run("delete from interaction where account = ? and kind = 'direct_before'", (account,))
        return [each for each in interactions if each.id not in known]

    def _known_interactions(self, account: str, ids: Sequence[str]) -> set[str]:
        known: set[str] = set()
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            rows = self._db.rows(
                f"select id from interaction where account = ? and id in ({_slots(part)})", (account, *part)
            )
            known.update(row[0] for row in rows)
        return known

    def streams(self, account: str) -> dict[str, str]:
        """The position of each stream of interactions: what a source needs to read only what is new."""
        return dict(self._db.rows("select name, since from stream where account = ?", (account,)))

    def _counts_read(self, account: str, *, with_empty: bool) -> set[str]:
        """The fields of a Tie that streams counted to their end; without `with_empty`, only streams with items."""
        rows = self._db.rows("select since, counts from stream where account = ?", (account,))
        return {name for since, counts in rows if with_empty or since not in _EMPTY for name in counts.split()}

    def stale(self, account: str, person_ids: Sequence[str], before: datetime) -> list[str]:
        """The people whose relationship was never requested, or last before a time."""
        fresh: set[str] = set()
        for start in range(0, len(person_ids), _BATCH):
            part = person_ids[start : start + _BATCH]
            rows = self._db.rows(
                f"select person from relationship where account = ? and at >= ? and person in ({_slots(part)})",
                (account, micros(before), *part),
            )
            fresh.update(row[0] for row in rows)
        return [person for person in person_ids if person not in fresh]

    def never_requested(self, account: str, limit: int) -> list[str]:
        """Authors, boosters and linked people without a stored relationship."""
        unknown = f"not exists (select 1 from relationship where account = ?1 and person = seen.person and {ANSWERED})"
        # Search by people: a hundred thousand posts are by a few thousand people.
        rows = self._db.rows(
            "select person from (select id as person from person where account = ?1 and id != '') as seen"
            f" where {unknown}"
            " and (exists (select 1 from post where account = ?1 and author = seen.person)"
            " or exists (select 1 from post where account = ?1 and booster = seen.person))"
            f" union select person from joined as seen where account = ?1 and {unknown} order by person limit ?2",
            (account, limit),
        )
        return [row[0] for row in rows]

    def pending_relationships(self, account: str, people: Iterable[str]) -> set[str]:
        """The people among these whose tie is not fully known yet.

        Their relationship is unknown, or the interactions of the account were never read. If only one direction was
        read, only people in it may be missing the other one. Direct messages from before an upgrade count as unknown
        until they are read again. Empty if the account is not signed in, or its server has no relationships.
        """
        row = self._db.row(
            "select remote_id, exists (select 1 from relationship_failure where account = ?1 and last - first >= ?2"
            f" and not exists (select 1 from relationship where account = ?1 and {ANSWERED})),"
            " exists (select 1 from interaction_failure where account = ?1 and last - first < ?2)"
            " from account where key = ?1",
            (account, _NO_RELATIONSHIPS_AFTER // timedelta(microseconds=1)),
        )
        if row is None:
            return set()
        own_id, has_no_relationships, interactions_missing = row
        wanted = {*people} - {own_id, ""}
        if interactions_missing:
            return wanted
        one_sided = self._having(account, wanted, "interaction", self._one_sided(account))
        if has_no_relationships:
            return one_sided
        return one_sided | (wanted - self._having(account, wanted, "relationship", ANSWERED))

    def _one_sided(self, account: str) -> str:
        """The SQL condition for interactions whose other direction was not read.

        A sign-in may lack the permission for notifications. Then the people that the user replies to may be friends.
        """
        counts = self._counts_read(account, with_empty=True)
        words = "kind in ('reply', 'mention', 'direct') and direction"
        if "replies_from_you" in counts and "replies_to_you" not in counts:
            return f"(kind = 'direct_before' or ({words} = 'from_you'))"
        if "replies_to_you" in counts and "replies_from_you" not in counts:
            return f"(kind = 'direct_before' or ({words} = 'to_you'))"
        return "kind = 'direct_before'"

    def _having(self, account: str, people: Iterable[str], table: str, condition: str) -> set[str]:
        """The people among these with a matching row in a table."""
        ids, found = list(people), set[str]()
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            rows = self._db.rows(
                f"select person from {table} where account = ? and {condition} and person in ({_slots(part)})",
                (account, *part),
            )
            found.update(row[0] for row in rows)
        return found

    def record_no_answer(self, account: str, now: datetime) -> None:
        """Record that an account's server returned posts, but no relationship for anybody in them."""
        with self._db.transaction():
            self._db.run(
                "insert into relationship_failure (account, first, last) values (?1, ?2, ?2)"
                f" on conflict do update set {_WAITED_LONGER}",
                (account, micros(now)),
            )

    def interactions_missing(self, account: str, now: datetime) -> None:
        """Record that interactions are missing, if they were never read completely. Nobody is a stranger meanwhile."""
        if not self._counts_read(account, with_empty=True) >= {"replies_to_you", "replies_from_you"}:
            with self._db.transaction():
                self._db.run(
                    "insert into interaction_failure (account, first, last) values (?1, ?2, ?2) on conflict do nothing",
                    (account, micros(now)),
                )

    def interactions_still_failing(self, account: str, now: datetime) -> None:
        """Record that reading interactions failed again. After a day of use, quietfeed stops waiting for them."""
        with self._db.transaction():
            self._db.run(f"update interaction_failure set {_WAITED_LONGER} where account = ?1", (account, micros(now)))

    def interactions_synced(self, account: str) -> None:
        """Record that interactions were read, as far as the server has them."""
        with self._db.transaction():
            self._db.run("delete from interaction_failure where account = ?", (account,))

    def of(self, account: str, people: dict[str, str]) -> dict[str, Tie]:
        """The ties to people (id -> handle), one for each; without evidence every field is unknown."""
        ties: dict[str, Tie] = {}
        ids = list(people)
        # An empty stream may be one that the server does not support (favourites in snac).
        zeros = dict.fromkeys(self._counts_read(account, with_empty=False), 0)
        for start in range(0, len(ids), _BATCH):
            part = {person: people[person] for person in ids[start : start + _BATCH]}
            seen = self._seen(account, part, zeros)
            by_handle = people_by_handle(self._db, account, part)
            add_imported(self._db, account, part, by_handle, seen)
            self._add_marks(account, part, by_handle, seen)
            self._add_follow_counts(account, seen)
            for person, until in self._mutes.of(account, part).items():
                seen[person]["muted"] = until
            ties |= {person: Tie(**values) for person, values in seen.items()}
        return ties

    def _add_follow_counts(self, account: str, seen: dict[str, dict[str, Any]]) -> None:
        """Add how many accounts each follower of the user follows."""
        ids = [person for person, values in seen.items() if values.get("follows_you")]
        for person, count in self._db.rows(
            "select id, json_extract(data, '$.following') from person"
            f" where account = ? and id in ({_slots(ids)}) and json_valid(data)",
            (account, *ids),
        ):
            if isinstance(count, int):
                seen[person]["they_follow"] = count

    def contacts(self, account: str, person_id: str) -> list[tuple[datetime, bool]]:
        """The times of interactions with a person, oldest first, and whether each was towards the user."""
        rows = self._db.rows(
            "select at, direction from interaction where account = ? and person = ? order by at", (account, person_id)
        )
        return self._db.readable("ties", rows, lambda row: (moment(row[0]), row[1] == "to_you"))

    def everyone(self, account: str) -> dict[str, str]:
        """Everybody with evidence, as id -> handle ("" if unknown). Bare handles are in `bare`."""
        rows = self._db.rows(
            "with seen as (select person from relationship where account = ?1"
            " union select person from interaction where account = ?1"
            " union select person from person_mark where account = ?1 and person <> ''"
            " union select person from imported_tie where account = ?1 and person <> ''"
            " union select person from file_tie where account = ?1 and person <> '')"
            " select seen.person, coalesce(them.handle, (select handle from imported_tie as said"
            " where said.account = ?1 and said.person = seen.person limit 1), '') from seen"
            " left join person as them on them.account = ?1 and them.id = seen.person",
            (account,),
        )
        return dict(rows)

    def bare(self) -> list[tuple[str, str, Tie]]:
        """The imported ties that name a handle without an id: the account ("" is every account), handle and tie."""
        return bare_ties(self._db)

    def _seen(self, account: str, people: dict[str, str], zeros: dict[str, int]) -> dict[str, dict[str, Any]]:
        ids = list(people)
        # Missing replies mean nothing on a server that sends none.
        known = {name: count for name, count in zeros.items() if name not in TO_YOU_COUNTS}
        seen = {person: dict(zeros if self._returns_replies(handle) else known) for person, handle in people.items()}
        for person, fields in read_relationships(self._db, account, ids).items():
            seen[person] |= fields
        for person, kind, direction, count, first, last in self._db.rows(
            "select person, kind, direction, count(*), min(at), max(at) from interaction"
            f" where account = ? and person in ({_slots(ids)}) and at between ? and ?"
            " group by person, kind, direction",
            (account, *ids, *CALENDAR),
        ):
            values = seen[person]
            if name := COUNTED.get((kind, direction)):
                values[name] = (values.get(name) or 0) + count
            if kind == "follow":
                continue
            widen(values, "first_contact", moment(first), earlier=True)
            widen(values, "last_contact", moment(last))
            if direction == "to_you":
                widen(values, "last_to_you", moment(last))
            else:
                widen(values, "last_from_you", moment(last))
        return seen

    def _add_marks(
        self, account: str, people: dict[str, str], by_handle: dict[str, str], seen: dict[str, dict[str, Any]]
    ) -> None:
        handles = list(by_handle)
        for person, handle, word in self._db.rows(
            "select person, handle, word from person_mark where account in (?, '')"
            f" and (person in ({_slots(people)}) or (person = '' and handle in ({_slots(handles)})))",
            (account, *people, *handles),
        ):
            if person in seen:
                owner = person
            else:
                owner = by_handle.get(handle.casefold())
            if owner is not None:
                seen[owner][word] = True

    def save_imported(self, account: str, person_id: str, handle: str, tie: Tie) -> None:
        """Store an imported tie. Importing it again changes nothing."""
        with self._db.transaction():
            save_imported(self._db, account, person_id, handle, tie)

    def save_from_file(self, source: str, account: str, ties: Iterable[tuple[str, str, Tie]]) -> None:
        """Store the ties of an imported file, as (person id, handle, tie). `source`: see imports_schema.py."""
        with self._db.transaction():
            save_from_file(self._db, source, account, ties)

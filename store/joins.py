"""Links between handles of one person, and pairs that the user declared distinct."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from ..models.errors import StoreError
from ..models.joined import DistinctPair, Handle, PersonKey, PersonLink
from .database import Database, micros, moment


class Joins:
    """Linked handles and distinct pairs. Every write is durable when the method returns."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[PersonLink]:
        """All linked people, oldest first. Handles are as they were at the time of the link."""
        rows = self._db.rows(
            "select number, account, person, joined.handle, coalesce(network, ''), at from joined"
            " left join account on account.key = joined.account order by number, account, person"
        )
        people: dict[int, list[Handle]] = {}
        latest: dict[int, int] = {}
        for number, account, person, handle, network, at in self._db.readable("links", rows, _checked):
            people.setdefault(number, []).append(Handle(account, person, handle, network))
            latest[number] = max(at, latest.get(number, at))
        return self._db.readable(
            "links", people.items(), lambda each: PersonLink(tuple(each[1]), moment(latest[each[0]]))
        )

    def apart(self) -> list[DistinctPair]:
        """All distinct pairs, oldest first."""
        rows = self._db.rows(
            "select account, person, handle, other_account, other_person, other_handle, at from kept_apart"
            " order by at, account, person, other_account, other_person"
        )
        return self._db.readable(
            "links", rows, lambda row: DistinctPair(Handle(*row[:3]), Handle(*row[3:6]), moment(_checked(row)[6]))
        )

    def link(self, people: Sequence[Handle], at: datetime) -> None:
        """Link these handles, and everybody already linked with one of them, into one person."""
        with self._db.transaction(durable=True):
            self._link(people, at)

    def _link(self, people: Sequence[Handle], at: datetime) -> None:
        whole = {handle.key: handle for handle in people}
        for join in self.all():
            if any(handle.key in whole for handle in join.people):
                whole = {**{handle.key: handle for handle in join.people}, **whole}
        self._leave(whole)
        number = self._db.row("select coalesce(max(number), 0) + 1 from joined")[0]
        self._db.run_many(
            "insert into joined (account, person, handle, number, at) values (?, ?, ?, ?, ?)",
            [(*key, handle.handle, number, micros(at)) for key, handle in whole.items()],
        )
        self._db.run_many(
            "delete from kept_apart where account = ? and person = ? and other_account = ? and other_person = ?",
            [(*one, *other) for one in whole for other in whole],
        )

    def unlink(self, people: Collection[PersonKey], pairs: Iterable[DistinctPair]) -> None:
        """Remove the links of these people and record each pair as distinct."""
        with self._db.transaction(durable=True):
            self._leave(people)
            self._remove_single()
            self._mark_distinct(pairs)

    def restore(
        self, people: Collection[PersonKey], joins: Iterable[PersonLink], pairs: Iterable[DistinctPair]
    ) -> None:
        """Restore earlier links and distinct pairs of these people, for undo."""
        with self._db.transaction(durable=True):
            self._leave(people)
            self._db.run_many(
                "delete from kept_apart where (account = ? and person = ?) or (other_account = ? and other_person = ?)",
                [(*key, *key) for key in people],
            )
            for join in joins:
                self._link(join.people, join.at)
            self._remove_single()
            self._mark_distinct(pairs)

    def forget(self, account: str) -> None:
        """Remove the links of all people of an account. Call it in a transaction."""
        self._db.run("delete from joined where account = ?", (account,))
        self._remove_single()
        self._db.run("delete from kept_apart where account = ?1 or other_account = ?1", (account,))

    def _leave(self, people: Iterable[PersonKey]) -> None:
        self._db.run_many("delete from joined where account = ? and person = ?", people)

    def _remove_single(self) -> None:
        """Remove links that have only one handle left."""
        self._db.run(
            "delete from joined where number in (select number from joined group by number having count(*) < 2)"
        )

    def _mark_distinct(self, pairs: Iterable[DistinctPair]) -> None:
        rows = []
        for pair in pairs:
            one, other = sorted((pair.one, pair.other), key=lambda handle: handle.key)
            rows.append((*one.key, one.handle, *other.key, other.handle, micros(pair.at)))
        self._db.run_many(
            "insert into kept_apart (account, person, handle, other_account, other_person, other_handle, at)"
            " values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
            rows,
        )


def _checked(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row whose last column is a time and whose other columns have values. Raises StoreError for a damaged one."""
    if not isinstance(row[-1], int) or None in row:
        raise StoreError("A join in the database is damaged.")
    return row

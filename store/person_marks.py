"""The user's vouches and "not known" marks on people."""

from collections.abc import Iterable

from ..models.errors import StoreError
from ..models.joined import Handle
from ..models.mark import PersonMark, PersonWord
from .database import Database, micros, moment
from .handles import ABOUT, bind_marked, unbind


class PersonMarks:
    """The table of vouches and "not known" marks. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, mark: PersonMark) -> None:
        """Store a vouch or "not known" durably. A newer one on the same person stays."""
        with self._db.transaction(durable=True):
            self._set(mark)

    def replace(self, people: Iterable[Handle], marks: Iterable[PersonMark]) -> None:
        """Replace all vouches of these people, including those of bare handles, in one transaction."""
        with self._db.transaction(durable=True):
            for handle in people:
                self._db.run(
                    f"delete from person_mark where {ABOUT}",
                    (handle.account, handle.person_id, handle.handle),
                )
                if not handle.person_id:
                    unbind(self._db, handle.account, handle.handle)
            for mark in marks:
                self._set(mark)

    def _set(self, mark: PersonMark) -> None:
        self._db.run(
            "insert into person_mark (account, person, handle, word, at) values (?, ?, ?, ?, ?)"
            " on conflict do update set word = excluded.word, at = excluded.at where excluded.at >= at",
            (mark.account, mark.person_id, mark.handle, mark.word, micros(mark.at)),
        )
        if not mark.person_id:
            bind_marked(self._db, mark.account, mark.handle)

    def all(self) -> list[PersonMark]:
        """All vouches and "not known" marks, oldest first."""
        rows = self._db.rows("select account, person, handle, word, at from person_mark order by at, account, person")
        return self._db.readable("words", rows, _person_mark)

    def about(self, people: Iterable[Handle]) -> list[PersonMark]:
        """The vouches of these people, including those of bare handles, oldest first."""
        rows = [
            row
            for each in people
            for row in self._db.rows(
                f"select account, person, handle, word, at from person_mark where {ABOUT}",
                (each.account, each.person_id, each.handle),
            )
        ]
        return sorted(self._db.readable("words", dict.fromkeys(rows), _person_mark), key=lambda mark: mark.at)


def _person_mark(row: tuple[str, str, str, str, int]) -> PersonMark:
    account, person, handle, word, at = row
    return PersonMark(account, person, handle, _word(word), moment(at))


def _word(text: str) -> PersonWord:
    if text not in ("vouched", "not_known"):
        raise StoreError("A vouch in the database is damaged.")
    if text == "vouched":
        return "vouched"
    return "not_known"

"""The user's mutes. `expire` removes expired ones."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..models.joined import Handle
from ..models.mark import Mute
from .database import Database, micros, moment
from .handles import ABOUT, bind_marked, people_by_handle, unbind


class Mutes:
    """All mutes, by account and person. A mute of a bare handle applies on every account."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def set(self, mute: Mute) -> None:
        """Store a mute durably. A newer mute of the same person stays."""
        with self._db.transaction(durable=True):
            self._set(mute)

    def replace(self, people: Iterable[Handle], mutes: Iterable[Mute]) -> bool:
        """Replace all mutes of these people, including those of bare handles, in one transaction.

        Returns whether they were muted.
        """
        was = 0
        with self._db.transaction(durable=True):
            for handle in people:
                was += self._db.run(
                    f"delete from mute where {ABOUT}", (handle.account, handle.person_id, handle.handle)
                )
                if not handle.person_id:
                    unbind(self._db, handle.account, handle.handle)
            for mute in mutes:
                self._set(mute)
        return was > 0

    def _set(self, mute: Mute) -> None:
        self._db.run(
            "insert into mute (account, person, handle, until, at) values (?, ?, ?, ?, ?)"
            " on conflict do update set until = excluded.until, at = excluded.at where excluded.at >= at",
            (mute.account, mute.person_id, mute.handle, micros(mute.until), micros(mute.at)),
        )
        if not mute.person_id:
            bind_marked(self._db, mute.account, mute.handle)

    def all(self) -> list[Mute]:
        """All mutes, oldest first."""
        rows = self._db.rows("select account, person, handle, until, at from mute order by at, account, person")
        return self._db.readable("mutes", rows, _mute)

    def about(self, people: Iterable[Handle]) -> list[Mute]:
        """The mutes of these people, including those of bare handles, oldest first."""
        rows = [
            row
            for each in people
            for row in self._db.rows(
                f"select account, person, handle, until, at from mute where {ABOUT}",
                (each.account, each.person_id, each.handle),
            )
        ]
        return sorted(self._db.readable("mutes", dict.fromkeys(rows), _mute), key=lambda mute: mute.at)

    def expire(self, now: datetime) -> bool:
        """Remove expired mutes, and return whether there were any."""
        if self._db.row("select 1 from mute where until <= ? limit 1", (micros(now),)) is None:
            return False
        with self._db.transaction():
            return self._db.run("delete from mute where until <= ?", (micros(now),)) > 0

    def of(self, account: str, people: Mapping[str, str]) -> dict[str, datetime]:
        """Map muted people (id -> handle) to the end of their mute."""
        muted: dict[str, datetime] = {}
        # There are few mutes and many people, so read all mutes of the account.
        rows = self._db.rows("select person, handle, until from mute where account in (?, '')", (account,))
        by_handle: dict[str, str] = {}
        if any(not row[0] for row in rows):
            by_handle = people_by_handle(self._db, account, people)
        for person, handle, until in self._db.readable("mutes", rows, lambda row: (*row[:2], moment(row[2]))):
            owner = person or by_handle.get(handle.casefold(), "")
            if owner in people:
                muted[owner] = max(until, muted.get(owner, until))
        return muted


def _mute(row: tuple[str, str, str, int, int]) -> Mute:
    account, person, handle, until, at = row
    return Mute(account, person, handle, moment(until), moment(at))

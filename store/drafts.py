"""Drafts: stored at every change, and deleted once their posts are on the server."""

from datetime import datetime
from typing import Any

import msgspec

from ..models.draft import Draft
from .database import Database, micros, moment


class StoredDraft(msgspec.Struct, frozen=True):
    """A stored draft. `queued`: its posts are in the outbox. `reason`: why a server rejected it; "" if none did."""

    id: int
    draft: Draft
    at: datetime
    queued: bool = False
    reason: str = ""


class Drafts:
    """All drafts. A method that raises StoreError has changed nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, draft: Draft, now: datetime, number: int = 0) -> int:
        """Store a draft, or a new version of one; returns its number. One in the outbox stays as it is."""
        record = msgspec.json.encode(draft).decode()
        with self._db.transaction():
            if number and self._db.run(
                "update draft set record = ?, at = ? where id = ? and queued = 0", (record, micros(now), number)
            ):
                return number
            row = self._db.row("insert into draft (record, at) values (?, ?) returning id", (record, micros(now)))
            made: int = row[0]
            return made

    def get(self, number: int) -> StoredDraft | None:
        """A draft by its number."""
        rows = self._db.rows("select id, record, at, queued, reason from draft where id = ?", (number,))
        return next(iter(self._db.readable("drafts", rows, _stored)), None)

    def all(self) -> list[StoredDraft]:
        """All drafts, the last changed first."""
        rows = self._db.rows("select id, record, at, queued, reason from draft order by at desc, id desc")
        return self._db.readable("drafts", rows, _stored)

    def queue(self, number: int) -> None:
        """Record that a draft is in the outbox."""
        with self._db.transaction():
            self._db.run("update draft set queued = 1, reason = '' where id = ?", (number,))

    def give_back(self, number: int, reason: str = "") -> None:
        """Record that a draft left the outbox unsent."""
        with self._db.transaction(durable=True):
            self._db.run("update draft set queued = 0, reason = ? where id = ?", (reason, number))

    def delete(self, number: int) -> bool:
        """Delete a draft; returns whether there was one."""
        with self._db.transaction():
            return bool(self._db.run("delete from draft where id = ?", (number,)))


def _stored(row: Any) -> StoredDraft:
    number, record, at, queued, reason = row
    return StoredDraft(number, msgspec.json.decode(record, type=Draft), moment(at), bool(queued), reason)

"""The outbox: the queue of actions for servers, with their results.

An action is stored before its first request. Only the process that claimed it sends it; a claim ends with its process
or after LEASE. The transaction that stores an action also changes the viewer state of the post and the tie to its
author; the transaction that stores a rejection reverts both.
"""

import json
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ..codec.actions import action_from_record, action_to_record
from ..models.action import (
    Action,
    ActionKey,
    ActionState,
    Like,
    Receipt,
    Unlike,
)
from .database import Database, micros, moment, parsed
from .viewer import ViewerStates

LEASE = timedelta(minutes=5)
"""Maximum duration of a claim; longer than any request with its timeouts."""

_COLUMNS = (
    "id, action, state, attempts, next_at, record_key, made_at, queued_at, confirmed_at, sent_at, reason, record_id"
)
_OPEN = "state in ('pending', 'sending', 'unclear')"
_KEPT = timedelta(days=30)


class Entry(msgspec.Struct, frozen=True):
    """An action in the outbox. Times are aware, UTC."""

    id: int
    action: Action
    key: ActionKey
    state: ActionState
    queued_at: datetime
    next_at: datetime
    confirmed_at: datetime
    """When the user last confirmed it; initially the time it was queued."""

    attempts: int = 0
    sent_at: datetime | None = None
    reason: str = ""
    receipt: Receipt | None = None

    @property
    def account(self) -> str:
        """The key of the account that acts."""
        return self.action.target.account


class Outbox:
    """All actions. A method that raises StoreError has changed nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._viewer = ViewerStates(db)
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{id(self):x}"

    def add(
        self, action: Action, key: ActionKey, now: datetime, interaction_id: str, *, instead_of: Entry | None = None
    ) -> Entry:
        """Store an action, and update the post's viewer state and the tie.

        `interaction_id` is the id of the interaction that it adds to the tie; "" adds none. `instead_of` is an opposite
        action that may have been sent and is not being sent now; it is closed.
        """
        target = action.target
        record = json.dumps(action_to_record(action), ensure_ascii=False)
        at = micros(now)
        with self._db.transaction(durable=True):
            self._db.run("delete from outbox where state = 'done' and sent_at < ?", (micros(now - _KEPT),))
            if instead_of is not None:
                self._db.run("delete from outbox where id = ? and state in ('pending', 'unclear')", (instead_of.id,))
            contact = self._turn_contact(action, interaction_id, at)
            self._viewer.set_liked(target, liked=isinstance(action, Like))
            row = self._db.row(
                "insert into outbox (account, target, action, record_key, made_at, next_at, queued_at, confirmed_at,"
                f" interaction, interaction_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning {_COLUMNS}",
                (target.account, target.post_id, record, key.record_key, micros(key.created_at), at, at, at,
                 interaction_id, contact),
            )  # fmt: skip
            return _entry(row)

    def get(self, number: int) -> Entry | None:
        """An entry by its number."""
        row = self._db.row(f"select {_COLUMNS} from outbox where id = ?", (number,))
        if row is None:
            return None
        return _entry(row)

    def all(self) -> list[Entry]:
        """Every entry, newest first."""
        rows = self._db.rows(f"select {_COLUMNS} from outbox order by id desc")
        return self._db.readable("actions", rows, _entry)

    def open(self) -> list[Entry]:
        """The actions that are not finished, oldest first."""
        rows = self._db.rows(f"select {_COLUMNS} from outbox where {_OPEN} order by id")
        return self._db.readable("actions", rows, _entry)

    def recent(self, since: datetime) -> list[Entry]:
        """Open actions and those queued since `since`, oldest first."""
        rows = self._db.rows(
            f"select {_COLUMNS} from outbox where queued_at >= ? or {_OPEN} order by id", (micros(since),)
        )
        return self._db.readable("actions", rows, _entry)

    def newest(self, account: str, post_id: str) -> Entry | None:
        """The newest action on a post."""
        rows = self._db.rows(
            f"select {_COLUMNS} from outbox where account = ? and target = ? order by id desc limit 1",
            (account, post_id),
        )
        found = self._db.readable("actions", rows, _entry)
        if found:
            return found[0]
        return None

    def claim(self, number: int, now: datetime) -> Entry | None:
        """Claim an entry for sending. None if it is claimed, done, or waits for an earlier one.

        The entry comes back as it was before, so that its state and attempts tell whether it was ever sent.
        """
        with self._db.transaction(durable=True):
            row = self._db.row(f"select {_COLUMNS}, owner, lease from outbox where id = ? and {_OPEN}", (number,))
            if row is None:
                return None
            entry, owner, lease = _entry(row[:-2]), row[-2], row[-1]
            if entry.state == "sending" and lease > micros(now) and _runs(owner):
                return None
            earlier = self._db.row(
                f"select 1 from outbox where account = ? and target = ? and id < ? and {_OPEN}",
                (entry.account, entry.action.target.post_id, number),
            )
            if earlier is not None:
                return None
            self._db.run(
                "update outbox set state = 'sending', owner = ?, lease = ?, attempts = attempts + 1 where id = ?",
                (self._owner, micros(now + LEASE), number),
            )
            return entry

    def put_back(self, entry: Entry, state: ActionState, next_at: datetime, reason: str) -> None:
        """Schedule the retry of a claimed entry. "pending": it was not done; "unclear": it may have been done."""
        with self._db.transaction(durable=True):
            self._db.run(
                "update outbox set state = ?, next_at = ?, reason = ? where id = ? and owner = ? and state = 'sending'",
                (state, micros(next_at), reason, entry.id, self._owner),
            )

    def done(self, entry: Entry, receipt: Receipt, now: datetime) -> None:
        """Store the receipt of a finished entry, and the record id in the post."""
        with self._db.transaction(durable=True):
            changed = self._db.run(
                f"update outbox set state = 'done', sent_at = ?, record_id = ?, reason = '' where id = ? and {_OPEN}",
                (micros(now), receipt.record_id, entry.id),
            )
            if changed and self._is_newest(entry):
                liked = isinstance(entry.action, Like)
                self._viewer.set_liked(entry.action.target, liked=liked, record_id=receipt.record_id if liked else "")

    def failed(self, entry: Entry, reason: str) -> None:
        """Mark an entry as rejected, and revert its local changes."""
        with self._db.transaction(durable=True):
            changed = self._db.run(
                f"update outbox set state = 'failed', reason = ? where id = ? and {_OPEN}", (reason, entry.id)
            )
            if changed and self._is_newest(entry):
                self._turn_back(entry)

    def withdraw(self, entry: Entry) -> bool:
        """Remove an entry that was certainly not done, and revert its local changes. Returns False for any other."""
        with self._db.transaction(durable=True):
            row = self._db.row("select state from outbox where id = ?", (entry.id,))
            if row is None or row[0] not in ("pending", "failed"):
                return False
            if row[0] == "pending":
                self._turn_back(entry)
            self._db.run("delete from outbox where id = ?", (entry.id,))
            return True

    def confirm(self, entry: Entry, now: datetime) -> Entry:
        """Queue an entry again, for another hour. A failed one applies its local changes again."""
        at = micros(now)
        with self._db.transaction(durable=True):
            if self._db.run("update outbox set state = 'unclear' where id = ? and state = 'failed'", (entry.id,)):
                interaction = self._db.row("select interaction from outbox where id = ?", (entry.id,))[0]
                contact = self._turn_contact(entry.action, interaction, at)
                self._viewer.set_liked(entry.action.target, liked=isinstance(entry.action, Like))
                self._db.run("update outbox set interaction_at = ? where id = ?", (contact, entry.id))
            self._db.run(
                f"update outbox set confirmed_at = ?, next_at = ?, reason = '' where id = ? and {_OPEN}",
                (at, at, entry.id),
            )
        return self.get(entry.id) or entry

    def spent(self, account: str, since: datetime) -> list[tuple[datetime, Action]]:
        """The actions of an account that were sent since `since`, with their times."""
        rows = self._db.rows(
            "select sent_at, action from outbox where account = ? and sent_at >= ?", (account, micros(since))
        )
        return self._db.readable("actions", rows, lambda row: (moment(row[0]), action_from_record(parsed(row[1]))))

    def _is_newest(self, entry: Entry) -> bool:
        newest = self.newest(entry.account, entry.action.target.post_id)
        return newest is not None and newest.id == entry.id

    def _turn_back(self, entry: Entry) -> None:
        action = entry.action
        record_id = action.record_id if isinstance(action, Unlike) else ""
        self._viewer.set_liked(action.target, liked=isinstance(action, Unlike), record_id=record_id)
        row = self._db.row("select interaction, interaction_at from outbox where id = ?", (entry.id,))
        if not row[0] or row[1] is None:
            return
        if isinstance(action, Like):
            self._delete_contact(action, row[0])
        else:
            self._insert_contact(action, *row)

    def _turn_contact(self, action: Action, interaction: str, now: int) -> int | None:
        """Add or remove the interaction of a like. Returns its time, or None if nothing changed."""
        if not interaction:
            return None
        row = self._db.row(
            "select at from interaction where account = ? and id = ?", (action.target.account, interaction)
        )
        if isinstance(action, Like):
            if row is not None:
                return None
            self._insert_contact(action, interaction, now)
            return now
        if row is None:
            return None
        self._delete_contact(action, interaction)
        at: int = row[0]
        return at

    def _insert_contact(self, action: Action, interaction: str, at: int) -> None:
        self._db.run(
            "insert or ignore into interaction (account, id, person, kind, direction, at)"
            " values (?, ?, ?, 'like', 'from_you', ?)",
            (action.target.account, interaction, action.target.person_id, at),
        )

    def _delete_contact(self, action: Action, interaction: str) -> None:
        self._db.run("delete from interaction where account = ? and id = ?", (action.target.account, interaction))


def _runs(owner: str) -> bool:
    """Whether the process of a claim may still be running. On another machine it may."""
    host, number = (*owner.rsplit(":", 2), "", "")[:2]
    if os.name != "posix" or host != socket.gethostname() or not number.isdigit():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _entry(row: Sequence[Any]) -> Entry:
    number, action, state, attempts, next_at, record_key, made_at, queued_at, confirmed_at, sent_at, reason, record = (
        row
    )
    return Entry(
        id=number,
        action=action_from_record(parsed(action)),
        key=ActionKey(record_key, moment(made_at)),
        state=state,
        queued_at=moment(queued_at),
        next_at=moment(next_at),
        confirmed_at=moment(confirmed_at),
        attempts=attempts,
        sent_at=None if sent_at is None else moment(sent_at),
        reason=reason,
        receipt=Receipt(record) if state == "done" else None,
    )

"""The outbox: the queue of actions for servers, with their results.

An action is stored before its first request. Only the process that claimed it sends it; a claim ends with its process
or after LEASE. The transaction that stores an action also applies its local effect (store/effects.py) and adds the
interaction that it is evidence of; the transaction that stores a rejection reverts both.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ..codec.actions import action_from_record, action_to_record
from ..models.action import Action, ActionKey, ActionState, ChangeList, Compose, Receipt
from ..models.action_kinds import kind_of, order_key
from .claims import may_run, owner_of
from .database import Database, micros, moment, parsed
from .relationships import outdate

# What only the user's own actions need is imported with the first one.
if TYPE_CHECKING:
    from .effects import Effects

LEASE = timedelta(minutes=5)
"""Maximum duration of a claim that its process does not renew."""

_COLUMNS = (
    "id, action, state, attempts, next_at, record_key, made_at, queued_at, confirmed_at, sent_at, reason, record_id,"
    " hold_until, requested, unchanged"
)
_OPEN = "state in ('pending', 'sending', 'unclear')"
_KEPT = timedelta(days=30)
_COMPARED = timedelta(days=2)
"""Posts that were sent at most this long before a post are compared with it."""

_ASKED = 0
"""The confirmation time of an entry that the user must decide about, because its result cannot be compared."""


class Entry(msgspec.Struct, frozen=True):
    """An action in the outbox. Times are aware, UTC."""

    id: int
    action: Action
    key: ActionKey
    state: ActionState
    queued_at: datetime
    next_at: datetime
    confirmed_at: datetime
    """When the user last confirmed it; initially the time it was queued. 1970: the user has to decide."""

    hold_until: datetime | None = None
    """It is not sent before this time, so that the user can undo it."""

    attempts: int = 0
    sent_at: datetime | None = None
    reason: str = ""
    receipt: Receipt | None = None

    @property
    def account(self) -> str:
        """The key of the account that sends it."""
        return self.action.target.account


class Queued(NamedTuple):
    """An action to be stored, and the id of the interaction that it is evidence of; "" if there is none."""

    action: Action
    key: ActionKey
    interaction_id: str = ""


class Outbox:
    """All actions. A method that raises StoreError has changed nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owner = owner_of(self)

    @cached_property
    def _effects(self) -> "Effects":
        from .effects import Effects

        return Effects(self._db)

    def add(
        self,
        action: Action,
        key: ActionKey,
        now: datetime,
        interaction_id: str = "",
        *,
        instead_of: Entry | None = None,
        hold_until: datetime | None = None,
    ) -> Entry:
        """Store an action, apply its local effect, and add its interaction to the tie.

        `interaction_id` is the id of the interaction that the action is evidence of; "" adds none. `instead_of` is an
        opposite action that may have been sent and is not being sent now; it is closed. The action is not sent before
        `hold_until`.
        """
        with self._db.transaction(durable=True):
            self._db.run("delete from outbox where state = 'done' and sent_at < ?", (micros(now - _KEPT),))
            if instead_of is not None:
                self._db.run("delete from outbox where id = ? and state in ('pending', 'unclear')", (instead_of.id,))
            return self._insert(Queued(action, key, interaction_id), now, hold_until)

    def add_posts(
        self, posts: Sequence[Queued], draft: int, now: datetime, hold_until: datetime | None = None
    ) -> list[Entry]:
        """Store the actions that send a draft, all of them or none."""
        from .queued_drafts import queue_draft

        with self._db.transaction(durable=True):
            queue_draft(self._db, draft)
            return [self._insert(each, now, hold_until) for each in posts]

    def _insert(self, queued: Queued, now: datetime, hold_until: datetime | None) -> Entry:
        from .outbox_contacts import apply_contact

        action, key, interaction_id = queued
        record = json.dumps(action_to_record(action), ensure_ascii=False)
        at, due = micros(now), micros(max(now, hold_until or now))
        contact = apply_contact(self._db, action, interaction_id, at)
        edits = self._effects.apply(action)
        row = self._db.row(
            "insert into outbox (account, target, action, record_key, made_at, next_at, queued_at, confirmed_at,"
            " interaction, interaction_at, edits, hold_until)"
            f" values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning {_COLUMNS}",
            (action.target.account, order_key(action), record, key.record_key, micros(key.created_at), due, at, due,
             interaction_id, contact, edits, None if hold_until is None else micros(hold_until)),
        )  # fmt: skip
        return _entry(row)

    def withdraw_posts(self, numbers: Sequence[int]) -> bool:
        """Remove all posts of a draft if none of them was sent; otherwise remove none and return False."""
        from .queued_drafts import draft_of, unqueue_draft

        with self._db.transaction(durable=True):
            entries = [entry for number in numbers if (entry := self.get(number)) is not None]
            if len(entries) < len(numbers) or any(each.state != "pending" for each in entries):
                return False
            for entry in reversed(entries):
                self._revert(entry)
                self._db.run("delete from outbox where id = ?", (entry.id,))
                unqueue_draft(self._db, draft_of(entry.action))
            return True

    def prepared(self, entry: Entry) -> Entry:
        """An entry completed from earlier ones: the part of the thread that it replies to, and known posts."""
        from .published import with_list_id
        from .queued_drafts import previous_part

        action = entry.action
        if isinstance(action, ChangeList):
            return msgspec.structs.replace(entry, action=with_list_id(self._db, action))
        if not isinstance(action, Compose):
            return entry
        draft = action.draft
        if action.part:
            draft = msgspec.structs.replace(draft, reply_to=previous_part(self._db, entry.id, action))
        rows = self._db.rows(
            "select record_id from outbox where account = ? and target like 'compose:%' and state = 'done'"
            " and sent_at >= ?",
            (entry.account, micros(entry.key.created_at - _COMPARED)),
        )
        known = tuple(row[0] for row in rows if row[0])
        return msgspec.structs.replace(entry, action=msgspec.structs.replace(action, draft=draft, known=known))

    def release(self, number: int, now: datetime) -> None:
        """End the delay of an entry, so that it is sent now."""
        with self._db.transaction(durable=True):
            self._db.run(
                "update outbox set hold_until = null, next_at = ?1, confirmed_at = ?1"
                " where id = ?2 and state = 'pending' and hold_until is not null",
                (micros(now), number),
            )

    def get(self, number: int) -> Entry | None:
        """An entry by its number."""
        row = self._db.row(f"select {_COLUMNS} from outbox where id = ?", (number,))
        if row is None:
            return None
        return _entry(row)

    def all(self) -> list[Entry]:
        """All entries, newest first."""
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

    def newest(self, account: str, key: str) -> Entry | None:
        """The newest of the actions that have this order key (models/action_kinds.py)."""
        rows = self._db.rows(
            f"select {_COLUMNS} from outbox where account = ? and target = ? order by id desc limit 1",
            (account, key),
        )
        found = self._db.readable("actions", rows, _entry)
        if found:
            return found[0]
        return None

    def claim(self, number: int, now: datetime) -> Entry | None:
        """Claim an entry for sending. None if it is claimed, done, or must wait for an earlier one.

        Returns the entry from before the claim: its state and attempts show whether it was ever sent.
        """
        with self._db.transaction(durable=True):
            row = self._db.row(f"select {_COLUMNS}, owner, lease from outbox where id = ? and {_OPEN}", (number,))
            if row is None:
                return None
            entry, owner, lease = _entry(row[:-2]), row[-2], row[-1]
            if entry.state == "sending" and lease > micros(now) and may_run(owner):
                return None
            earlier = self._db.row(
                f"select 1 from outbox where account = ? and target = ? and id < ? and {_OPEN}",
                (entry.account, order_key(entry.action), number),
            )
            if earlier is not None:
                return None
            self._db.run(
                "update outbox set state = 'sending', owner = ?, lease = ?, attempts = attempts + 1 where id = ?",
                (self._owner, micros(now + LEASE), number),
            )
            return entry

    def renew(self, number: int, now: datetime) -> None:
        """Extend the claim of an entry that this process is still sending."""
        with self._db.transaction(durable=True):
            self._db.run(
                "update outbox set lease = ? where id = ? and owner = ? and state = 'sending'",
                (micros(now + LEASE), number, self._owner),
            )

    def put_back(self, entry: Entry, state: ActionState, next_at: datetime, reason: str) -> None:
        """Schedule the retry of a claimed entry. "pending": it was not done; "unclear": it may have been done."""
        with self._db.transaction(durable=True):
            self._db.run(
                "update outbox set state = ?, next_at = ?, reason = ? where id = ? and owner = ? and state = 'sending'",
                (state, micros(next_at), reason, entry.id, self._owner),
            )

    def ask(self, entry: Entry, reason: str) -> None:
        """Let the user decide about a claimed entry: it may have been done, and the result cannot be compared."""
        with self._db.transaction(durable=True):
            self._db.run(
                "update outbox set state = 'unclear', confirmed_at = ?, reason = ?"
                " where id = ? and owner = ? and state = 'sending'",
                (_ASKED, reason, entry.id, self._owner),
            )

    def done(self, entry: Entry, receipt: Receipt, now: datetime, interaction_id: str = "", reason: str = "") -> None:
        """Store the receipt of a finished entry, and its result in the post or the relationship.

        `interaction_id` replaces the id that its interaction had before the response arrived. `reason` states the parts
        that the server did not do.
        """
        from .outbox_contacts import rename_contact
        from .published import settle_list
        from .queued_drafts import finish_draft

        with self._db.transaction(durable=True):
            changed = self._db.run(
                "update outbox set state = 'done', sent_at = ?, record_id = ?, requested = ?, unchanged = ?, reason = ?"
                f" where id = ? and {_OPEN}",
                (micros(now), receipt.record_id, receipt.requested, receipt.unchanged, reason, entry.id),
            )
            if changed and interaction_id:
                rename_contact(self._db, entry.account, entry.id, interaction_id)
            if changed:
                finish_draft(self._db, entry.action)
            if changed and isinstance(entry.action, ChangeList):
                settle_list(self._db, entry.action, receipt, now)
            if changed and self._is_newest(entry):
                self._effects.settle(entry.action, receipt)
            if changed and (kind_of(entry.action).effect.flag or receipt.follows is not None):
                # A block may also end follows, so the next sync requests the relationship again.
                outdate(self._db, entry.account, entry.action.target.person_id)

    def failed(self, entry: Entry, reason: str) -> None:
        """Mark an entry as rejected, and revert its local changes."""
        from .queued_drafts import give_back

        with self._db.transaction(durable=True):
            changed = self._db.run(
                f"update outbox set state = 'failed', reason = ? where id = ? and {_OPEN}", (reason, entry.id)
            )
            if changed:
                give_back(self._db, entry.id, entry.action, reason)
            if changed and self._is_newest(entry):
                self._revert(entry)

    def withdraw(self, entry: Entry) -> bool:
        """Remove an entry that was certainly not done, and revert its local changes. Returns False for others.

        An entry that the user must decide about can be removed too.
        """
        from .queued_drafts import give_back

        with self._db.transaction(durable=True):
            row = self._db.row("select state, confirmed_at from outbox where id = ?", (entry.id,))
            if row is None or (row[0] not in ("pending", "failed") and tuple(row) != ("unclear", _ASKED)):
                return False
            if row[0] != "failed":
                give_back(self._db, entry.id, entry.action, "")
            if row[0] == "pending":
                self._revert(entry)
            self._db.run("delete from outbox where id = ?", (entry.id,))
            return True

    def confirm(self, entry: Entry, now: datetime) -> Entry:
        """Queue an entry again, for another hour. The local changes of a failed entry are applied again.

        An entry that the user had to decide about is sent without another comparison.
        """
        from .outbox_contacts import apply_contact

        at = micros(now)
        with self._db.transaction(durable=True):
            # A rejected entry was not done. If comparing is possible, it only costs one request.
            again = "unclear" if kind_of(entry.action).repeatable else "pending"
            if self._db.run("update outbox set state = ? where id = ? and state = 'failed'", (again, entry.id)):
                interaction = self._db.row("select interaction from outbox where id = ?", (entry.id,))[0]
                contact = apply_contact(self._db, entry.action, interaction, at)
                edits = self._effects.apply(entry.action)
                self._db.run("update outbox set interaction_at = ?, edits = ? where id = ?", (contact, edits, entry.id))
            self._db.run(
                f"update outbox set state = iif(confirmed_at = {_ASKED}, 'pending', state),"
                f" confirmed_at = ?, next_at = ?, reason = '' where id = ? and {_OPEN}",
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
        newest = self.newest(entry.account, order_key(entry.action))
        return newest is not None and newest.id == entry.id

    def _revert(self, entry: Entry) -> None:
        from .outbox_contacts import revert_contact

        interaction, at, edits = self._db.row(
            "select interaction, interaction_at, edits from outbox where id = ?", (entry.id,)
        )
        self._effects.revert(entry.action, edits)
        if not interaction or at is None:
            return
        revert_contact(self._db, entry.action, interaction, at)


def _entry(row: Sequence[Any]) -> Entry:
    (number, action, state, attempts, next_at, record_key, made_at, queued_at, confirmed_at, sent_at, reason, record,
     hold_until, requested, unchanged) = row  # fmt: skip
    return Entry(
        id=number,
        action=action_from_record(parsed(action)),
        key=ActionKey(record_key, moment(made_at)),
        state=state,
        queued_at=moment(queued_at),
        next_at=moment(next_at),
        confirmed_at=moment(confirmed_at),
        hold_until=None if hold_until is None else moment(hold_until),
        attempts=attempts,
        sent_at=None if sent_at is None else moment(sent_at),
        reason=reason,
        receipt=Receipt(record, requested=bool(requested), unchanged=bool(unchanged)) if state == "done" else None,
    )

"""Updates a draft when its posts are queued, sent, rejected or undone. Call everything in a transaction."""

from typing import Any

import msgspec

from ..codec.actions import action_from_record
from ..models.action import Action, Compose, Edit
from ..models.draft import Pointer
from .database import Database, parsed

_OPEN = "state in ('pending', 'sending', 'unclear')"


def queue_draft(db: Database, number: int) -> None:
    """Record that a draft is in the outbox."""
    db.run("update draft set queued = 1, reason = '' where id = ?", (number,))


def unqueue_draft(db: Database, number: int) -> None:
    """Record that no part of a draft is in the outbox any more."""
    db.run("update draft set queued = 0 where id = ?", (number,))


def finish_draft(db: Database, action: Action) -> None:
    """Delete the draft of a sent post, if no other part of it is waiting."""
    number = draft_of(action)
    if not number:
        return
    waiting = db.row(f"select 1 from outbox where target = ? and {_OPEN} limit 1", (f"compose:draft:{number}",))
    if waiting is None:
        db.run("delete from draft where id = ? and queued = 1", (number,))


def give_back(db: Database, entry: int, action: Action, reason: str) -> None:
    """Turn an unsent entry back into a draft, together with the later parts of its thread, which are dropped."""
    number = draft_of(action)
    if not number or not isinstance(action, Compose | Edit):
        return
    draft, rest = action.draft, action.draft.text
    if isinstance(action, Compose) and action.parts > 1:
        rest = "\n\n".join([rest, *_later_parts(db, entry, action)])
        draft = msgspec.structs.replace(draft, thread=True)
        if action.part:
            draft = msgspec.structs.replace(draft, reply_to=previous_part(db, entry, action))
    draft = msgspec.structs.replace(draft, text=rest)
    record = msgspec.json.encode(draft).decode()
    changed = db.run(
        "update draft set record = ?, queued = 0, reason = ? where id = ? and queued = 1", (record, reason, number)
    )
    if not changed:
        # The part of another account was turned back before, or the draft was changed: do not overwrite it.
        at = db.row("select queued_at from outbox where id = ?", (entry,))[0]
        db.run("insert into draft (record, at, reason) values (?, ?, ?)", (record, at, reason))


def give_back_all(db: Database, account: str, unsent: str, unclear: str) -> None:
    """Turn all unsent posts of an account into drafts; `unsent` and `unclear` are the reasons, as sentences."""
    rows = db.rows(f"select id, action, state from outbox where account = ? and {_OPEN} order by id", (account,))
    entries = db.readable("actions", rows, lambda row: (row[0], action_from_record(parsed(row[1])), row[2]))
    for number, action, state in entries:
        # An earlier part has already taken the later parts of its thread.
        if db.row("select 1 from outbox where id = ?", (number,)) is not None:
            give_back(db, number, action, unsent if state == "pending" else unclear)


def release_drafts(db: Database) -> None:
    """Clear the `queued` flag of each draft that has no part in the outbox."""
    waiting = {
        draft_of(action_from_record(parsed(row[0]))) for row in db.rows(f"select action from outbox where {_OPEN}")
    }
    for (number,) in db.rows("select id from draft where queued = 1"):
        if number not in waiting:
            unqueue_draft(db, number)


def previous_part(db: Database, entry: int, action: Compose) -> Pointer | None:
    """The part of a thread that was sent before another one; None for the first part."""
    row = db.row(
        "select record_id from outbox where account = ? and target = ? and id < ? and state = 'done'"
        " order by id desc limit 1",
        (action.target.account, f"compose:{action.target.item_id}", entry),
    )
    if row is None or not action.part:
        return None
    return Pointer(action.target.account, row[0], visibility=action.draft.audience)


def _later_parts(db: Database, entry: int, action: Compose) -> list[str]:
    rows = db.rows(
        f"select id, action from outbox where account = ? and target = ? and id > ? and {_OPEN} order by id",
        (action.target.account, f"compose:{action.target.item_id}", entry),
    )
    texts = []
    for number, record in rows:
        later: Any = action_from_record(parsed(record))
        texts.append(later.draft.text)
        db.run("delete from outbox where id = ?", (number,))
    return texts


def draft_of(action: Action) -> int:
    """The number of the draft that an action sends; 0 if it sends none."""
    if isinstance(action, Compose | Edit):
        return action.draft_id
    return 0

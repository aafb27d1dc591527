"""The interaction that an action of the user is evidence of: a like, for example, counts in the tie at once.

The functions run in the transaction that stores the action or its result.
"""

from ..models.action import Action
from ..models.action_kinds import kind_of
from .database import Database


def apply_contact(db: Database, action: Action, interaction: str, now: int) -> int | None:
    """Add or remove the interaction of an action. Returns its time, or None if nothing changed."""
    effect = kind_of(action).effect
    if not interaction or effect.contact is None:
        return None
    row = db.row("select at from interaction where account = ? and id = ?", (action.target.account, interaction))
    if effect.sets:
        if row is not None:
            return None
        _insert(db, action, interaction, now)
        return now
    if row is None:
        return None
    _delete(db, action, interaction)
    at: int = row[0]
    return at


def revert_contact(db: Database, action: Action, interaction: str, at: int) -> None:
    """Undo `apply_contact`, which returned `at`."""
    if kind_of(action).effect.sets:
        _delete(db, action, interaction)
    else:
        _insert(db, action, interaction, at)


def rename_contact(db: Database, account: str, number: int, interaction: str) -> None:
    """Give the interaction of an entry the id that a sync uses. A sync may already have stored it."""
    row = db.row("select interaction from outbox where id = ?", (number,))
    if row[0] and row[0] != interaction:
        db.run("update or ignore interaction set id = ? where account = ? and id = ?", (interaction, account, row[0]))
        db.run("delete from interaction where account = ? and id = ?", (account, row[0]))
        db.run("update outbox set interaction = ? where id = ?", (interaction, number))


def _insert(db: Database, action: Action, interaction: str, at: int) -> None:
    db.run(
        "insert or ignore into interaction (account, id, person, kind, direction, at)"
        " values (?, ?, ?, ?, 'from_you', ?)",
        (action.target.account, interaction, action.target.person_id, kind_of(action).effect.contact, at),
    )


def _delete(db: Database, action: Action, interaction: str) -> None:
    db.run("delete from interaction where account = ? and id = ?", (action.target.account, interaction))

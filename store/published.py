"""Published lists: the lists that quietfeed maintains on servers, and the people it added to them.

Everybody else in such a list was added by the user and is not touched. The transaction that stores the receipt of a
change also stores this. The last change of each list can be undone.
"""

from datetime import datetime

import msgspec

from ..models.action import ChangeList, ListMember, Receipt
from .database import Database, micros, moment


class PublishedList(msgspec.Struct, frozen=True):
    """A list on the server of an account.

    `own`: quietfeed created it. `members` are the people that quietfeed added; `added` and `removed` are those of the
    last change.
    """

    account: str
    name: str
    list_id: str
    own: bool
    at: datetime
    members: tuple[ListMember, ...] = ()
    added: tuple[ListMember, ...] = ()
    removed: tuple[ListMember, ...] = ()


class PublishedLists:
    """The lists of all accounts. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[PublishedList]:
        """All published lists, the newest change first."""
        rows = self._db.rows("select account, name, list, own, at from published_list order by at desc, account, name")
        return [self._with_people(*row) for row in rows]

    def get(self, account: str, name: str) -> PublishedList | None:
        """One list; None if quietfeed has published none with this name there."""
        return next((each for each in self.all() if (each.account, each.name) == (account, name)), None)

    def save(self, published: PublishedList) -> None:
        """Store a list from another machine, unless it is stored already. Its last change cannot be undone here."""
        if self.get(published.account, published.name) is not None:
            return
        with self._db.transaction(durable=True):
            _save_list(self._db, published.account, published.name, published.list_id, published.own, published.at)
            _save_people(self._db, published.account, published.name, published.members, member=1, changed=0)

    def _with_people(self, account: str, name: str, list_id: str, own: int, at: int) -> PublishedList:
        rows = self._db.rows(
            "select person, handle, member, changed from published_person where account = ? and name = ?"
            " order by handle, person",
            (account, name),
        )
        people = [(ListMember(person, handle), member, changed) for person, handle, member, changed in rows]
        return PublishedList(
            account,
            name,
            list_id,
            bool(own),
            moment(at),
            tuple(each for each, member, _ in people if member),
            tuple(each for each, member, changed in people if member and changed),
            tuple(each for each, member, _ in people if not member),
        )


def with_list_id(db: Database, action: ChangeList) -> ChangeList:
    """A change that undoes the creation of a list, with the id that the server has assigned since."""
    if not action.undoes or action.list_id:
        return action
    row = db.row(
        "select list from published_list where account = ? and name = ?",
        (action.target.account, action.target.list_name),
    )
    if row is None:
        return action
    return msgspec.structs.replace(action, list_id=row[0])


def settle_list(db: Database, action: ChangeList, receipt: Receipt, now: datetime) -> None:
    """Store the result of a finished change. Call it in the transaction that stores the receipt."""
    account, name = action.target.account, action.target.list_name
    if not receipt.record_id:
        # The list is gone.
        for table in ("published_list", "published_person"):
            db.run(f"delete from {table} where account = ? and name = ?", (account, name))
        return
    if not action.list_id:
        # Members of an earlier list with this name, which was deleted, do not belong to the new one.
        db.run("delete from published_person where account = ? and name = ?", (account, name))
    db.run("delete from published_person where account = ? and name = ? and not member", (account, name))
    db.run("update published_person set changed = 0 where account = ? and name = ?", (account, name))
    _save_list(db, account, name, receipt.record_id, action.own, now)
    added = [each for each in action.add if each.person_id not in receipt.refused]
    _save_people(db, account, name, added, member=1, changed=int(not action.undoes))
    if action.undoes:
        db.run_many(
            "delete from published_person where account = ? and name = ? and person = ?",
            [(account, name, each.person_id) for each in action.remove],
        )
    else:
        _save_people(db, account, name, action.remove, member=0, changed=1)


def _save_list(db: Database, account: str, name: str, list_id: str, own: bool, at: datetime) -> None:
    db.run(
        "insert or replace into published_list (account, name, list, own, at) values (?, ?, ?, ?, ?)",
        (account, name, list_id, int(own), micros(at)),
    )


def _save_people(
    db: Database,
    account: str,
    name: str,
    people: tuple[ListMember, ...] | list[ListMember],
    *,
    member: int,
    changed: int,
) -> None:
    db.run_many(
        "insert or replace into published_person (account, name, person, handle, member, changed)"
        " values (?, ?, ?, ?, ?, ?)",
        [(account, name, each.person_id, each.handle, member, changed) for each in people],
    )

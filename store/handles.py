"""Assigns bare handles to accounts: a mark on a handle stays with the account that had the handle first.

A vouch, a mute or an imported tie may name a handle without an id. When the handle is first seen, its id is recorded
(`handle_owner`). If the handle changes or passes to somebody else, the mark follows the id, and the user is notified
once. For a vouch, they are asked whether it is the same person, and the answer is stored (`state`).
"""

from collections.abc import Iterable, Mapping, Sequence

from ..models.handle_change import HandleChange
from ..models.person import Person
from .database import Database

ABOUT = (
    "account in (?1, '') and ((person = ?2 and person <> '') or (person = '' and ("
    "handle in (select owned.handle from handle_owner as owned where owned.account = ?1 and owned.person = ?2)"
    " or (handle = ?3 and not exists (select 1 from handle_owner as owned"
    " where owned.account = ?1 and owned.handle = ?3 and owned.person <> ?2)))))"
)
"""The condition for rows about a person: (account, person id, handle). A bare handle refers to its owner."""

_REPORTED, _ANSWERED = 1, 2
"""The values of `handle_change.state`; 0 is neither."""

_BARE_TABLES = ("person_mark", "mute", "imported_tie", "file_tie")
_WITHOUT_NAME = ("", "handle.invalid")
"""The placeholder for an unknown handle."""


def people_by_handle(db: Database, account: str, people: Mapping[str, str]) -> dict[str, str]:
    """Map bare handles (case-folded) to the people (id -> handle) that own them."""
    found = {handle.casefold(): person for person, handle in people.items() if handle}
    names, ids = list(found), list(people)
    for handle, owner in db.rows(
        f"select handle, person from handle_owner where account = ? and (handle in ({_slots(names)})"
        f" or person in ({_slots(ids)}))",
        (account, *names, *ids),
    ):
        found.pop(handle.casefold(), None)
        if owner in people:
            found[handle.casefold()] = owner
    return found


def bind_seen(db: Database, account: str, people: Iterable[Person], before: Mapping[str, Person]) -> None:
    """Record the owners of handles that are new or changed since `before` (by id).

    Call it in a transaction.
    """
    people = list(people)
    former = {person_id: person.handle for person_id, person in before.items()}
    seen = [
        (person.id, person.handle, former.get(person.id, ""))
        for person in people
        if person.handle not in _WITHOUT_NAME and person.handle != former.get(person.id)
    ]
    if not seen:
        return
    names = [handle for _, handle, _ in seen]
    bare = {
        row[0].casefold()
        for table in _BARE_TABLES
        for row in db.rows(
            f"select handle from {table} where person = '' and account in (?, '') and handle in ({_slots(names)})",
            (account, *names),
        )
    }
    db.run_many(
        "insert into handle_owner (account, handle, person) values (?, ?, ?) on conflict do nothing",
        [(account, handle, person) for person, handle, _ in seen if handle.casefold() in bare],
    )
    for person, handle, old in seen:
        _notice_taken(db, account, person, handle)
        if not old and handle.casefold() in bare:
            _notice_first(db, account, person, handle)
        if old not in _WITHOUT_NAME and old.casefold() != handle.casefold():
            _notice_renamed(db, account, person, handle, old)


def bind_marked(db: Database, account: str, handle: str) -> None:
    """Record the current owner of a handle that the user just marked, if anybody with it was seen.

    `account` "" means every account. Call it in a transaction.
    """
    # Several stored people may have the handle. The one with the newest post has it now.
    db.run(
        "insert into handle_owner (account, handle, person)"
        " select account, ?2, id from person where handle = ?2 collate nocase and ?1 in (account, '')"
        " order by (select max(at) from post where post.account = person.account and post.author = person.id) desc"
        " on conflict do nothing",
        (account, handle),
    )


def unbind(db: Database, account: str, handle: str) -> None:
    """Reassign a handle to its current owner, because the user has named it again."""
    db.run("delete from handle_owner where handle = ?2 and ?1 in (account, '')", (account, handle))


def unreported_changes(db: Database) -> list[HandleChange]:
    """The unreported handle changes, sorted by handle."""
    return _changes(db, "state = 0")


def open_questions(db: Database) -> list[HandleChange]:
    """The changes that concern a vouch and that the user has not answered, sorted by handle."""
    return [each for each in _changes(db, f"state < {_ANSWERED}") if _concerns_vouch(db, each)]


def _concerns_vouch(db: Database, change: HandleChange) -> bool:
    """Whether a vouch applies to the person of a change; for a taken handle, to the account that had it before."""
    if change.kind == "taken":
        whose = (
            "handle = ?3 and person <> ?2 and (person <> '' or exists (select 1 from handle_owner as owned"
            " where owned.account = ?1 and owned.handle = ?3 and owned.person <> ?2))"
        )
    else:
        whose = (
            "(person = ?2 or (person = '' and handle in"
            " (select owned.handle from handle_owner as owned where owned.account = ?1 and owned.person = ?2)))"
        )
    row = db.row(
        "select exists (select 1 from person_mark where word = 'vouched' and account in (?1, '')"
        f" and ?3 = ?3 and {whose})",
        (change.account, change.person_id, change.handle),
    )
    return bool(row[0])


def set_answered(db: Database, account: str, person: str, handle: str) -> None:
    """Record that the user answered about a person: an id, or a bare handle on every account."""
    with db.transaction():
        db.run(
            "update handle_change set state = ?1 where (account = ?2 and person = ?3 and ?3 <> '')"
            " or (?3 = '' and handle = ?4 and ?2 in (account, ''))",
            (_ANSWERED, account, person, handle),
        )


def _changes(db: Database, condition: str) -> list[HandleChange]:
    rows = db.rows(
        f"select account, person, handle, former, kind from handle_change where {condition} order by handle, account"
    )
    return [HandleChange(*row) for row in rows if row[4] in ("renamed", "taken", "first")]


def set_reported(db: Database, changes: Sequence[HandleChange]) -> None:
    """Record that these changes were reported."""
    with db.transaction():
        db.run_many(
            f"update handle_change set state = max(state, {_REPORTED})"
            " where account = ? and person = ? and handle = ? and kind = ?",
            [(each.account, each.person_id, each.handle, each.kind) for each in changes],
        )


def _notice_renamed(db: Database, account: str, person: str, handle: str, before: str) -> None:
    marked = db.row(
        "select exists (select 1 from person_mark where account in (?1, '') and person = ?2)"
        " or exists (select 1 from mute where account in (?1, '') and person = ?2)"
        " or exists (select 1 from handle_owner where account = ?1 and person = ?2)",
        (account, person),
    )[0]
    if marked:
        # This question names both handles, so the earlier one is no longer needed.
        db.run(
            f"update handle_change set state = {_ANSWERED} where account = ? and person = ? and kind = 'first'",
            (account, person),
        )
        _notice(db, account, person, handle, before, "renamed")


def _notice_taken(db: Database, account: str, person: str, handle: str) -> None:
    row = db.row(
        "select person from person_mark where account = ?1 and handle = ?2 and person not in ('', ?3)"
        " union all select person from mute where account = ?1 and handle = ?2 and person not in ('', ?3)"
        " union all select person from handle_owner where account = ?1 and handle = ?2 and person <> ?3 limit 1",
        (account, handle, person),
    )
    if row is not None:
        owner = db.row("select handle from person where account = ? and id = ?", (account, row[0]))
        former = ""
        if owner is not None:
            former = owner[0]
        _notice(db, account, person, handle, former, "taken")


def _notice_first(db: Database, account: str, person: str, handle: str) -> None:
    """Record that somebody is the first person seen with a handle that the user vouched for.

    The age of the account proves nothing: an old account may take a handle, and a server may state any date.
    """
    row = db.row(
        "select exists (select 1 from person_mark where word = 'vouched' and person = '' and handle = ?2"
        " and account in (?1, ''))"
        " and exists (select 1 from handle_owner where account = ?1 and handle = ?2 and person = ?3)",
        (account, handle, person),
    )
    if row[0]:
        _notice(db, account, person, handle, "", "first")


def _notice(db: Database, account: str, person: str, handle: str, former: str, kind: str) -> None:
    db.run(
        "insert into handle_change (account, person, handle, former, kind) values (?, ?, ?, ?, ?)"
        " on conflict do nothing",
        (account, person, handle, former, kind),
    )


def _slots(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))

"""Imported ties: from quietfeed's own records (`imported_tie`), and from the files of networks (`file_tie`)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..codec.stored import record_to_stored, tie_from_stored
from ..codec.ties import tie_to_record
from ..models.tie import Tie
from .database import Database
from .handles import bind_marked

_TABLES = ("imported_tie", "file_tie")


def add_imported(
    db: Database, account: str, people: dict[str, str], by_handle: dict[str, str], seen: dict[str, dict[str, Any]]
) -> None:
    """Add the imported ties to what is known of people (id -> handle). `by_handle`: see people_by_handle."""
    handles = list(by_handle)
    for table in _TABLES:
        rows = db.rows(
            f"select person, handle, data from {table} where account in (?, '') and (person in ({_slots(people)})"
            f" or (person = '' and handle in ({_slots(handles)})))",
            (account, *people, *handles),
        )
        for person, handle, tie in db.readable("ties", rows, lambda row: (*row[:2], tie_from_stored(row[2]))):
            if person in seen:
                owner = person
            else:
                owner = by_handle.get(handle.casefold())
            if owner is not None:
                _combine(seen[owner], tie)


def bare_ties(db: Database) -> list[tuple[str, str, Tie]]:
    """The imported ties that name a handle without an id: account, handle and tie."""
    rows = db.rows(
        "select account, handle, data from imported_tie where person = ''"
        " union all select account, handle, data from file_tie where person = '' order by handle, account"
    )
    found: dict[tuple[str, str], dict[str, Any]] = {}
    names: dict[tuple[str, str], str] = {}
    for account, handle, tie in db.readable("ties", rows, lambda row: (*row[:2], tie_from_stored(row[2]))):
        key = (account, handle.casefold())
        names.setdefault(key, handle)
        _combine(found.setdefault(key, {}), tie)
    return [(key[0], names[key], Tie(**values)) for key, values in found.items()]


def save_imported(db: Database, account: str, person_id: str, handle: str, tie: Tie) -> None:
    """Store an imported tie. Call it in a transaction."""
    db.run(
        "insert into imported_tie (account, person, handle, data) values (?, ?, ?, ?)"
        " on conflict do update set data = excluded.data",
        (account, person_id, handle, record_to_stored(tie_to_record(tie))),
    )
    if not person_id:
        bind_marked(db, account, handle)


def save_from_file(db: Database, source: str, account: str, ties: Iterable[tuple[str, str, Tie]]) -> None:
    """Store the ties of a file, as (person id, handle, tie). Call it in a transaction."""
    rows = [
        (source, account, person_id, handle, record_to_stored(tie_to_record(tie))) for person_id, handle, tie in ties
    ]
    db.run_many(
        "insert into file_tie (source, account, person, handle, data) values (?, ?, ?, ?, ?)"
        " on conflict do update set data = excluded.data where data <> excluded.data",
        rows,
    )
    for _, _, person_id, handle, _ in rows:
        if not person_id:
            bind_marked(db, account, handle)


def widen(values: dict[str, Any], name: str, at: datetime, *, earlier: bool = False) -> None:
    """Set a time to the later (or the earlier) of two."""
    before = values.get(name)
    if before is not None and earlier:
        at = min(at, before)
    elif before is not None:
        at = max(at, before)
    values[name] = at


def _combine(values: dict[str, Any], imported: Tie) -> None:
    # Use the larger count, because importing an own export must not double the counts.
    for name in Tie.__struct_fields__:
        theirs = getattr(imported, name)
        if theirs is None or theirs is False or name in ("places", "list_title"):
            continue
        mine = values.get(name)
        if isinstance(theirs, datetime):
            widen(values, name, theirs, earlier=name == "first_contact")
        elif isinstance(theirs, bool):
            values[name] = mine or theirs
        else:
            values[name] = max(mine or 0, theirs)


def _slots(values: Sequence[object] | dict[str, str]) -> str:
    return ", ".join("?" * len(values))

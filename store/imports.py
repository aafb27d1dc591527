"""Records the rows that each import changes, so that the import can be undone.

Temporary triggers log every changed row while `recording` is open.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from msgspec.structs import replace

from ..models.imported import ImportKind, ImportResult, ImportRun
from .database import Database, micros, moment

_TABLES = (
    *("account", "person", "file_tie", "imported_tie", "mark", "person_mark", "mute", "joined", "kept_apart"),
    *("handle_owner", "post", "subscription", "contact_handle", "draft"),
)
"""The tables that an import may change. Undo processes them in reverse, so people are removed after their posts."""

_SHORT = {("post", "data"): "length({row}.data)", ("subscription", "data"): "''"}
"""The part of a column that is compared. The text of an imported post is not stored twice, and each sync updates a
subscription.
"""

_UNCOUNTED = ("handle_owner",)
"""Tables that are derived from others and not reported."""

_REFERRED = {
    "person": "exists (select 1 from post where account = ?1 and ?2 in (author, booster))"
    " or exists (select 1 from interaction where account = ?1 and person = ?2)",
    "account": "exists (select 1 from account as own where own.id = ?1 and (exists (select 1 from subscription"
    " where account = own.key) or exists (select 1 from person where account = own.key)"
    " or exists (select 1 from post where account = own.key)))",
}
"""Whether other rows refer to a row, so that it stays."""


class _NotKept(Exception):
    """Ends a dry run: its transaction is rolled back."""


class Recorded:
    """The result of `Imports.recording` after its end."""

    def __init__(self) -> None:
        self.result = ImportResult()


class Imports:
    """The recorded imports. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @contextmanager
    def recording(self, run: ImportRun, *, dry: bool = False) -> Iterator[Recorded]:
        """Record the changes of a block as one import in one transaction; an import without changes is not recorded.

        `dry` rolls everything back at the end. The result contains what would have changed.
        """
        recorded = Recorded()
        try:
            with self._db.transaction(durable=True):
                self._log_changes()
                try:
                    yield recorded
                finally:
                    self._stop_logging()
                changes = self._changes()
                counts = _counts(changes)
                recorded.result = ImportResult(0, counts)
                if dry:
                    raise _NotKept
                if changes:
                    recorded.result = ImportResult(self._store(replace(run, changes=counts), changes), counts)
        except _NotKept:
            return

    def _log_changes(self) -> None:
        self._db.run("drop table if exists temp.import_log")
        self._db.run("create temp table import_log (number integer primary key, name, key, before, after)")
        for table in _TABLES:
            columns, keys = self._columns(table), self._keys(table)
            old, new = _image("old", columns), _image("new", columns)
            seen = _image("new", columns, table)
            old_key, new_key = (f"json_array({', '.join(f'{row}.{each}' for each in keys)})" for row in ("old", "new"))
            inserts = {
                "insert": [f"select '{table}', {new_key}, null, {seen}"],
                "delete": [f"select '{table}', {old_key}, {old}, null"],
                "update": [
                    f"select '{table}', {old_key}, {old}, iif({old_key} = {new_key}, {seen}, null)"
                    f" where {old} <> {new}",
                    f"select '{table}', {new_key}, null, {seen} where {old_key} <> {new_key}",
                ],
            }
            for event, rows in inserts.items():
                body = " ".join(f"insert into import_log (name, key, before, after) {row};" for row in rows)
                self._db.run(
                    f"create temp trigger import_{table}_{event} after {event} on main.{table} begin {body} end"
                )

    def _stop_logging(self) -> None:
        for table in _TABLES:
            for event in ("insert", "delete", "update"):
                self._db.run(f"drop trigger if exists temp.import_{table}_{event}")

    def _changes(self) -> list[tuple[str, str, str | None, str | None]]:
        """The changed rows: table, key, the row before and after. Unchanged rows are left out."""
        changes: dict[tuple[str, str], tuple[str | None, str | None]] = {}
        for name, key, before, after in self._db.rows(
            "select name, key, before, after from import_log order by number"
        ):
            first, _ = changes.get((name, key), (before, None))
            changes[name, key] = (first, after)
        self._db.run("drop table temp.import_log")
        return [(*where, *values) for where, values in changes.items() if values[0] != values[1]]

    def _store(self, run: ImportRun, changes: Sequence[tuple[str, str, str | None, str | None]]) -> int:
        number: int = self._db.row(
            "insert into import_run (at, kind, network, name, owner, changes) values (?, ?, ?, ?, ?, ?) returning id",
            (micros(run.at), run.kind, run.network, run.name, run.owner, json.dumps(run.changes)),
        )[0]
        self._db.run_many(
            "insert into import_change (import, name, key, before, after) values (?, ?, ?, ?, ?)",
            [(number, *change) for change in changes],
        )
        return number

    def all(self) -> list[ImportRun]:
        """All imports, oldest first."""
        rows = self._db.rows("select id, at, kind, network, name, owner, changes, undone from import_run order by id")
        return self._db.readable("imports", rows, _run)

    def added(self, run: ImportRun, table: str) -> list[list[Any]]:
        """The keys of the rows that an import added to a table."""
        rows = self._db.rows(
            "select key from import_change where import = ? and name = ? and before is null", (run.id, table)
        )
        return [json.loads(row[0]) for row in rows]

    def undo(self, run: ImportRun) -> ImportResult:
        """Restore every row that an import changed and that did not change since."""
        taken_back: list[tuple[str, str, str | None, str | None]] = []
        stayed = 0
        with self._db.transaction(durable=True):
            rows = self._db.rows("select name, key, before, after from import_change where import = ?", (run.id,))
            rows.sort(key=lambda row: -_TABLES.index(row[0]) if row[0] in _TABLES else 0)
            for row in rows:
                if self._restore(*row):
                    taken_back.append(row)
                elif row[0] not in _UNCOUNTED:
                    stayed += 1
            self._db.run("delete from import_change where import = ?", (run.id,))
            self._db.run("update import_run set undone = 1 where id = ?", (run.id,))
        return ImportResult(run.id, _counts(taken_back), stayed=stayed)

    def _restore(self, table: str, key: str, before: str | None, after: str | None) -> bool:
        if table not in _TABLES:
            return False
        keys, values = self._keys(table), json.loads(key)
        where = " and ".join(f"{each} = ?" for each in keys)
        row = self._db.row(f"select {_image(table, self._columns(table), table)} from {table} where {where}", values)
        if row is None and before is None:
            return True
        if (row[0] if row else None) != after:
            return False
        if before is None and table in _REFERRED and self._db.row(f"select {_REFERRED[table]}", values)[0]:
            return False
        self._db.run(f"delete from {table} where {where}", values)
        if before is not None:
            old: dict[str, Any] = json.loads(before)
            known = [each for each in self._columns(table) if each in old]
            self._db.run(
                f"insert into {table} ({', '.join(known)}) values ({', '.join('?' * len(known))})",
                [old[each] for each in known],
            )
        return True

    def _columns(self, table: str) -> list[str]:
        return [row[1] for row in self._db.rows(f"pragma table_info({table})")]

    def _keys(self, table: str) -> list[str]:
        return [row[1] for row in self._db.rows(f"pragma table_info({table})") if row[5]]


def _image(row: str, columns: Sequence[str], short_for: str = "") -> str:
    """The SQL expression for a row as JSON."""
    parts = []
    for column in columns:
        value = _SHORT.get((short_for, column), "{row}." + column).format(row=row)
        parts.append(f"'{column}', {value}")
    return f"json_object({', '.join(parts)})"


def _counts(changes: Sequence[tuple[str, str, str | None, str | None]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, *_ in changes:
        if table not in _UNCOUNTED:
            counts[table] = counts.get(table, 0) + 1
    return counts


def _run(row: tuple[int, int, str, str, str, str, str, int]) -> ImportRun:
    number, at, kind, network, name, owner, changes, undone = row
    return ImportRun(
        number, moment(at), cast(ImportKind, kind), network, name, owner, json.loads(changes), bool(undone)
    )

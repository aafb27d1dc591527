"""An append-only journal of the user's marks, vouches, mutes and links, to restore them if the database is lost."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from .backup import backups

TAUGHT = ("mark", "person_mark", "mute", "joined", "kept_apart", "handle_owner")
"""The tables with the user's own data."""

TAUGHT_NAMES = ("marks", "words", "mutes", "links")
"""The names of the user's own tables in `Database.damaged`."""

Row = dict[str, Any]
"""A row as a mapping from column name to value."""

_UNUSABLE = (
    *(KeyError, TypeError, OverflowError, UnicodeError),
    *(sqlite3.IntegrityError, sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.InterfaceError),
)
"""The errors that storing a damaged line raises."""

_MAX_GROWTH = 8_000_000
"""Bytes of growth after which the journal is compacted."""


class Journal:
    """The journal of one database. Each line is a JSON object: a table, and a row added to or removed from it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = journal_path(path)
        self._db = db
        self._behind = False
        self._compacted = 0
        self._record_changes()

    def _record_changes(self) -> None:
        self._db.execute("create temp table journal_line (number integer primary key, line text)")
        for table in TAUGHT:
            columns = [row[1] for row in self._db.execute(f"pragma table_info({table})")]
            for event, row, kind in (("insert", "new", "row"), ("update", "new", "row"), ("delete", "old", "gone")):
                values = ", ".join(f"'{column}', {row}.{column}" for column in columns)
                self._db.execute(
                    f"create temp trigger journal_{table}_{event} after {event} on main.{table} begin"
                    f" insert into journal_line (line) values"
                    f" (json_object('table', '{table}', '{kind}', json_object({values}))); end"
                )

    def write(self) -> None:
        """Append the changes of the open transaction, durably. Call it right before the commit.

        If the disk is full, the commit still happens, and the next change rewrites the journal.
        """
        lines = [row[0] for row in self._db.execute("select line from journal_line order by number")]
        if not lines:
            return
        self._db.execute("delete from journal_line")
        try:
            if self._behind or self._size() > self._compacted + _MAX_GROWTH:
                self.rewrite()
                return
            self._append("".join(f"{line}\n" for line in lines))
        except OSError:
            self._behind = True

    def repair_end(self) -> None:
        """Append what `missing_end` returns. Call it in a transaction, so that no other process is within one."""
        if added := self.missing_end():
            self._append(added)

    def missing_end(self) -> str:
        """The text that completes a truncated line and undoes removals that were not committed; "" if none is needed.

        A line is written before the commit, and the process may have been killed in between. A row that is only in the
        journal stays, because the database may be the damaged one. Raises OSError and sqlite3.Error.
        """
        lines = _last_lines(self.path)
        if not lines:
            return ""
        added, seen = [], set()
        for table, kind, row in _parsed(reversed(lines)):
            keys = _keys(self._db, table)
            key = (table, *(row.get(name) for name in keys))
            if not all(isinstance(each, str) and each.isprintable() for each in key) or key in seen:
                continue
            seen.add(key)
            where = " and ".join(f"{name} = ?" for name in keys)
            found = self._db.execute(f"select * from {table} where {where}", key[1:])
            values, names = found.fetchone(), [column[0] for column in found.description]
            stored = None if values is None else dict(zip(names, values, strict=True))
            if (kind == "row" and stored == row) or (kind != "row" and stored is None):
                # Everything before this line was committed.
                break
            if kind != "row":
                added.append(f"{json.dumps({'table': table, 'row': stored}, ensure_ascii=False)}\n")
        if not lines[-1].endswith("\n"):
            added.insert(0, "\n")
        return "".join(added)

    def _append(self, text: str) -> None:
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())

    def mark_failed(self) -> None:
        """Record that a transaction failed after its lines were written."""
        self._behind = True

    def rewrite(self) -> None:
        """Rewrite the journal from the database. Call it in a transaction. Raises OSError and sqlite3.Error."""
        part = self.path.with_name(f"{self.path.name}-part")
        damaged = self._damaged_marks()
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            for table in TAUGHT:
                found = self._db.execute(f"select * from {table}")
                names = [column[0] for column in found.description]
                for values in found:
                    row = dict(zip(names, values, strict=True))
                    if table == "mark":
                        row = damaged.get((row["account"], row["post"]), row)
                    entry = {"table": table, "row": row}
                    file.write(f"{json.dumps(entry, ensure_ascii=False)}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        self._compacted, self._behind = self._size(), False

    def _damaged_marks(self) -> dict[tuple[str, str], Row]:
        """The journal's rows for marks that are damaged in the database."""
        damaged = set(self._db.execute("select account, post from mark where not json_valid(data)"))
        if not damaged:
            return {}
        rows = (row for table, kind, row in _entries(self.path) if table == "mark" and kind == "row")
        keyed = {(row.get("account", ""), row.get("post", "")): row for row in rows}
        return {key: row for key, row in keyed.items() if key in damaged}

    def _size(self) -> int:
        if self.path.exists():
            return self.path.stat().st_size
        return 0


def journal_path(database: Path) -> Path:
    """The path of the journal of a database file."""
    return database.with_name(f"{database.name}.journal.jsonl")


def replay(db: sqlite3.Connection, database: Path) -> bool:
    """Replay the journal in the open transaction, and return whether there is a journal.

    Damaged lines, such as a truncated one, are skipped.
    """
    path = journal_path(database)
    if not path.exists() or not path.stat().st_size:
        return False
    for table, kind, row in _entries(path):
        with suppress(*_UNUSABLE):
            _put(db, table, _keys(db, table), row, exists=kind == "row")
    return True


def restore(db: sqlite3.Connection, database: Path, readable: Callable[[str, Row], bool]) -> int:
    """Restore damaged or missing rows in the open transaction; returns their number.

    `readable` tells whether a row of a table can be read. Readable rows stay as they are, and removed ones stay
    removed. Raises sqlite3.Error.
    """
    keys = {table: _keys(db, table) for table in TAUGHT}
    last: dict[tuple[str, tuple[Any, ...]], Row | None] = {}
    for table, kind, entry in _entries(journal_path(database)):
        with suppress(KeyError, TypeError):
            if kind == "row":
                last[table, tuple(entry[key] for key in keys[table])] = entry
            else:
                last[table, tuple(entry[key] for key in keys[table])] = None
    restored = 0
    for (table, values), row in last.items():
        if row is None or not readable(table, row) or not all(isinstance(each, str) for each in values):
            continue
        if any("\ud800" <= letter <= "\udfff" for each in values for letter in each):
            continue
        where = " and ".join(f"{key} = ?" for key in keys[table])
        found = db.execute(f"select * from {table} where {where}", values)
        names = [column[0] for column in found.description]
        now = found.fetchone()
        if now is None or not readable(table, dict(zip(names, now, strict=True))):
            _put(db, table, keys[table], row, exists=True)
            restored += 1
    return restored


def _keys(db: sqlite3.Connection, table: str) -> list[str]:
    return [part[1] for part in db.execute(f"pragma table_info({table})") if part[5]]


def _put(db: sqlite3.Connection, table: str, keys: list[str], row: Row, *, exists: bool) -> None:
    where = " and ".join(f"{key} = ?" for key in keys)
    db.execute(f"delete from {table} where {where}", [row[key] for key in keys])
    if exists:
        names = ", ".join(row)
        db.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", [*row.values()])


def _entries(path: Path) -> Iterator[tuple[str, str, Row]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        yield from _parsed(file)


def _parsed(lines: Iterable[str]) -> Iterator[tuple[str, str, Row]]:
    for line in lines:
        try:
            entry = json.loads(line)
            table, (kind, row) = entry.pop("table"), entry.popitem()
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
        if table in TAUGHT and isinstance(row, dict) and all(each.isidentifier() for each in row):
            yield table, kind, row


def _last_lines(path: Path) -> list[str]:
    """The last lines of a file with their line breaks: at least one whole line, if there is one."""
    size, step = path.stat().st_size, 16_384
    with path.open("rb") as file:
        while True:
            start = max(size - step, 0)
            file.seek(start)
            lines = file.read().splitlines(keepends=True)
            if start == 0:
                return [each.decode("utf-8", "replace") for each in lines]
            # The first piece may begin within a line.
            if len(lines) > 2:
                return [each.decode("utf-8", "replace") for each in lines[1:]]
            step *= 4


def was_used(path: Path) -> bool:
    """Whether there is or was a database with data: its file, a backup or its journal exists."""
    journal = journal_path(path)
    return path.exists() or bool(backups(path)) or (journal.exists() and journal.stat().st_size > 0)

"""An append-only copy of the user's marks and words beside the database: what was taught outlives a lost database."""

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TAUGHT = ("mark", "person_mark", "mute", "joined", "kept_apart", "handle_owner")
"""The tables that hold what the user taught."""

_LARGEST = 8_000_000
"""Bytes. A journal that has grown by this much beyond its last compaction is written anew."""


class Journal:
    """The journal of one database. Each line is a JSON object: a table, and a row that was kept or removed there."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = journal_path(path)
        self._db = db
        self._behind = False
        self._compacted = 0
        self._listen()

    def _listen(self) -> None:
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
        """Append what the open transaction changed, on the disk when this returns. Call it right before the commit.

        A disk that takes nothing does not stop the commit: the journal is written anew with the next change.
        """
        lines = [row[0] for row in self._db.execute("select line from journal_line order by number")]
        if not lines:
            return
        self._db.execute("delete from journal_line")
        try:
            if self._behind or self._size() > self._compacted + _LARGEST:
                self.rewrite()
                return
            with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write("".join(f"{line}\n" for line in lines).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._behind = True

    def missed(self) -> None:
        """Remember that a transaction failed after its lines were written."""
        self._behind = True

    def rewrite(self) -> None:
        """Write the journal anew from the database. Call it in a transaction. Raises OSError and sqlite3.Error."""
        part = self.path.with_name(f"{self.path.name}-part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            for table in TAUGHT:
                found = self._db.execute(f"select * from {table}")
                names = [column[0] for column in found.description]
                for row in found:
                    entry = {"table": table, "row": dict(zip(names, row, strict=True))}
                    file.write(f"{json.dumps(entry, ensure_ascii=False)}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        self._compacted, self._behind = self._size(), False

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0


def journal_path(database: Path) -> Path:
    """Where the journal of a database file is."""
    return database.with_name(f"{database.name}.journal.jsonl")


def replay(db: sqlite3.Connection, database: Path) -> bool:
    """Bring the taught tables to what the journal says, in the open transaction. Whether there is a journal.

    A line that is damaged, such as one that was cut off, is left out.
    """
    path = journal_path(database)
    if not path.exists() or not path.stat().st_size:
        return False
    for table, kind, row in _entries(path):
        keys = [part[1] for part in db.execute(f"pragma table_info({table})") if part[5]]
        try:
            where = " and ".join(f"{key} = ?" for key in keys)
            db.execute(f"delete from {table} where {where}", [row[key] for key in keys])
            if kind == "row":
                names = ", ".join(row)
                db.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", [*row.values()])
        except (KeyError, sqlite3.IntegrityError, sqlite3.OperationalError, sqlite3.ProgrammingError):
            continue
    return True


def _entries(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                entry = json.loads(line)
                table, (kind, row) = entry.pop("table"), entry.popitem()
            except (ValueError, KeyError, AttributeError, TypeError):
                continue
            if table in TAUGHT and isinstance(row, dict) and all(each.isidentifier() for each in row):
                yield table, kind, row

"""Recovers a damaged database: copies the readable rows to a new file and replays the journal."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .backup import backups
from .journal import TAUGHT, replay
from .migrate import migrate

# Triggers rebuild the search index; the new file has its own migrations.
_DERIVED = {"words", "migration", "home_count"}


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a database file and its log, to make room for a new one. Raises OSError."""
    aside = path.with_name(f"{path.name}.damaged-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}")
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    path.rename(aside)
    return aside


def salvage(db: sqlite3.Connection, path: Path, aside: Path | None) -> str:
    """Fill a new database from the one set aside, or from a backup, and from the journal.

    Returns one sentence with the numbers of restored rows. Raises sqlite3.Error.
    """
    migrate(db)
    db.execute("begin immediate")
    read = 0
    if aside is not None:
        read = _copy(db, aside)
    if not read:
        read = any(_copy(db, backup) for backup in reversed(backups(path)))
    replay(db, path)
    db.execute("commit")
    counts = ", ".join(
        f"{db.execute(f'select count(*) from {table}').fetchone()[0]} {name}"
        for table, name in (("mark", "marks"), ("person_mark", "marks on people"), ("post", "posts"))
    )
    if aside is None:
        what = "The database was lost"
    else:
        what = f"The database was damaged and was renamed to {aside.name}"
    return f"{what}: {counts} were restored."


def _copy(db: sqlite3.Connection, source: Path) -> int:
    """Copy every readable row of another database; returns their number."""
    copied = 0
    with (
        suppress(sqlite3.Error, UnicodeError),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
    ):
        old.text_factory = lambda text: text.decode("utf-8", "replace")
        tables = [row[0] for row in db.execute("select name from sqlite_schema where type = 'table'")]
        taught_first = sorted(tables, key=lambda table: (table not in TAUGHT, table != "account", table))
        for table in taught_first:
            names = [row[1] for row in db.execute(f"pragma table_info({table})")]
            if table in _DERIVED or table.startswith(("sqlite_", "word_index", "piece_index")):
                continue
            with suppress(sqlite3.Error, UnicodeError):
                known = {row[1] for row in old.execute(f"pragma table_info({table})")}
                shared = [name for name in names if name in known]
                for row in _rows(old, table, shared):
                    slots = ", ".join("?" * len(row))
                    with suppress(sqlite3.Error):
                        found = db.execute(f"insert or ignore into {table} ({', '.join(shared)}) values ({slots})", row)
                        copied += found.rowcount
    return copied


def _rows(old: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows before the first damaged page and after the last one."""
    if not names:
        return
    keys = [row[1] for row in old.execute(f"pragma table_info({table})") if row[5]]
    backwards = "rowid desc"
    if keys:
        backwards = ", ".join(f"{key} desc" for key in keys)
    for order in ("", f" order by {backwards}"):
        try:
            yield from old.execute(f"select {', '.join(names)} from {table} not indexed{order}")
        except (sqlite3.DatabaseError, UnicodeError):
            continue
        return

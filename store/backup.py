"""Backups of the database in the same folder, before each migration and once a week."""

import os
import re
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from .claims import is_running

KEPT = 3
"""The number of backups to keep."""

SMALL_CACHE = "pragma cache_size = -64"
"""For a connection that reads or writes each page once. The process would keep the memory of SQLite's 2 MB default."""

_ONE_AT_A_TIME = Lock()
_TIME = "%Y%m%dT%H%M%SZ"
_NAMED = re.compile(r"[0-9]{8}T[0-9]{6}Z")


def backups(path: Path) -> list[Path]:
    """The backups of a database file, oldest first."""
    found = path.parent.glob(f"{path.name}.backup-*")
    return sorted(each for each in found if _time_of(each) is not None)


def back_up(db: sqlite3.Connection, path: Path, now: datetime) -> Path:
    """Copy an open database, readable only by its owner, and remove the oldest copies.

    Several threads and processes may do so at once. A copy that fails is removed. Raises sqlite3.Error and OSError.
    """
    with _ONE_AT_A_TIME:
        return _back_up(db, path, now)


def _back_up(db: sqlite3.Connection, path: Path, now: datetime) -> Path:
    target = path.with_name(f"{path.name}.backup-{now.astimezone(UTC).strftime(_TIME)}")
    for each in path.parent.glob(f"{path.name}.backup-*part"):
        number = each.name.removeprefix(f"{path.name}.backup-").partition("-")[0]
        if not is_running(number):
            each.unlink(missing_ok=True)
    part = path.with_name(f"{path.name}.backup-{os.getpid()}-part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(part)) as copy:
            copy.execute(SMALL_CACHE)
            db.backup(copy)
            # Write the copy as one file, without a separate write-ahead log.
            copy.execute("pragma journal_mode = delete")
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    for old in backups(path)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return target


def remove_old_copies(db: sqlite3.Connection, path: Path, now: datetime) -> None:
    """Replace all backups by one of the open database, and remove the files that were set aside as damaged.

    If there is no space for the new backup, the old ones are removed nevertheless. Raises OSError.
    """
    old = [*backups(path), *path.parent.glob(f"{path.name}.damaged-*"), *path.parent.glob(f"{path.name}*-part")]
    new = None
    with suppress(OSError, sqlite3.Error):
        new = back_up(db, path, now)
    for each in old:
        if each != new:
            each.unlink(missing_ok=True)


def backup_due(path: Path, now: datetime, age: timedelta = timedelta(days=7)) -> bool:
    """Whether there is no backup newer than `age`."""
    times = [at for each in backups(path) if (at := _time_of(each)) is not None]
    return not times or now - max(times) > age


def _time_of(backup: Path) -> datetime | None:
    name = backup.name.rpartition("-")[2]
    if _NAMED.fullmatch(name) is None:
        return None
    try:
        return datetime.fromisoformat(name)
    except ValueError:
        return None

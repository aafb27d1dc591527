"""The codes of errors of SQLite and of the file system, and their sentences."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

from .journal import TAUGHT

DAMAGED_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
UNWRITABLE_CODES = (
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
)
_FULL_TOO = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
"""The error that SQLite also reports if it cannot enlarge the files next to the database."""
_LEAST_FREE = 65_536
"""Bytes. The smallest file that SQLite needs next to the database has half as many."""


def code_of(error: Exception) -> int:
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    # The low byte is the primary code. Programming errors of the sqlite3 module have no code.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def problem_sentence(error: Exception, path: Path | None, why_read_only: str = "") -> str:
    """The sentence for an error of the database at `path`, with what to do.

    `why_read_only` is the sentence for the error that caused it to be opened read-only; "" if it was not.
    """
    if isinstance(error, OSError):
        return f"The folder of the database {path} cannot be written ({error.strerror})."
    code = code_of(error)
    if code == sqlite3.SQLITE_READONLY and why_read_only:
        return f"{why_read_only} quietfeed is read-only until it is started again."
    if code in _FULL_TOO and _disk_is_full(path):
        code = sqlite3.SQLITE_FULL
    match code:
        case sqlite3.SQLITE_FULL:
            return "The disk is full: the last change was not saved, earlier ones were. Free some space and try again."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"The database {path} is damaged: start quietfeed again to restore what can be read."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another quietfeed has locked the database: the change was not saved. Try again when it is done."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return f"The database {path} cannot be written: check the permissions of the file and its folder."
        case sqlite3.SQLITE_IOERR:
            return f"The disk of {path} failed: the last change may not be saved. Check the disk."
    return f"The database {path} failed ({error})."


def _disk_is_full(path: Path | None) -> bool:
    if path is None:
        return False
    with suppress(OSError):
        return disk_usage(path.parent).free < _LEAST_FREE
    return False


def integrity_problem(db: sqlite3.Connection) -> str:
    """The problem that SQLite finds in a file, or "ok". The indexes of the user's own tables are checked too."""
    result: str = db.execute("pragma quick_check(1)").fetchone()[0]
    for table in TAUGHT:
        if result == "ok":
            result = db.execute(f"pragma integrity_check({table})").fetchone()[0]
    return result


def suspect_path(path: Path) -> Path:
    """The file that marks a database as damaged: the next start salvages its readable rows."""
    return path.with_name(f"{path.name}.suspect")


def mark_suspect(path: Path) -> None:
    """Mark a database as damaged."""
    with suppress(OSError):
        suspect_path(path).touch(mode=0o600)


def damage() -> sqlite3.DatabaseError:
    """The error that SQLite raises for a damaged file."""
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error

"""One connection to the SQLite file: opening, transactions, and what is said when the disk or the file fails."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from ..models.errors import QuietfeedError, StoreError
from .backup import back_up
from .migrate import is_empty, migrate, pending_migrations
from .places import make_private

R = TypeVar("R")
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
CALENDAR = (-62_135_596_800_000_000, 253_402_300_799_999_999)
"""The first and the last microsecond that a calendar holds; a stored time outside of them is damaged."""
_DAMAGED = "{} in the database is damaged: move it away (`quietfeed doctor` names it), and import your last export."


def micros(at: datetime) -> int:
    """A time as the store keeps it: whole microseconds since 1970, UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The time of a stored number of microseconds. Raises StoreError for one that no calendar holds."""
    try:
        return _EPOCH + value * _MICROSECOND
    except OverflowError:
        raise StoreError(_DAMAGED.format("A time")) from None


def parsed(text: str) -> Any:
    """A stored record, a JSON object. Raises StoreError where it is none any more."""
    with suppress(ValueError):
        if isinstance(record := json.loads(text), dict):
            return record
    raise StoreError(_DAMAGED.format("A record"))


_UNREADABLE = (QuietfeedError, TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError)


class Database:
    """A connection whose errors are StoreErrors. `path` None keeps everything in memory (the demo)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.damaged: dict[str, set[str]] = {}
        """What could not be read so far: the rows, by what they hold ("posts"). They stay in the file."""
        with self._told():
            if path is None:
                self._db = sqlite3.connect(":memory:", isolation_level=None)
            else:
                make_private(path.parent)
                if not path.exists():
                    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
                self._db = sqlite3.connect(path, isolation_level=None, timeout=10)
                self._db.execute("pragma journal_mode = wal")
            # The write-ahead log survives the death of the process by itself; only marks ask for the disk (`durable`).
            self._db.execute("pragma synchronous = normal")
            # In KiB: pages are read once, as the reader comes to them, and the system keeps the file in memory anyway.
            self._db.execute("pragma cache_size = -512")
            if path is not None and not is_empty(self._db) and pending_migrations(self._db):
                back_up(self._db, path, datetime.now(UTC))
            migrate(self._db)

    def readable(self, what: str, rows: Iterable[R], read: Callable[[R], T]) -> list[T]:
        """Each row as `read` makes it. A damaged row is counted and left out: it never blocks the others."""
        found = []
        for row in rows:
            try:
                found.append(read(row))
            except _UNREADABLE:
                self.damaged.setdefault(what, set()).add(repr(row)[:200])
        return found

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with self._told():
            return self._db.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None."""
        with self._told():
            return self._db.execute(statement, values).fetchone()

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Change something; how many rows were changed."""
        with self._told():
            return self._db.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Change many rows."""
        with self._told():
            self._db.executemany(statement, values)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Everything inside or nothing. `durable` waits until the disk has it: for the user's own words."""
        with self._told():
            if durable:
                self._db.execute("pragma synchronous = full")
            try:
                self._db.execute("begin immediate")
                try:
                    yield
                    self._db.execute("commit")
                except BaseException:
                    # SQLite may have rolled back by itself: it does so when the disk is full.
                    if self._db.in_transaction:
                        self._db.execute("rollback")
                    raise
            finally:
                if durable:
                    self._db.execute("pragma synchronous = normal")

    def version(self) -> int:
        """A number that changes when somebody else changes the file: another process, or another connection."""
        number: int = self.row("pragma data_version")[0]
        return number

    def check(self) -> str:
        """What SQLite says of the file's health; "ok" when it is well."""
        answer: str = self.row("pragma quick_check(1)")[0]
        return answer

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(self._sentence(error)) from error
        except OSError as error:
            raise StoreError(f"The database {self._path} cannot be opened ({error.strerror}).") from error

    def _sentence(self, error: sqlite3.Error) -> str:
        # The low byte is the primary code; programming errors of the sqlite3 module carry none.
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_FULL:
                return "The disk is full: the last change was not kept, all before it is. Free space and try again."
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return (
                    f"The database {self._path} is damaged: move it away to start afresh, and import your last export."
                )
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return "Another quietfeed holds the database: the change was not kept. Try again when it is done."
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
                return f"The database {self._path} cannot be written: check who owns it and its folder."
            case sqlite3.SQLITE_IOERR:
                return f"The disk under {self._path} failed: the last change may not be kept. Check the disk."
        return f"The database {self._path} failed ({error})."

"""The connection to the SQLite file: opening, transactions, and errors of the disk and the file."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from ..models.errors import QuietfeedError, StoreError
from .backup import SMALL_CACHE, back_up, backup_due, remove_old_copies
from .database_errors import (
    DAMAGED_CODES,
    UNWRITABLE_CODES,
    code_of,
    damage,
    integrity_problem,
    mark_suspect,
    problem_sentence,
    suspect_path,
)
from .empty_image import load_empty
from .journal import TAUGHT_NAMES, Journal, Row, journal_path, restore, was_used
from .migrate import is_empty, migrate, pending_migrations
from .places import locked, make_private, restrict

PURGE_PENDING = "forgetting"
"""The state value that is set after something was forgotten, until the files are purged."""

_LOCK_WAIT = 1.5
"""Seconds to wait for a lock. No write of quietfeed takes longer, so the screens need not freeze for more."""
_LOCKED_WAIT = 0.05
"""Seconds to wait after a timeout, so that keys respond at once while the lock may still exist."""

R = TypeVar("R")
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
CALENDAR = (-62_135_596_800_000_000, 253_402_300_799_999_999)
"""The range of valid times in microseconds; a stored time outside of it is damaged."""
_DAMAGED = "{} in the database is damaged: move it away (`quietfeed doctor` names it), and import your last export."


def micros(at: datetime) -> int:
    """Convert a time to microseconds since 1970, UTC."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Convert microseconds to a time. Raises StoreError if it is out of range."""
    try:
        return _EPOCH + value * _MICROSECOND
    except OverflowError:
        raise StoreError(_DAMAGED.format("A time")) from None


def parsed(text: str) -> Any:
    """Parse a stored JSON object. Raises StoreError if it is damaged."""
    with suppress(ValueError):
        if isinstance(record := json.loads(text), dict):
            return record
    raise StoreError(_DAMAGED.format("A record"))


UNREADABLE = (QuietfeedError, TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError)
"""The errors that reading a damaged row raises."""


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class Database:
    """A connection that raises StoreError. `path` None means an in-memory database (the demo)."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.damaged: dict[str, set[str]] = {}
        """The damaged rows found so far, by content ("posts"). They stay in the file."""
        self.notice = ""
        """A sentence about a problem when the file was opened; "" if there was none."""
        self._journal: Journal | None = None
        self._locked = False
        self._why_read_only = ""
        with self._errors():
            if path is None:
                self._db = sqlite3.connect(":memory:", isolation_level=None)
                load_empty(self._db)
                self._prepare()
            else:
                make_private(path.parent)
                restrict(path.parent)
                for each in path.parent.glob(f"{path.name}*"):
                    restrict(each)
                # Two processes that start at once must not both create, migrate or repair the file.
                with locked(path.with_name(f"{path.name}.lock")):
                    self._open_file(path)

    def _open_file(self, path: Path) -> None:
        lost = not path.exists() or not path.stat().st_size
        if suspect_path(path).exists() or (lost and was_used(path)):
            self._recover(path)
        try:
            self._connect(path)
            self._journal = Journal(path, self._db)
            if self._journal.path.exists():
                if self._journal.missing_end():
                    # If another process holds the lock, a later start repairs it.
                    with suppress(StoreError), self.transaction():
                        self._journal.repair_end()
            else:
                with self.transaction():
                    self._journal.rewrite()
        except OSError as error:
            # The backup before a migration needs disk space and a writable folder.
            if not path.exists() or not path.stat().st_size:
                raise
            self._open_read_only(path, error)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # With a damaged schema, SQLite's own message may be invalid UTF-8.
            code = code_of(error)
            unreadable = code == 0 and isinstance(error, sqlite3.OperationalError)
            if code in DAMAGED_CODES or unreadable:
                self._db.close()
                self._recover(path)
                self._connect(path)
                self._journal = Journal(path, self._db)
            elif code in UNWRITABLE_CODES and path.exists() and path.stat().st_size:
                self._open_read_only(path, error)
            else:
                raise

    def _connect(self, path: Path) -> None:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self._db = sqlite3.connect(path, isolation_level=None, timeout=_LOCK_WAIT)
        # Works only on a new file, and only before the write-ahead log. Pruning then returns space in small steps.
        self._db.execute("pragma auto_vacuum = incremental")
        self._db.execute("pragma journal_mode = wal")
        self._prepare()

    def _prepare(self) -> None:
        # The write-ahead log survives a crash of the process; only `durable` transactions wait for the disk.
        self._db.execute("pragma synchronous = normal")
        # In KiB. Pages are mostly read once, and the system caches the file anyway.
        self._db.execute("pragma cache_size = -256")
        self._db.execute("pragma temp_store = memory")
        if self._path is not None and not is_empty(self._db) and pending_migrations(self._db):
            back_up(self._db, self._path, datetime.now(UTC))
            migrate(self._db)
            # Its lines have the old schema.
            journal_path(self._path).unlink(missing_ok=True)
        migrate(self._db)

    def _recover(self, path: Path) -> None:
        from .fallback import recover

        self.notice = recover(path)

    def _open_read_only(self, path: Path, error: Exception) -> None:
        from .fallback import open_read_only

        self._db.close()
        self._db = open_read_only(path, error)
        self._why_read_only = problem_sentence(error, self._path, self._why_read_only)
        self.notice = f"{self._why_read_only} The stored data can be read and exported."

    def readable(self, what: str, rows: Iterable[R], read: Callable[[R], T]) -> list[T]:
        """Parse rows with `read`. Damaged rows are counted and left out."""
        found = []
        for row in rows:
            try:
                found.append(read(row))
            except UNREADABLE:
                self.damaged.setdefault(what, set()).add(repr(row)[:200])
        return found

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query."""
        with self._errors():
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.OperationalError as error:
                if code_of(error):
                    raise
                # A text is invalid UTF-8: from now on replace such bytes, which slows down every read.
                self._db.text_factory = _lenient
                return self._db.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, or None."""
        with self._errors():
            return self._db.execute(statement, values).fetchone()

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Execute a statement and return the number of changed rows."""
        with self._errors():
            return self._db.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once per row of values."""
        with self._errors():
            self._db.executemany(statement, values)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Run statements in one transaction. `durable` waits until the data is on the disk.

        Inside another transaction it is a part of that one, which can be rolled back alone.
        """
        if self._db.in_transaction:
            with self._part():
                yield
            return
        with self._errors():
            if durable:
                self._db.execute("pragma synchronous = full")
            try:
                self._begin()
                try:
                    yield
                    if self._journal is not None:
                        self._journal.write()
                    self._db.execute("commit")
                except BaseException:
                    if self._journal is not None:
                        self._journal.mark_failed()
                    # SQLite rolls back by itself when the disk is full.
                    if self._db.in_transaction:
                        self._db.execute("rollback")
                    raise
            finally:
                if durable:
                    self._db.execute("pragma synchronous = normal")

    @contextmanager
    def _part(self) -> Iterator[None]:
        with self._errors():
            self._db.execute("savepoint part")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback to part")
                    self._db.execute("release part")
                raise
            self._db.execute("release part")

    def _begin(self) -> None:
        try:
            self._db.execute("begin immediate")
        except sqlite3.OperationalError as error:
            if code_of(error) == sqlite3.SQLITE_BUSY and not self._locked:
                self._locked = True
                self._db.execute(f"pragma busy_timeout = {1000 * _LOCKED_WAIT:.0f}")
            raise
        if self._locked:
            self._locked = False
            self._db.execute(f"pragma busy_timeout = {1000 * _LOCK_WAIT:.0f}")

    def restore_taught(self, readable: Callable[[str, Row], bool]) -> int:
        """Restore damaged or missing rows of the user's own tables from the journal; returns their number."""
        if self._path is None or self._journal is None:
            return 0
        with self.transaction(durable=True):
            self._db.text_factory = _lenient
            count = restore(self._db, self._path, readable)
        for what in TAUGHT_NAMES:
            self.damaged.pop(what, None)
        return count

    def back_up_if_due(self, now: datetime) -> bool:
        """Make the weekly backup if it is due, and return whether it was. Thread-safe."""
        if self._path is None or self._journal is None or not backup_due(self._path, now):
            return False
        with self._errors(), closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            file.execute(SMALL_CACHE)
            if integrity_problem(file) != "ok":
                # A backup of a damaged file would replace a good one.
                raise damage()
            back_up(file, self._path, now)
        return True

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """A transaction whose deletions also apply to the journal: it is rewritten instead of appended to."""
        with self.transaction(durable=True):
            yield
            if self._journal is not None:
                self._journal.mark_failed()

    def purge(self, now: datetime) -> bool:
        """Remove deleted rows from the search index, free pages, the write-ahead log, backups and set-aside files.

        Returns False if another process reads the file: then the log still holds them. Thread-safe. Raises StoreError.
        """
        if self._path is None or self._journal is None:
            return True
        with (
            self._errors(),
            closing(sqlite3.connect(self._path, isolation_level=None, timeout=_LOCK_WAIT)) as db,
        ):
            for index in ("word_index", "piece_index"):
                db.execute(f"insert into {index} ({index}) values ('optimize')")
            db.execute("vacuum")
            busy = db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
            remove_old_copies(db, self._path, now)
        return not busy

    def rewrite_journal(self) -> None:
        """Rewrite the journal from the database. Raises StoreError."""
        if self._journal is not None:
            with self.transaction(durable=True):
                self._journal.rewrite()

    def give_back(self, pages: int) -> None:
        """Return free pages to the file system. Has no effect on a file from an earlier quietfeed."""
        with self._errors():
            # `executescript` runs to the end; `execute` would stop after the first page.
            self._db.executescript(f"pragma incremental_vacuum({pages})")

    def version(self) -> int:
        """A number that changes when another connection changes the file."""
        return int(self.row("pragma data_version")[0])

    def report_damage(self) -> NoReturn:
        """Report damage that SQLite did not notice, as if it had. Raises StoreError."""
        with self._errors():
            raise damage()

    def check(self) -> str:
        """Check the file: "ok", or the problem that SQLite found."""
        with self._errors():
            result = integrity_problem(self._db)
        if result != "ok" and self._path is not None:
            # The next start salvages the readable rows.
            mark_suspect(self._path)
        return result

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if self._path is not None and code_of(error) in DAMAGED_CODES:
                # The next start salvages the readable rows.
                mark_suspect(self._path)
            raise StoreError(problem_sentence(error, self._path, self._why_read_only)) from error
        except OSError as error:
            raise StoreError(f"The database {self._path} cannot be opened ({error.strerror}).") from error

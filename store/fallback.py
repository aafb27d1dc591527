"""Opens a database that does not open normally: recovers a damaged file, or reads one that cannot be written."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from .database_errors import suspect_path
from .migrate import migrate, pending_migrations
from .salvage import salvage, set_aside


def recover(path: Path) -> str:
    """Rename the damaged file, and fill a new one from its readable rows, a backup and the journal.

    Returns the sentence that tells the user.
    """
    aside = None
    if path.exists():
        aside = set_aside(path, datetime.now(UTC))
    suspect_path(path).unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("pragma auto_vacuum = incremental")
        return salvage(db, path, aside)


def open_read_only(path: Path, error: Exception) -> sqlite3.Connection:
    """Open the file read-only, so that reading and exporting work on a full disk or despite a lock.

    Raises `error`, why it could not be opened for writing, if it cannot be read either.
    """
    address = path.absolute().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        db = sqlite3.connect(f"{address}?{mode}", uri=True, isolation_level=None, timeout=0)
        try:
            if pending_migrations(db):
                db = _migrated_copy(db)
            return db
        except sqlite3.Error:
            db.close()
    raise error


def _migrated_copy(file: sqlite3.Connection) -> sqlite3.Connection:
    """A migrated read-only copy in memory; writes to it would be lost."""
    with closing(file):
        db = sqlite3.connect(":memory:", isolation_level=None)
        file.backup(db)
    migrate(db)
    db.execute("pragma query_only = on")
    return db

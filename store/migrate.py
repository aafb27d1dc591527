"""Migrates a database: runs each migration whose name the database has not recorded."""

import sqlite3
from collections.abc import Callable, Collection, Mapping

from ..models.errors import StoreError

Migration = Callable[[sqlite3.Connection], None]
"""A change of the schema; it runs in a transaction of its own."""

_NUMBERED = (
    "first_tables",
    "words_of_posts",
    "mutes",
    "unread",
    "aside",
    "joined",
    "asked",
    "silence",
    "unheard",
)
"""The migrations that `user_version` counted, before names were recorded."""

NAMES = (
    *_NUMBERED,
    *("restrictions", "direct_sides", "accounts_by_id", "home_indexes", "gap_kind", "checked", "deleted", "outbox"),
    *("handle_owners", "stream_counts", "tally", "drafts", "outbox_kinds", "subscriptions", "for_large_stores"),
    *("imports", "follow_requests", "paid", "published_lists", "plain_names", "unchanged_actions"),
)
"""The names of `schema.MIGRATIONS`, in their order. A start imports the migrations only if one is pending."""

_NAMED = 1000
"""`user_version` of databases with recorded names. It is so high that an older quietfeed rejects the file."""


def pending_migrations(db: sqlite3.Connection, migrations: Collection[str] = NAMES) -> list[str]:
    """The names of the migrations that have not run, in order.

    Raises StoreError if a newer quietfeed wrote the database, and sqlite3.DatabaseError if the table of the names is
    damaged.
    """
    done = _recorded(db)
    pending = [name for name in migrations if name not in done]
    unknown = done.difference(migrations)
    # A newer quietfeed has also recorded all of these names, and the first migration creates the first tables.
    if (pending and unknown) or (next(iter(migrations)) in pending and (done or _has_tables(db))):
        raise _damaged()
    if unknown:
        raise _newer(min(unknown))
    return pending


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether the database has no tables yet."""
    return db.execute("select 1 from sqlite_schema limit 1").fetchone() is None


def migrate(db: sqlite3.Connection, migrations: Mapping[str, Migration] | None = None) -> None:
    """Run the pending migrations, each in a transaction. Raises StoreError as `pending_migrations` does."""
    if not pending_migrations(db, migrations or NAMES) and _version(db) == _NAMED:
        return
    if migrations is None:
        from .schema import MIGRATIONS

        migrations = MIGRATIONS
    _transact(db, _record_numbered)
    for name in pending_migrations(db, migrations):
        _transact(db, lambda db, name=name: _run(db, name, migrations[name]))  # type: ignore[misc]


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("pragma user_version").fetchone()[0]
    return version


def _recorded(db: sqlite3.Connection) -> set[str]:
    version = _version(db)
    if version <= len(_NUMBERED):
        return set(_NUMBERED[:version])
    if version != _NAMED:
        raise _newer(f"schema {version}")
    return {row[0] for row in db.execute("select name from migration")}


def _newer(what: str) -> StoreError:
    return StoreError(f"The database was written by a newer quietfeed ({what} is unknown): upgrade quietfeed.")


def _has_tables(db: sqlite3.Connection) -> bool:
    found = db.execute("select 1 from sqlite_schema where type = 'table' and name != 'migration' limit 1")
    return found.fetchone() is not None


def _damaged() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("the names of the migrations are damaged")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _record_numbered(db: sqlite3.Connection) -> None:
    """Record the names of migrations in a database that only counted them."""
    if _version(db) == _NAMED:
        return
    done = _NUMBERED[: _version(db)]
    db.execute("create table migration (name text primary key) strict, without rowid")
    db.executemany("insert into migration (name) values (?)", [(name,) for name in done])
    db.execute(f"pragma user_version = {_NAMED}")


def _run(db: sqlite3.Connection, name: str, migration: Migration) -> None:
    # Another process may have run it while this one was waiting for the lock.
    if name not in _recorded(db):
        migration(db)
        db.execute("insert into migration (name) values (?)", (name,))


def _transact(db: sqlite3.Connection, change: Migration) -> None:
    db.execute("begin immediate")
    try:
        change(db)
        db.execute("commit")
    except BaseException:
        # SQLite rolls back by itself when the disk is full.
        if db.in_transaction:
            db.execute("rollback")
        raise

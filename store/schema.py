"""The tables, and the numbered steps that bring an older database up to date, each in a transaction of its own."""

import sqlite3
from collections.abc import Callable

from ..models.errors import StoreError


def _first_tables(db: sqlite3.Connection) -> None:
    # Everything hangs on (account, id): ids are only unique on the server of the account that saw them.
    # Times are whole microseconds since 1970, UTC. `data` is a record as models.record writes it.
    for statement in (
        """create table account (
            key text primary key, network text not null, server text not null, handle text not null, id text not null
        ) strict""",
        """create table person (
            account text not null, id text not null, handle text not null, data text not null,
            primary key (account, id)
        ) strict, without rowid""",
        "create index person_handle on person (handle collate nocase)",
        """create table post (
            account text not null, id text not null, at integer not null, author text not null, booster text,
            data text not null, primary key (account, id)
        ) strict""",
        "create index post_at on post (at desc, account, id)",
        "create index post_author on post (account, author)",
        """create table interaction (
            account text not null, id text not null, person text not null, kind text not null,
            direction text not null, at integer not null, primary key (account, id)
        ) strict, without rowid""",
        "create index interaction_person on interaction (account, person)",
        """create table relationship (
            account text not null, person text not null, you_follow integer, follows_you integer,
            at integer not null, primary key (account, person)
        ) strict, without rowid""",
        """create table imported_tie (
            account text not null, person text not null, handle text not null collate nocase, data text not null,
            primary key (account, person, handle)
        ) strict, without rowid""",
        "create index imported_tie_handle on imported_tie (handle collate nocase)",
        """create table person_mark (
            account text not null, person text not null, handle text not null collate nocase, word text not null,
            at integer not null, primary key (account, person, handle)
        ) strict, without rowid""",
        "create index person_mark_handle on person_mark (handle collate nocase)",
        """create table mark (
            account text not null, post text not null, category text not null, at integer not null,
            data text not null, primary key (account, post)
        ) strict""",
        """create table gap (
            id integer primary key, account text not null, cursor text not null, at integer not null,
            older_at integer
        ) strict""",
        """create table stream (
            account text not null, name text not null, since text not null, primary key (account, name)
        ) strict, without rowid""",
        "create table meta (name text primary key, value any) strict, without rowid",
    ):
        db.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first_tables,)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to the newest schema; raises StoreError when a newer quietfeed wrote it."""
    version: int = db.execute("pragma user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The database was written by a newer quietfeed (schema {version}, this one knows {len(MIGRATIONS)}):"
            " upgrade quietfeed."
        )
    for number in range(version + 1, len(MIGRATIONS) + 1):
        db.execute("begin immediate")
        try:
            # Another process may have been faster while this one waited for the lock.
            if db.execute("pragma user_version").fetchone()[0] < number:
                MIGRATIONS[number - 1](db)
                db.execute(f"pragma user_version = {number}")
            db.execute("commit")
        except BaseException:
            db.execute("rollback")
            raise

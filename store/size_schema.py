"""The migration that keeps a large store fast: covering indexes, and the number of posts, maintained by triggers."""

import sqlite3


def for_large_stores(db: sqlite3.Connection) -> None:
    """The migration."""
    # Each of these indexes holds every column that its queries read, so that SQLite need not visit the tables. Without
    # the columns after `person` it prefers to read all interactions of an account.
    for statement in (
        "drop index interaction_person",
        "create index interaction_person on interaction (account, person, kind, direction, at)",
        "drop index post_unread",
        "create index post_unread on post (at desc, account, id, unread) where unread = 1",
        "drop index post_booster",
        "create index post_booster on post (account, booster, author, aside) where booster is not null",
        # Counting half a million posts takes longer than a frame, and the status line shows their number.
        "create table home_count (account text primary key, number integer not null) strict, without rowid",
        "insert into home_count (account, number) select account, count(*) from post where aside = 0 group by account",
    ):
        db.execute(statement)
    _counted(db, "insert", "new.aside = 0", "new", "+ 1")
    _counted(db, "delete", "old.aside = 0", "old", "- 1")
    _counted(db, "update of aside", "old.aside > 0 and new.aside = 0", "new", "+ 1")


def _counted(db: sqlite3.Connection, event: str, when: str, row: str, change: str) -> None:
    # No conflict clause: SQLite replaces it by that of the statement that inserts the post.
    db.execute(
        f"create trigger home_count_{event.partition(' ')[0]} after {event} on post when {when} begin"
        f" insert into home_count (account, number) select {row}.account, 0"
        f" where not exists (select 1 from home_count where account = {row}.account);"
        f" update home_count set number = number {change} where account = {row}.account; end"
    )

"""The migration that creates the tally's tables. Triggers record who is due to be counted again.

This way, changes by any process are counted, also those made while no screen was open.
"""

import sqlite3

_RESTRICTIONS = ("you_follow", "follows_you", "blocking", "blocked_by", "muting", "domain_blocking")
_RELATIONSHIP = (*_RESTRICTIONS, "boosts_muted", "quotes_muted", "list_title")


def create_tally(db: sqlite3.Connection) -> None:
    """The migration: the tables and their triggers. At first everybody is due."""
    # `tie` is 1 if the tie of a person changed, which also affects what they boosted and linked handles. `serial`
    # increases with every change, so that a change during counting is not lost.
    for statement in (
        """create table tally (
            account text not null, author text not null, stamp text not null, code text not null, habits text,
            primary key (account, author)
        ) strict, without rowid""",
        """create table tally_count (
            account text not null, author text not null, level integer not null, cause text not null,
            number integer not null, primary key (account, author, level, cause)
        ) strict, without rowid""",
        """create table tally_due (
            tie integer not null, account text not null, person text not null, serial integer not null default 1,
            primary key (tie, account, person)
        ) strict, without rowid""",
        "insert into tally_due (tie, account, person) select distinct 0, account, author from post where aside = 0",
    ):
        db.execute(statement)
    changed = " or ".join(f"old.{column} is not new.{column}" for column in _RELATIONSHIP)
    _trigger(db, "post", "insert", "new.aside = 0", _due(0, "new.account, new.author"))
    _trigger(db, "post", "delete", "old.aside = 0", _due(0, "old.account, old.author"))
    edited = "old.data <> new.data or old.aside <> new.aside"
    _trigger(db, "post", "update", edited, _due(0, "new.account, new.author"))
    _trigger(db, "person", "update", "old.data <> new.data", _due(0, "new.account, new.id"))
    for event, row in (("insert", "new"), ("delete", "old")):
        _trigger(db, "relationship", event, "true", _due(1, f"{row}.account, {row}.person"))
        _trigger(db, "interaction", event, "true", _due(1, f"{row}.account, {row}.person"))
        _trigger(db, "joined", event, "true", _due(1, f"{row}.account, {row}.person"))
        _trigger(db, "mark", event, "true", _of_post(row))
        for table in ("person_mark", "mute", "imported_tie"):
            _trigger(db, table, event, "true", _of_handle(row))
    _trigger(db, "relationship", "update", changed, _due(1, "new.account, new.person"))
    _trigger(db, "mark", "update", "true", _of_post("new"))
    for table in ("person_mark", "mute", "imported_tie"):
        _trigger(db, table, "update", "true", _of_handle("new"))


def _trigger(db: sqlite3.Connection, table: str, event: str, when: str, action: str) -> None:
    db.execute(f"create trigger tally_{table}_{event} after {event} on {table} when {when} begin {action}; end")


def _due(tie: int, columns: str, source: str = "where true") -> str:
    return (
        f"insert into tally_due (tie, account, person) select distinct {tie}, {columns} {source}"
        " on conflict do update set serial = serial + 1"
    )


def _of_post(row: str) -> str:
    return _due(1, "account, author", f"from post where account = {row}.account and id = {row}.post")


def _of_handle(row: str) -> str:
    found = f"(account = {row}.account or {row}.account = '') and (id = {row}.person or handle = {row}.handle)"
    return _due(1, "account, id", f"from person where {found}")

"""The migration that gives each account a row id, and merges duplicate entries."""

import sqlite3

_NEWER_STAYS = {
    "mark": ("post",),
    "person_mark": ("person", "handle"),
    "mute": ("person", "handle"),
    "relationship": ("person",),
}
"""Tables whose rows carry a time `at`, and the columns that identify a row within an account."""


def accounts_by_id(db: sqlite3.Connection) -> None:
    """Identify accounts by network, server and remote id. The latest entry keeps its key."""
    people = db.execute("select key, network, server, handle, id from account order by rowid").fetchall()
    db.execute("drop table account")
    db.execute(
        """create table account (
            id integer primary key, key text not null unique, network text not null, server text not null,
            remote_id text not null, handle text not null, scopes text not null default '[]',
            writing integer not null default 0, unique (network, server, remote_id)
        ) strict"""
    )
    db.execute("create table former_key (key text primary key, owner integer not null) strict, without rowid")
    merged: dict[tuple[str, str, str], list[tuple[str, ...]]] = {}
    for row in people:
        _, network, server, _, remote_id = row
        # A DID identifies the same account on every server.
        where = "" if remote_id.startswith("did:") else server
        merged.setdefault((network, where, remote_id), []).append(row)
    for entries in merged.values():
        *former, (key, network, server, handle, remote_id) = entries
        owner = db.execute(
            "insert into account (key, network, server, handle, remote_id) values (?, ?, ?, ?, ?) returning id",
            (key, network, server, handle, remote_id),
        ).fetchone()[0]
        for old, *_ in former:
            move_rows(db, old, key)
            db.execute("insert into former_key (key, owner) values (?, ?)", (old, owner))
    db.execute(
        "update person set data = json_set(data, '$.network', substr(account, 1, instr(account, ':') - 1))"
        " where json_valid(data) and json_type(data) = 'object' and instr(account, ':') > 1"
    )


def move_rows(db: sqlite3.Connection, old: str, new: str) -> None:
    """Move everything from account `old` to `new`. Of duplicates the newer row stays; read posts stay read."""
    for table, columns in _NEWER_STAYS.items():
        same = " and ".join(f"other.{column} = {table}.{column}" for column in columns)
        for loser, winner, newer in ((old, new, ">="), (new, old, ">")):
            db.execute(
                f"delete from {table} where account = ? and exists (select 1 from {table} as other"
                f" where other.account = ? and {same} and other.at {newer} {table}.at)",
                (loser, winner),
            )
    twice = "exists (select 1 from post as other where other.account = ?2 and other.id = post.id and other.aside = 0"
    db.execute(f"update post set unread = 0 where account = ?1 and {twice} and other.unread = 0)", (new, old))
    db.execute(f"update post set aside = 0 where account = ?1 and {twice})", (new, old))
    _merge_links(db, old, new)
    # Delete posts first, so that their triggers update the search index.
    for table in ("post", *(name for name in _owned_tables(db) if name != "post")):
        db.execute(f"update or ignore {table} set account = ? where account = ?", (new, old))
        db.execute(f"delete from {table} where account = ?", (old,))
    _repair_pairs(db, old, new)
    db.execute(
        "update mark set data = json_set(data, '$.account', ?1) where account = ?1 and json_valid(data)"
        " and json_type(data) = 'object'",
        (new,),
    )
    db.execute(
        "update meta set value = json_array(?1, json_extract(value, '$[1]')) where name like 'place%'"
        " and typeof(value) = 'text' and json_valid(value) and json_extract(value, '$[0]') = ?2",
        (new, old),
    )


def _owned_tables(db: sqlite3.Connection) -> list[str]:
    rows = db.execute(
        "select owned.name from sqlite_schema as owned, pragma_table_info(owned.name) as part"
        " where owned.type = 'table' and owned.sql not like 'create virtual%' and part.name = 'account' order by 1"
    )
    return [row[0] for row in rows]


def _merge_links(db: sqlite3.Connection, old: str, new: str) -> None:
    """Merge the links of a person who was linked under both keys."""
    while pair := db.execute(
        "select one.number, other.number from joined as one join joined as other using (person)"
        " where one.account = ? and other.account = ? and one.number <> other.number limit 1",
        (old, new),
    ).fetchone():
        db.execute("update joined set number = ?2 where number = ?1", pair)


def _repair_pairs(db: sqlite3.Connection, old: str, new: str) -> None:
    db.execute("delete from joined where number in (select number from joined group by number having count(*) < 2)")
    db.execute("update or ignore kept_apart set other_account = ? where other_account = ?", (new, old))
    db.execute("delete from kept_apart where other_account = ?", (old,))
    db.execute("delete from kept_apart where account = other_account and person = other_person")
    # Each pair is stored once, with the smaller key first.
    db.execute(
        "update or replace kept_apart set account = other_account, person = other_person, handle = other_handle,"
        " other_account = account, other_person = person, other_handle = handle"
        " where (account, person) > (other_account, other_person)"
    )

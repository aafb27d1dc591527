"""The migration for imports."""

import sqlite3


def for_imports(db: sqlite3.Connection) -> None:
    """Create the tables of imports, of the ties in imported files, and of the handles of contacts."""
    # Each file has its own ties, so that undoing one import does not affect another. `source` is the kind and the owner
    # of a file: a newer file of the same source replaces its ties.
    for statement in (
        """create table file_tie (
            source text not null, account text not null, person text not null, handle text not null collate nocase,
            data text not null, primary key (source, account, person, handle)
        ) strict, without rowid""",
        "create index file_tie_person on file_tie (person)",
        "create index file_tie_handle on file_tie (handle collate nocase)",
        # The handles of one contact in an address book.
        """create table contact_handle (
            contact text not null, network text not null, handle text not null collate nocase, name text not null,
            primary key (contact, network, handle)
        ) strict, without rowid""",
        "create index contact_handle_handle on contact_handle (handle collate nocase)",
        """create table import_run (
            id integer primary key autoincrement, at integer not null, kind text not null, network text not null,
            name text not null, owner text not null, changes text not null, undone integer not null default 0
        ) strict""",
        # The changed rows as JSON: `before` is null for a new row, `after` for a removed one.
        """create table import_change (
            import integer not null, name text not null, key text not null, before text, after text,
            primary key (import, name, key)
        ) strict, without rowid""",
    ):
        db.execute(statement)
    # Count the people of a changed row again: see tally_schema.py.
    for event, row in (("insert", "new"), ("update", "new"), ("delete", "old")):
        db.execute(
            f"create trigger tally_file_tie_{event} after {event} on file_tie begin"
            " insert into tally_due (tie, account, person) select 1, person.account, person.id"
            f" from account join person on person.account = account.key and person.id = {row}.person"
            f" where {row}.person <> '' and {row}.account in (account.key, '')"
            " on conflict do update set serial = serial + 1;"
            " insert into tally_due (tie, account, person) select 1, account, id from person"
            f" where {row}.person = '' and handle = {row}.handle collate nocase and {row}.account in (account, '')"
            " on conflict do update set serial = serial + 1; end"
        )

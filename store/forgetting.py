"""Forgets people and accounts: deletes every row that belongs to them or names them, in all tables.

The tables come from the schema, which includes tables of later migrations. `Database.purge` removes the deleted rows
from the journal, the backups and the free pages of the file.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..models.joined import Handle
from .database import PURGE_PENDING, Database
from .queued_drafts import release_drafts

_DERIVED = ("words", "home_count", "tally", "tally_count", "tally_due", "migration", "account", "former_key", "meta")
"""Tables that triggers maintain, or that only name the user."""
_CURSORS = ("gap", "stream")
"""Tables whose texts are positions in a server's timeline or stream."""
_PERSON_COLUMNS = (("account", "person"), ("account", "author"), ("account", "booster"))
_OTHER = ("other_account", "other_person")
_HANDLE_COLUMNS = ("handle", "other_handle", "former")
_PERSON_KEYS = ("person", "person_id", "reply_to_person")
_REDACTED = "(forgotten)"


class Names:
    """Recognises people in stored texts: by handle, profile address, and ids that are the same everywhere."""

    def __init__(self, people: Sequence[Handle]) -> None:
        handles = sorted({each.handle.casefold() for each in people if each.handle})
        self.ids = {each.person_id for each in people if each.person_id}
        self._quoted = [f'"{each}"' for each in sorted(self.ids)]
        global_ids = [each.casefold() for each in sorted(self.ids) if each.startswith("did:") or "://" in each]
        self.needles = [*handles, *global_ids, *_addresses(handles)]
        self._pattern = re.compile("|".join(map(_pattern, self.needles)) or r"(?!)", re.IGNORECASE)

    @property
    def candidates(self) -> list[str]:
        """Search texts: a stored text that names one of the people contains at least one of them."""
        return [*self.needles, *self._quoted]

    def are_in(self, text: str) -> bool:
        """Whether a text, or a record in it, names one of them."""
        if self._pattern.search(text):
            return True
        if not any(each in text for each in self._quoted):
            return False
        try:
            return self._in_record(json.loads(text))
        except (ValueError, RecursionError):
            return False

    def _in_record(self, record: Any) -> bool:
        if isinstance(record, dict):
            return any(record.get(key) in self.ids for key in _PERSON_KEYS if isinstance(record.get(key), str)) or any(
                map(self._in_record, record.values())
            )
        return isinstance(record, list) and any(map(self._in_record, record))

    def without(self, record: Any) -> Any:
        """A record whose texts name a placeholder instead of them."""
        if isinstance(record, str):
            return self._pattern.sub(_REDACTED, record)
        if isinstance(record, list):
            return [self.without(each) for each in record]
        if isinstance(record, dict):
            return {key: self.without(each) for key, each in record.items()}
        return record


def _pattern(name: str) -> str:
    end = r"(?![\w-]|\.\w)"
    if re.search(r"[@:/]", name):
        return rf"(?<![\w.-])@?{re.escape(name)}{end}"
    # A handle that is a domain: links to the site do not name the person.
    return rf"""(?:^|@|(?<=profile/)|(?<=")){re.escape(name)}{end}"""


def forget_people(db: Database, people: Sequence[Handle]) -> dict[str, int]:
    """Delete everything about people, and texts of others that name them. Returns the deleted rows by table.

    Profiles and marks of others that only mention one of them keep everything else. Raises StoreError.
    """
    names = Names(people)
    counts: dict[str, int] = {}
    with db.forgetting():
        for table, columns in _tables(db).items():
            number = _delete_by_columns(db, table, columns, people)
            if table not in _CURSORS:
                number += _delete_by_text(db, table, names)
            counts[table] = counts.get(table, 0) + number
        for each in people:
            db.run("delete from tally where account = ? and author = ?", each.key)
            db.run("delete from tally_count where account = ? and author = ?", each.key)
            db.run("delete from tally_due where account = ? and person = ?", each.key)
        _finish(db, names)
    return counts


def forget_account(db: Database, key: str) -> dict[str, int]:
    """Delete everything that an account fetched, and the marks on it. Returns the rows by table.

    The account itself and its token stay. Raises StoreError.
    """
    counts: dict[str, int] = {}
    with db.forgetting():
        for table, columns in _tables(db).items():
            number = 0
            for column in ("account", "other_account"):
                if column in columns:
                    number += db.run(f"delete from {table} where {column} = ?", (key,))
            counts[table] = number
        row = "coalesce(after, before)"
        db.run(f"delete from import_change where json_valid({row}) and json_extract({row}, '$.account') = ?", (key,))
        drafts = db.rows("select id, record from draft")
        gone = [(number,) for number, record in drafts if _accounts_of(record) == {key}]
        db.run_many("delete from draft where id = ?", gone)
        counts["draft"] = len(gone)
        _finish(db, None)
    return counts


def has_handle(db: Database, handle: str) -> bool:
    """Whether any row belongs to a handle, also one that no account has seen. Raises StoreError."""
    return any(
        db.rows(f"select 1 from {table} where {column} = ? collate nocase limit 1", (handle,))
        for table, columns in _tables(db).items()
        for column in _HANDLE_COLUMNS
        if column in columns
    )


def _finish(db: Database, names: Names | None) -> None:
    db.run("delete from joined where number in (select number from joined group by number having count(*) < 2)")
    if names is not None:
        states = db.rows("select name, value from meta where typeof(value) = 'text'")
        named = [(name,) for name, value in states if names.are_in(name) or names.are_in(value)]
        db.run_many("delete from meta where name = ?", named)
    release_drafts(db)
    # The model was trained with their posts.
    db.run("delete from meta where name in ('learned', 'learned_from')")
    db.run("insert or replace into meta (name, value) values (?, 'yes')", (PURGE_PENDING,))


def _tables(db: Database) -> dict[str, list[str]]:
    """The tables with the names of their columns, without those that triggers maintain."""
    rows = db.rows(
        "select owned.name, part.name from sqlite_schema as owned, pragma_table_info(owned.name) as part"
        " where owned.type = 'table' and owned.sql not like 'create virtual%' and owned.name not like 'sqlite%'"
        " and owned.name not like '%\\_index\\_%' escape '\\' order by owned.name = 'post' desc, owned.name"
    )
    tables: dict[str, list[str]] = {}
    for table, column in rows:
        if table not in _DERIVED:
            tables.setdefault(table, []).append(column)
    return tables


def _delete_by_columns(db: Database, table: str, columns: Sequence[str], people: Sequence[Handle]) -> int:
    pairs = [*_PERSON_COLUMNS, _OTHER]
    if table == "person":
        pairs = [("account", "id")]
    number = 0
    for each in people:
        for account, person in pairs:
            if account in columns and person in columns and each.person_id:
                number += db.run(f"delete from {table} where {account} = ? and {person} = ?", each.key)
        if table == "mark":
            part = "iif(json_valid(data), json_extract(data, '$.{}.id'), '') = ?"
            number += db.run(
                f"delete from mark where account = ? and ({part.format('author')} or {part.format('reposter')})",
                (*each.key, each.person_id),
            )
        for column in _HANDLE_COLUMNS:
            if column in columns and each.handle:
                number += db.run(f"delete from {table} where {column} = ? collate nocase", (each.handle,))
    return number


def _delete_by_text(db: Database, table: str, names: Names) -> int:
    keys = [row[0] for row in db.rows("select name from pragma_table_info(?) where pk > 0", (table,))]
    texts = [
        row[0] for row in db.rows("select name from pragma_table_info(?) where type = 'TEXT' and pk = 0", (table,))
    ]
    texts = [each for each in texts if each not in ("account", "handle")]
    wanted = names.candidates
    if not texts or not keys or not wanted:
        return 0
    # SQLite finds candidates, and `Names` checks them.
    found = " or ".join(f"instr(lower({text}), lower(?{number}))" for text in texts for number in _numbers(wanted))
    rows = db.rows(f"select {', '.join(keys)}, {', '.join(texts)} from {table} where {found}", wanted)
    where = " and ".join(f"{key} = ?" for key in keys)
    number = 0
    for row in rows:
        key, values = row[: len(keys)], [each for each in row[len(keys) :] if isinstance(each, str)]
        if not any(map(names.are_in, values)):
            continue
        left = _without_mentions(table, values[-1], names)
        if left:
            db.run(f"update {table} set data = ? where {where}", (left, *key))
        else:
            number += db.run(f"delete from {table} where {where}", key)
    return number


def _without_mentions(table: str, data: str, names: Names) -> str:
    """The record of somebody else without mentions in a profile; "" if the row must go."""
    if table not in ("person", "mark"):
        return ""
    try:
        record = json.loads(data)
    except ValueError:
        return ""
    if table == "person":
        return json.dumps(names.without(record), ensure_ascii=False)
    profiles = {part: record.pop(part) for part in ("author", "reposter") if isinstance(record.get(part), dict)}
    theirs = any(str(profile.get("handle", "")).casefold() in names.needles for profile in profiles.values())
    if theirs or names.are_in(json.dumps(record, ensure_ascii=False)):
        return ""
    return json.dumps(record | names.without(profiles), ensure_ascii=False)


def _accounts_of(record: str) -> set[str]:
    try:
        return {*json.loads(record).get("accounts", ())}
    except (ValueError, AttributeError, TypeError):
        return set()


def _numbers(values: Sequence[object]) -> Iterable[int]:
    return range(1, len(values) + 1)


def _addresses(handles: Iterable[str]) -> Iterable[str]:
    """The addresses of profiles, which posts with mentions contain."""
    for handle in handles:
        user, at, server = handle.partition("@")
        if at and user and server:
            yield from (f"{server}/@{user}", f"{server}/users/{user}")

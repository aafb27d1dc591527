"""The user's marks on posts. Each is stored durably, with its context, before the screen shows it."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

import msgspec

from ..codec.records import category_from_record
from ..codec.stored import mark_from_stored, mark_to_stored
from ..models.errors import RecordError, StoreError
from ..models.mark import Mark
from ..models.verdict import Category
from ..models.view import PostKey
from .database import Database, micros, moment


class MarkSummary(msgspec.Struct):
    """The part of a mark that judging needs. The rest is loaded for training only, to keep the start fast."""

    key: PostKey
    author: str
    original: str
    category: Category
    at: datetime
    _data: str
    _mark: Mark | None = None

    def load(self) -> Mark:
        """Load and cache the whole mark. Thread-safe. Raises StoreError and RecordError if it is damaged."""
        if self._mark is None:
            self._mark = mark_from_stored(self._data, self.category, self.at)
            self._data = ""
        return self._mark


class Marks:
    """All marks on posts."""

    NONE = "0.0.0.0.0.0"
    """The fingerprint of an empty set of marks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, mark: Mark) -> None:
        """Store a mark. A newer mark on a post replaces the older one."""
        with self._db.transaction(durable=True):
            self._add([mark])

    def add_all(self, marks: list[Mark]) -> None:
        """Store several marks durably in one transaction. A newer mark on the same post stays."""
        with self._db.transaction(durable=True):
            self._add(marks, " where excluded.at >= at")

    def replace(self, marks: Mapping[PostKey, Mark | None]) -> None:
        """Set or remove the marks of these posts in one transaction."""
        with self._db.transaction(durable=True):
            self._db.run_many(
                "delete from mark where account = ? and post = ?", [key for key, mark in marks.items() if mark is None]
            )
            self._add([mark for mark in marks.values() if mark is not None])

    def _add(self, marks: list[Mark], where: str = "") -> None:
        rows = [
            (
                *mark.context.post.key,
                mark.category,
                micros(mark.at),
                mark_to_stored(mark),
            )
            for mark in marks
        ]
        self._db.run_many(
            "insert into mark (account, post, category, at, data) values (?, ?, ?, ?, ?)"
            f" on conflict do update set category = excluded.category, at = excluded.at, data = excluded.data{where}",
            rows,
        )

    def remove(self, key: PostKey) -> bool:
        """Remove a mark and return whether it existed."""
        with self._db.transaction(durable=True):
            return self._db.run("delete from mark where account = ? and post = ?", key) > 0

    def all(self) -> list[Mark]:
        """All marks, oldest first."""
        return self._db.readable("marks", self.heads(), MarkSummary.load)

    def heads(self) -> list[MarkSummary]:
        """The summaries of all marks, oldest first."""
        rows = self._db.rows(
            "select account, post, iif(json_valid(data), coalesce(json_extract(data, '$.author.id'), ''), null),"
            " iif(json_valid(data), json_extract(data, '$.original_id'), ''), category, at, data from mark"
            " order by at, account, post"
        )
        # A damaged mark still applies to its post, but cannot be used for training.
        if damaged := {repr(row)[:200] for row in rows if row[2] is None}:
            self._db.damaged.setdefault("marks", set()).update(damaged)
        return self._db.readable("marks", rows, summary_of)

    def count(self) -> int:
        """The number of marked posts."""
        total: int = self._db.row("select count(*) from mark")[0]
        return total

    def with_id(self, post_id: str) -> list[PostKey]:
        """The keys of all marks on posts with this id."""
        return [(row[0], row[1]) for row in self._db.rows("select account, post from mark where post = ?", (post_id,))]

    def state(self) -> str:
        """A fingerprint of all training data, to detect that a model is out of date."""
        # Include time and category, so that a changed category at the same time counts.
        marks = self._db.row(
            "select count(*), coalesce(max(at), 0),"
            " coalesce(sum(at % 1000003 * (unicode(category) + length(category))), 0) from mark"
        )
        words = self._db.row(
            "select count(*), coalesce(max(at), 0), coalesce(sum(at % 1000003 * length(word)), 0) from person_mark"
        )
        # Training uses the posts of all handles of a vouched person.
        joined = self._db.row(
            "select count(*), sum(at % 1000003) from joined where number in (select number from joined"
            " join person_mark using (account, person) where word = 'vouched')"
        )
        return ".".join(map(str, (*marks, *words, *(joined if joined[0] else ()))))


def summary_of(row: tuple[str, str, str | None, str | None, str, int, str]) -> MarkSummary:
    """Parse a row: account, post, author, original, category, time, record. Raises RecordError and StoreError."""
    account, post, author, original, word, at, data = row
    if not data.startswith("{") or not data.endswith("}"):
        raise RecordError("a mark in the database is not a record")
    return MarkSummary((account, post), author or "", original or "", _category(word), moment(at), data)


def load_readable(marks: Iterable[Mark | MarkSummary]) -> list[Mark]:
    """Load the whole marks; damaged ones are left out."""
    loaded = []
    for mark in marks:
        with suppress(StoreError, RecordError):
            loaded.append(mark.load())
    return loaded


def _category(word: str) -> Category:
    category = category_from_record({"mark": word})
    if category is None:
        raise RecordError("a mark without a category is in the database")
    return category

"""The user's marks on posts. Each is stored durably, with its context, before the screen shows it."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from math import isfinite
from typing import Any

import msgspec
from msgspec.structs import astuple

from ..codec.fields import Record
from ..codec.records import category_from_record, post_from_record, post_to_record, tie_from_record, tie_to_record
from ..models.context import Habits, PostContext
from ..models.errors import RecordError, StoreError
from ..models.mark import Mark
from ..models.verdict import CATEGORIES, Category
from ..models.view import PostKey
from .database import Database, micros, moment, parsed

_HABITS = 6
"""So many fields of the habits are stored with a mark."""


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
            self._mark = _mark(parsed(self._data), self.category, self.at)
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
                json.dumps(context_to_record(mark.context) | {"guess": mark.guess}, ensure_ascii=False),
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


def _mark(record: Record, category: Category, at: datetime) -> Mark:
    guess = record.get("guess")
    if guess not in CATEGORIES:
        guess = None
    return Mark(context_from_record(record), category, at, guess)


def context_to_record(context: PostContext) -> Record:
    """Convert a context to a post record with the ties and the author's habits."""
    record = {**post_to_record(context.post), "tie": tie_to_record(context.tie)}
    if context.booster_tie is not None:
        record["reposter_tie"] = tie_to_record(context.booster_tie)
    if context.habits is not None:
        habits = context.habits
        # Bursts only point something out: no mark learns from them.
        record["habits"] = list(astuple(habits))[:_HABITS]
    return record


def context_from_record(record: Record) -> PostContext:
    """Parse the output of `context_to_record`. Raises RecordError."""
    habits = record.get("habits")
    booster_tie = record.get("reposter_tie")
    try:
        if habits is not None:
            habits = _habits(habits)
        if booster_tie is not None:
            booster_tie = tie_from_record(booster_tie)
        return PostContext(
            post=post_from_record(record),
            tie=tie_from_record(record.get("tie") or {}),
            booster_tie=booster_tie,
            habits=habits,
        )
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise RecordError('"tie", "reposter_tie" or "habits" is not what an export writes') from None


def _habits(values: list[Any]) -> Habits:
    *counts, days, words = values
    if words is not None:
        words = tuple(words)
    numbers = [*counts, days, *(words or ())]
    if len(counts) != 4 or len(numbers) not in (5, 9) or not all(isinstance(each, int | float) for each in numbers):
        raise TypeError
    if not all(map(isfinite, numbers)):
        raise TypeError
    seen, answers, with_link, repeated = map(int, counts)
    return Habits(seen, answers, with_link, repeated, float(days), words)


def _category(word: str) -> Category:
    category = category_from_record({"mark": word})
    if category is None:
        raise RecordError("a mark without a category is in the database")
    return category

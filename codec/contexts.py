"""Marked posts with their contexts, in the format of exports and imports."""

from math import isfinite
from typing import Any

from msgspec.structs import astuple

from ..models.context import Habits, PostContext
from ..models.errors import RecordError
from .fields import Record
from .records import post_from_record, post_to_record
from .ties import tie_from_record, tie_to_record

_HABITS = 6
"""How many fields of the habits are stored with a mark."""


def context_to_record(context: PostContext) -> Record:
    """Convert a context to a post record with the ties and the author's habits."""
    record = {**post_to_record(context.post), "tie": tie_to_record(context.tie)}
    if context.booster_tie is not None:
        record["reposter_tie"] = tie_to_record(context.booster_tie)
    if context.habits is not None:
        habits = context.habits
        # Bursts only cause a warning. Training does not use them.
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

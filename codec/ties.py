"""Ties as records."""

from collections.abc import Mapping
from typing import Any

from ..models.tie import Tie
from .fields import Record, count_field, flag_field, time_field, write_time

# A tie's counts: the field of the record, then the field of the model.
TIE_COUNTS = {
    "replies_to_you": "replies_to_you",
    "replies_from_you": "replies_from_you",
    "mentions_to_you": "mentions_to_you",
    "mentions_from_you": "mentions_from_you",
    "likes_to_you": "likes_to_you",
    "likes_from_you": "likes_from_you",
    "reposts_of_you": "boosts_to_you",
    "reposts_by_you": "boosts_from_you",
    "direct": "direct",
    "direct_to_you": "direct_to_you",
    "direct_from_you": "direct_from_you",
}
_TIE_TIMES = ("first_contact", "last_contact", "last_to_you", "last_from_you")


def tie_from_record(record: Mapping[str, Any]) -> Tie:
    """A Tie from the record's "tie" or from a line of a ties file."""
    counts = {ours: count_field(record, theirs) for theirs, ours in TIE_COUNTS.items()}
    times = {key: time_field(record, key) for key in _TIE_TIMES}
    flags = {key: bool(flag_field(record, key)) for key in ("vouched", "not_known", "contact")}
    known: Record = {**counts, **times, **flags}
    return Tie(you_follow=flag_field(record, "you_follow"), follows_you=flag_field(record, "follows_you"), **known)


def tie_to_record(tie: Tie) -> Record:
    """A Tie as a record, without unknown fields."""
    record: Record = {"you_follow": tie.you_follow, "follows_you": tie.follows_you}
    record |= {theirs: getattr(tie, ours) for theirs, ours in TIE_COUNTS.items()}
    record |= {key: write_time(getattr(tie, key)) for key in _TIE_TIMES}
    record |= {key: getattr(tie, key) or None for key in ("vouched", "not_known", "contact")}
    return {key: value for key, value in record.items() if value is not None}

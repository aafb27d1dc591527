"""Fields of a record, read strictly: a value of a wrong kind is an error with its name in it."""

from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any, TypeVar

from ..models.errors import RecordError
from ..models.text import clean_line

Record = dict[str, Any]
T = TypeVar("T")
_LARGEST = 2**53


def read_time(value: str) -> datetime:
    """An ISO 8601 date or date-time as an aware time in UTC; without a zone it is taken as UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise RecordError(f"{clean_line(value)[:40]!r} is not a date like 2026-01-02T03:04:05Z") from None
    try:
        if at.tzinfo:
            return at.astimezone(UTC)
        return at.replace(tzinfo=UTC)
    except OverflowError:
        raise RecordError(f"{value!r} is outside the calendar") from None


def known_time(value: str) -> datetime | None:
    """The same, None for a time of the first or the last year of the calendar: there servers put what they do not
    know ("0001-01-01T00:00:00Z"), and another zone's local time would fall off the edge.
    """
    at = read_time(value)
    if MINYEAR < at.year < MAXYEAR:
        return at
    return None


def write_time(at: datetime | None) -> str | None:
    """A time as the record writes it, "2026-01-02T03:04:05Z" (with microseconds where it has them)."""
    if at:
        return at.isoformat().replace("+00:00", "Z")
    return None


def get_field(record: Mapping[str, Any], key: str, kinds: type | tuple[type, ...], what: str) -> Any:
    """A value of one of these kinds; None where it is missing. `what` names the kind for the error."""
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise RecordError(f'"{key}" should be {what}, not {type(value).__name__}')
    return value


def text_field(record: Mapping[str, Any], key: str) -> str:
    """A string on one clean line; "" where it is missing."""
    return clean_line(get_field(record, key, str, "a string") or "")


def flag_field(record: Mapping[str, Any], key: str) -> bool | None:
    """True, False, or not known."""
    value: bool | None = get_field(record, key, bool, "true or false")
    return value


def count_field(record: Mapping[str, Any], key: str) -> int | None:
    """A count of zero or more, or not known."""
    value = get_field(record, key, (int, float), "a number")
    if value is None:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        raise RecordError(f'"{key}" should be a finite number')
    # Some servers hide a count by answering -1: that is not known, not less than nobody; nor is what nothing counts.
    if 0 <= value <= _LARGEST:
        return int(value)
    return None


def time_field(record: Mapping[str, Any], key: str) -> datetime | None:
    """An aware time, or not known."""
    value = get_field(record, key, str, "a date")
    if value:
        return known_time(value)
    return None


def strings_field(record: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """A list of strings, each on one clean line, or not known."""
    values = get_field(record, key, list, "a list of strings")
    if values is None:
        return None
    if not all(isinstance(value, str) for value in values):
        raise RecordError(f'"{key}" should be a list of strings')
    return tuple(clean_line(value) for value in values)


def each_field(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> tuple[T, ...]:
    """The objects of a list, each read; empty where it is missing."""
    values = get_field(record, key, list, "a list of objects") or []
    if not all(isinstance(value, dict) for value in values):
        raise RecordError(f'"{key}" should be a list of objects')
    return tuple(read(value) for value in values)


def part_field(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> T | None:
    """An object, read; None where it is missing."""
    value = get_field(record, key, dict, "an object")
    if value is None:
        return None
    return read(value)

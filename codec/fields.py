"""Fields of a record, checked strictly: a value of a wrong type raises RecordError, which names the field."""

from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any, TypeVar

from ..models.errors import RecordError
from ..models.text import clean_line

Record = dict[str, Any]
T = TypeVar("T")
_MAX_COUNT = 2**53


def read_time(value: str) -> datetime:
    """Parse an ISO 8601 date or date-time as an aware time in UTC; a time without a zone is taken as UTC."""
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
    """Parse a time; None in the first or last year of the calendar.

    Servers write unknown times as "0001-01-01T00:00:00Z", and converting such a time to another zone would overflow.
    """
    at = read_time(value)
    if MINYEAR < at.year < MAXYEAR:
        return at
    return None


def write_time(at: datetime | None) -> str | None:
    """Format a time for a record, "2026-01-02T03:04:05Z" (with microseconds if it has any)."""
    if at:
        return at.isoformat().replace("+00:00", "Z")
    return None


def get_field(record: Mapping[str, Any], key: str, kinds: type | tuple[type, ...], what: str) -> Any:
    """A value of one of these types; None if it is missing. `what` names the type in the error."""
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise RecordError(f'"{key}" should be {what}, not {type(value).__name__}')
    return value


def text_field(record: Mapping[str, Any], key: str) -> str:
    """A string on one clean line; "" if missing."""
    return clean_line(get_field(record, key, str, "a string") or "")


def flag_field(record: Mapping[str, Any], key: str) -> bool | None:
    """True or False; None if missing."""
    value: bool | None = get_field(record, key, bool, "true or false")
    return value


def count_field(record: Mapping[str, Any], key: str) -> int | None:
    """A count of zero or more; None if unknown."""
    value = get_field(record, key, (int, float), "a number")
    if value is None:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        raise RecordError(f'"{key}" should be a finite number')
    # Some servers return -1 to hide a count, which means unknown; a number beyond any real count is unknown too.
    if 0 <= value <= _MAX_COUNT:
        return int(value)
    return None


def time_field(record: Mapping[str, Any], key: str) -> datetime | None:
    """An aware time; None if unknown."""
    value = get_field(record, key, str, "a date")
    if value:
        return known_time(value)
    return None


def strings_field(record: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """A list of strings, each on one clean line; None if missing."""
    values = get_field(record, key, list, "a list of strings")
    if values is None:
        return None
    if not all(isinstance(value, str) for value in values):
        raise RecordError(f'"{key}" should be a list of strings')
    return tuple(clean_line(value) for value in values)


def each_field(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> tuple[T, ...]:
    """The parsed objects of a list; empty if missing."""
    values = get_field(record, key, list, "a list of objects") or []
    if not all(isinstance(value, dict) for value in values):
        raise RecordError(f'"{key}" should be a list of objects')
    return tuple(read(value) for value in values)


def part_field(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> T | None:
    """A parsed object; None if missing."""
    value = get_field(record, key, dict, "an object")
    if value is None:
        return None
    return read(value)


def optional_list(values: tuple[str, ...] | None) -> list[str] | None:
    """Strings for a record; None if unknown."""
    if values is None:
        return None
    return list(values)

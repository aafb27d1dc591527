"""Fields of a server's JSON, read without trusting it: what is missing, null or of another kind is simply not known."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...models.text import clean_line

Entity = Mapping[str, Any]


def text_of(entity: Entity, key: str) -> str:
    """A string on one clean line; a number becomes its digits; "" where there is none."""
    value = entity.get(key)
    if isinstance(value, str):
        return clean_line(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def html_of(entity: Entity, key: str) -> str:
    """A string as the server sent it, for a parser."""
    value = entity.get(key)
    return value if isinstance(value, str) else ""


def flag_of(entity: Entity, key: str) -> bool | None:
    """True, False, or not known."""
    value = entity.get(key)
    return value if isinstance(value, bool) else None


def count_of(entity: Entity, key: str) -> int | None:
    """A count of zero or more, or not known."""
    value = entity.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def part_of(entity: Entity, key: str) -> Entity | None:
    """An object, or None."""
    value = entity.get(key)
    return value if isinstance(value, Mapping) else None


def parts_of(entity: Entity, key: str) -> list[Entity]:
    """The objects of a list; what is none is left out."""
    value = entity.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def time_of(entity: Entity, key: str) -> datetime | None:
    """A date or a date-time, aware and in UTC, or not known."""
    value = entity.get(key)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None

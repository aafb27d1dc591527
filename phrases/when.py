"""Reads times that the user types: 2026-12-24T18:00, or a span from now such as 2h."""

from datetime import UTC, datetime, timedelta

from ..models.errors import UsageError

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def parse_moment(given: str, now: datetime) -> datetime:
    """A time in the user's time zone, or a span from `now` on; the result is in UTC. Raises UsageError."""
    given = given.strip()
    if given[:-1].isdigit() and given[-1:] in _UNITS and int(given[:-1]) < 10_000:
        return now + timedelta(seconds=int(given[:-1]) * _UNITS[given[-1]])
    try:
        return datetime.fromisoformat(given).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{given!r} is not a time such as 2026-12-24T18:00 or 2h.") from None

"""Reads from headers when a server accepts requests again, and how far its clock is ahead of the local one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_DAY_LIMITS = ("x-app-limit-24hour", "x-user-limit-24hour")
"""https://docs.x.com/x-api/fundamentals/rate-limits: limits of 24 hours in addition to those of 15 minutes."""
_CLOCK_TRUSTED = timedelta(hours=25)
"""A larger difference than any time zone means that the server's clock is wrong."""


def clock_ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How far the server's clock is ahead of the local one; None if unknown or implausible."""
    at = _moment(headers.get("date", ""), now)
    if at is None or abs(at - now) > _CLOCK_TRUSTED:
        return None
    if abs(at - now) >= timedelta(minutes=1):
        return at - now
    # Less than a minute is network delay and the rounding of the header to whole seconds.
    return timedelta()


def reset_time(headers: Mapping[str, str], now: datetime, ahead: timedelta | None) -> datetime:
    """When to retry: Retry-After, else (X-)Rate-Limit-Reset as ISO or epoch, else in a minute; at most in an hour.

    Absolute times are by the server's clock, which is `ahead` of the local one. A limit of a day that is used up
    counts before the others, and lasts up to a day.
    """
    ahead = ahead or timedelta()
    for limit in _DAY_LIMITS:
        at = _moment(headers.get(f"{limit}-reset", ""), now + ahead)
        if at is not None and headers.get(f"{limit}-remaining") == "0":
            return min(max(at - ahead, now), now + timedelta(days=1))
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"):
        at = _moment(headers.get(name, ""), now + ahead)
        if at is not None:
            return min(max(at - ahead, now), now + timedelta(hours=1))
    return now + timedelta(minutes=1)


def _moment(value: str, now: datetime) -> datetime | None:
    if not value:
        return None
    try:
        if value.replace(".", "", 1).isdigit():
            number = float(value)
            if number > 1e8:
                return datetime.fromtimestamp(number, UTC)
            return now + timedelta(seconds=number)
        if value[:4].isdigit():
            at = datetime.fromisoformat(value)
        else:
            at = parsedate_to_datetime(value)
        if at.tzinfo:
            return at.astimezone(UTC)
        return at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None

"""The clock of the session; tests pass one that stands still or that they move."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec


def system_time() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


class Clock(msgspec.Struct, frozen=True):
    """A source of the time. `read` returns an aware datetime."""

    read: Callable[[], datetime] = system_time

    def now(self) -> datetime:
        """The current time."""
        return self.read()

    def today(self) -> datetime:
        """The start of the current day in UTC.

        Judging uses it: ties fade over years, and a verdict must not change from one second to the next.
        """
        return self.read().replace(hour=0, minute=0, second=0, microsecond=0)

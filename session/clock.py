"""The clock that the session is given: tests pass one that stands still or moves when told to."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec


def system_time() -> datetime:
    """The present moment in UTC, aware."""
    return datetime.now(UTC)


class Clock(msgspec.Struct, frozen=True):
    """Tells the time. `read` returns an aware datetime."""

    read: Callable[[], datetime] = system_time

    def now(self) -> datetime:
        """The present moment."""
        return self.read()

    def today(self) -> datetime:
        """The start of the present day in UTC.

        Verdicts are made with this: ties fade over years, and a verdict must not change from one second to the next.
        """
        return self.read().replace(hour=0, minute=0, second=0, microsecond=0)

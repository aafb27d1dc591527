"""Clocks that tests move."""

from datetime import datetime, timedelta

from quietfeed.session.clock import Clock, system_time


class Time:
    """A clock that is `ahead` of the system's."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.clock = Clock(lambda: system_time() + self.ahead)


class StoppedTime:
    """A clock that only moves when a test moves it forward."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.clock = Clock(lambda: self.now)

    def forward(self, **parts: float) -> None:
        """Move the clock by the parts of a timedelta."""
        self.now += timedelta(**parts)

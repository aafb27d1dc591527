"""Sends actions in the background, and again when the next one is due.

User interfaces only listen: the results are events (ActionChanged, SendingFailed).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from ..models.errors import QuietfeedError, StoreError
from ..phrases.errors import error_text
from .clock import Clock
from .events import Events, SendingFailed
from .logfile import report_unexpected

SendDue = Callable[[], Awaitable[datetime | None]]
"""Sends all due actions, and returns the time of the next one: OutboxService.send_due."""

_LEAST_WAIT = 0.1
"""Seconds between two attempts at least."""

_AFTER_STORE_ERROR = timedelta(minutes=1)
"""Until the next attempt if another process has locked the database, or the disk is full."""


class SendLoop:
    """One sending at a time, in the running event loop."""

    def __init__(self, send_due: SendDue, events: Events, clock: Clock) -> None:
        self._send_due = send_due
        self._events = events
        self._clock = clock
        self._running: asyncio.Task[None] | None = None
        self._again = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether actions are being sent."""
        return self._running is not None

    def send(self) -> None:
        """Send due actions now. During a sending, it is repeated afterwards, because it may not know them."""
        self._cancel_timer()
        if self._running is not None:
            self._again = True
            return
        self._running = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        due = None
        try:
            self._again = True
            while self._again:
                self._again = False
                due = await self._send_once()
        finally:
            self._running = None
        if due is not None:
            wait = max((due - self._clock.now()).total_seconds(), _LEAST_WAIT)
            self._timer = asyncio.get_running_loop().call_later(wait, self.send)

    async def _send_once(self) -> datetime | None:
        try:
            return await self._send_due()
        except StoreError as error:
            self._events.publish(SendingFailed(error_text(error)))
            return self._clock.now() + _AFTER_STORE_ERROR
        except QuietfeedError as error:
            self._events.publish(SendingFailed(error_text(error)))
        except Exception as error:
            # Nothing awaits this task, so an exception would be lost.
            self._events.publish(SendingFailed(report_unexpected(error, "sending")))
        return None

    async def stop(self) -> None:
        """End the loop. An action that is being sent is compared with the server before its next attempt."""
        self._cancel_timer()
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

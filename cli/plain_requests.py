"""Requests to networks in --plain: waits for each, and sends the actions that it queued."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ..models.errors import QuietfeedError
from ..phrases.errors import error_text
from ..session import Session
from ..session.events import ActionQueued
from ..session.logfile import report_unexpected

T = TypeVar("T")


class Requests:
    """Runs requests one after the other. Their errors are printed with `print_line`."""

    def __init__(self, session: Session, runner: asyncio.Runner, print_line: Callable[[str], None]) -> None:
        self._session = session
        self._runner = runner
        self._print_line = print_line
        self._queued = False
        session.events.subscribe(ActionQueued, self._note_queued)

    def _note_queued(self, _: ActionQueued) -> None:
        self._queued = True

    def run(self, request: Coroutine[Any, Any, T]) -> T | None:
        """Wait for a request, and send the actions that it queued; None after Ctrl+C or an error."""
        try:
            result = self._runner.run(request)
            self.send_queued()
            return result
        except KeyboardInterrupt:
            self._print_line("Stopped.")
        except QuietfeedError as error:
            self._print_line(error_text(error))
        except Exception as error:
            self._print_line(report_unexpected(error, "--plain, a request"))
        return None

    def send_queued(self) -> None:
        """Send actions that were queued since the last call. Their results are events."""
        if self._queued:
            self._queued = False
            self.run(self._session.outbox.send_due())

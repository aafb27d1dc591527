"""Requests to networks in --plain: waits for each, and sends the actions that it queued."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ..models.errors import QuietfeedError
from ..phrases.errors import error_text
from ..session import Session
from ..session.logfile import report_unexpected

T = TypeVar("T")


class Requests:
    """Runs requests one after the other. Their errors are printed with `print_line`."""

    def __init__(self, session: Session, runner: asyncio.Runner, print_line: Callable[[str], None]) -> None:
        self._session = session
        self._runner = runner
        self._print_line = print_line

    def run(self, request: Coroutine[Any, Any, T]) -> T | None:
        """Wait for a request, and send the actions that are due then; None after Ctrl+C or an error."""
        done = self._wait_for(request)
        if done is None:
            return None
        self.send_due()
        return done[0]

    def send_due(self) -> None:
        """Send due actions: new ones, those of an earlier run, and retries. Their results are events."""
        self._wait_for(self._session.outbox.send_due())

    def _wait_for(self, request: Coroutine[Any, Any, T]) -> tuple[T] | None:
        """The result of a request; None after Ctrl+C or an error."""
        try:
            return (self._runner.run(request),)
        except KeyboardInterrupt:
            self._print_line("Stopped.")
        except QuietfeedError as error:
            self._print_line(error_text(error))
        except Exception as error:
            self._print_line(report_unexpected(error, "--plain, a request"))
        return None

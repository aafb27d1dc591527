"""Counts all stored posts in the background, so that the status line is exact."""

from collections.abc import Callable

from ...models.errors import StoreError
from ..guard import run_task
from .resting import rests
from .view import View
from .window import Window


class Tallying:
    """Runs the session's tally while posts must be judged."""

    def __init__(self, view: View, window: Window, draw_status: Callable[[], None]) -> None:
        self._view = view
        self._window = window
        self._draw_status = draw_status
        self._running = False

    def start(self) -> None:
        """Start counting, unless it is already running or complete."""
        if not self._running and self._pending():
            self._running = True
            run_task(self._view.screen, self._run, name="counting posts", group="tally")

    def _pending(self) -> bool:
        session = self._view.session
        return session.tally.pending or session.above.pending

    async def _run(self) -> None:
        session = self._view.session
        stopped = False
        try:
            rest = rests(self._view.screen, session.tuning)
            await session.above.run(rest, self._draw_status)
        except StoreError:
            # The disk is full or read-only. The counts stay estimates, and counting does not start again.
            stopped = True
        finally:
            self._running = stopped
        self._window.load_ahead()
        self._draw_status()

"""Counts all stored posts in the background, so that the status line is exact."""

import asyncio
from collections.abc import Callable

from ...models.errors import StoreError
from ..context import app_of
from ..guard import run_task
from .view import View
from .window import Window

_REDRAWN_EACH = 50
"""Steps between two updates of the status line."""


class Tallying:
    """Runs the steps of the session's tally while there are any."""

    def __init__(self, view: View, window: Window, draw_status: Callable[[], None]) -> None:
        self._view = view
        self._window = window
        self._draw_status = draw_status
        self._running = False
        self._stopped = False

    def start(self) -> None:
        """Start counting, unless it is already running or complete."""
        if not self._running and self._view.session.tally.pending:
            self._running = True
            run_task(self._view.screen, self._run, name="counting posts", group="tally")

    async def _run(self) -> None:
        steps = 0
        try:
            while self._view.screen.is_attached:
                # Keys go first, and so does loading posts near the cursor.
                tuning = self._view.session.tuning
                await asyncio.sleep(tuning.step_pause)
                if app_of(self._view.screen).idle_seconds() < tuning.count_after:
                    continue
                if not self._step():
                    break
                steps += 1
                if steps % _REDRAWN_EACH == 0:
                    self._draw_status()
        finally:
            self._running = self._stopped
        self._window.load_ahead()
        self._draw_status()

    def _step(self) -> bool:
        try:
            return self._view.session.tally.step()
        except StoreError:
            # The disk is full or read-only. The counts stay estimates.
            self._stopped = True
            return False

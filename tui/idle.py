"""Measures how long no key was pressed, and collects garbage in that time."""

import gc
from time import monotonic

from textual.app import App

from ..models.tuning import Tuning

_SELDOM = 20
"""The threshold for full garbage collections, which take longer than a frame. Python's default is 10."""


class IdleTime:
    """The time since the last key or click, and a full collection `Tuning.collect_after` seconds after it."""

    def __init__(self, app: App[int], tuning: Tuning) -> None:
        self._app = app
        self._tuning = tuning
        self._moved = 0.0
        self._waits = False
        if _is_postponed():
            # Modules stay. Without them, the first collection takes a tenth of the time.
            gc.freeze()

    def start_collecting(self) -> None:
        """Start collecting garbage, which start-up postponed. Existing objects are excluded, because they stay."""
        if _is_postponed():
            # Garbage that is excluded too would never be freed: 0.6 MB of it.
            gc.collect()
            gc.freeze()
            gc.enable()
            gc.set_threshold(*gc.get_threshold()[:2], _SELDOM)

    def note_input(self) -> None:
        """Note that a key or click arrived."""
        self._moved = monotonic()
        if not self._waits:
            self._waits = True
            self._app.set_timer(self._tuning.collect_after, self._collect)

    def seconds(self) -> float:
        """Seconds since the last key or click."""
        return monotonic() - self._moved

    def _collect(self) -> None:
        if self.seconds() < self._tuning.collect_after:
            self._app.set_timer(self._tuning.collect_after, self._collect)
            return
        self._waits = False
        if gc.isenabled() and gc.get_count()[2] >= self._tuning.young_collections:
            gc.collect()


def _is_postponed() -> bool:
    """Whether start-up has switched the collector off (__main__.py)."""
    return not gc.isenabled()

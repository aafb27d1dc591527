"""Quitting by a signal. The terminal is restored when it closes or the system shuts down."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from textual.app import App


@contextmanager
def leaving_on_signals(app: App[int]) -> Iterator[None]:
    """Close the app cleanly on SIGTERM and SIGHUP. The exit status is 128 plus the signal's number."""
    if sys.platform == "win32":
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> None:
        status = 128 + number
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise SystemExit(status) from None
        # The loop may wait for a key. This wakes it.
        loop.call_soon_threadsafe(lambda: app.exit(return_code=status))

    before = {each: signal.signal(each, leave) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

"""Leaving by a signal: a terminal that closes or a system that shuts down leaves the terminal as it was."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from textual.app import App


@contextmanager
def leaving_on_signals(app: App[int]) -> Iterator[None]:
    """Let SIGTERM and SIGHUP close the app in its own way; the exit status is 128 and the signal's number."""
    if sys.platform == "win32":
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> None:
        status = 128 + number
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise SystemExit(status) from None
        # The loop may be waiting for a key: this wakes it.
        loop.call_soon_threadsafe(lambda: app.exit(return_code=status))

    before = {each: signal.signal(each, leave) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

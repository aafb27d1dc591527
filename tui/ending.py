"""Quitting by a signal, or because the terminal was closed."""

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from textual.app import App

_PATIENCE = 10.0
"""How many seconds the app may take to close once its terminal is gone: writing to it may block for ever."""


@contextmanager
def leaving_on_signals(app: App[int]) -> Iterator[None]:
    """Close the app cleanly on SIGTERM and SIGHUP, and when the terminal is gone.

    The exit status is 128 plus the signal's number. A process whose controlling terminal is another one, or none, gets
    no SIGHUP when its terminal closes, and Textual would read the end of its input for ever.
    """
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
    threading.Thread(target=_leave_on_hangup, args=(app,), name="terminal", daemon=True).start()
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _leave_on_hangup(app: App[int]) -> None:
    if sys.__stdin__ is None:
        return
    watch = select.poll()
    watch.register(sys.__stdin__.fileno(), 0)  # hangups are reported in any case
    ((_, found),) = watch.poll()
    if not found & select.POLLHUP:
        return
    status = 128 + signal.SIGHUP
    end = threading.Timer(_PATIENCE, os._exit, (status,))
    end.daemon = True
    end.start()
    with suppress(RuntimeError):  # the app has ended
        app.call_from_thread(app.exit, return_code=status)

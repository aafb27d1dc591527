"""Runs blocking calls (a keyring, a browser) in threads that do not delay the program's exit."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(function: Callable[[], T]) -> T:
    """Run a function in a daemon thread and return its result. Raises the function's errors.

    Unlike with asyncio.to_thread, the program can exit while the function still blocks.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def finish(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = function()
        except Exception as error:
            failure = error
        # The loop is closed if the program has ended.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish, result, failure)

    Thread(target=work, daemon=True).start()
    return await future

"""Running what may block for long, a keyring or a browser, without keeping the program from ending."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(function: Callable[[], T]) -> T:
    """The result of a function that runs in a thread of its own. Raises what the function raises.

    asyncio.to_thread would do, but a program that ends waits for its threads; it does not wait for this one.
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
        # The loop is closed where the program ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish, result, failure)

    Thread(target=work, daemon=True).start()
    return await future

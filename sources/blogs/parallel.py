"""Runs requests side by side, and parsers in a thread."""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from ..threads import in_daemon_thread

_CONNECTIONS = 8

_SWITCH_SECONDS = 0.0005

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Run a parser in a thread that yields the GIL often. By default the screen would wait 5 ms at every step."""
    with _SWITCHING.often():
        return await in_daemon_thread(work)


class _Switching:
    """How often threads yield the GIL. Several parsers may run at once."""

    def __init__(self) -> None:
        self._parsers = 0
        self._before = 0.0

    @contextmanager
    def often(self) -> Iterator[None]:
        """Yield the GIL often while the body runs."""
        if not self._parsers:
            self._before = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_SECONDS)
        self._parsers += 1
        try:
            yield
        finally:
            self._parsers -= 1
            if not self._parsers:
                sys.setswitchinterval(self._before)


_SWITCHING = _Switching()


async def in_parallel(asks: Sequence[Callable[[], Awaitable[T]]]) -> AsyncGenerator[T, None]:
    """The results of these calls as they arrive. Eight run at a time, and at most eight results wait."""
    left = deque(asks)
    done: asyncio.Queue[tuple[T | None, Exception | None]] = asyncio.Queue(_CONNECTIONS)

    async def work() -> None:
        while left:
            ask = left.popleft()
            try:
                result = (await ask(), None)
            except Exception as error:
                # An internal error: raise it where the results are read.
                await done.put((None, error))
                return
            await done.put(result)

    workers = [asyncio.ensure_future(work()) for _ in range(min(_CONNECTIONS, len(left)))]
    try:
        for _ in asks:
            result, error = await done.get()
            if error is not None:
                raise error
            yield cast("T", result)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

"""Awaits several requests at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

T = TypeVar("T")


async def gather(requests: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Await all concurrently, so that a slow server does not delay the others."""
    if len(requests) == 1:
        # Works without an event loop too, which the demo world needs.
        return [await requests[0]]
    tasks = [asyncio.ensure_future(request) for request in requests]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


@asynccontextmanager
async def repeated(step: Callable[[], None], interval: timedelta) -> AsyncIterator[None]:
    """Call a step at an interval while the body of the `async with` runs."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(interval.total_seconds())
            step()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()

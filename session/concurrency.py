"""Awaits several requests at once."""

import asyncio
from collections.abc import Coroutine, Sequence
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

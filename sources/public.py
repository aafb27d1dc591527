"""Reads the posts of the people that somebody follows, for the public view of a timeline."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from .entities import Entity

_MAX_PEOPLE = 60
_CONCURRENT = 4


async def read_followed(
    follows: Sequence[str], followers: Collection[str], read: Callable[[str], Awaitable[list[Entity]]]
) -> list[Entity]:
    """The newest posts of at most 60 people, mutual follows first.

    `read` requests the posts of one person id. Four requests run at a time.
    """
    mutual_first = sorted(follows, key=lambda each: each not in followers)[:_MAX_PEOPLE]
    found: list[Entity] = []
    for start in range(0, len(mutual_first), _CONCURRENT):
        batch = mutual_first[start : start + _CONCURRENT]
        for posts in await asyncio.gather(*map(read, batch)):
            found += posts
    return found

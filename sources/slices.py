"""Splits pages that are longer than requested."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from itertools import islice
from time import monotonic
from typing import Any

import msgspec

from ..models.pages import InteractionPage
from ..models.tie import Interaction, Relationship
from .entities import Entity

MAX_ITEMS = 100
"""The maximum number of items that are read, stored and judged in one step. Further items become the next page."""

_HEAVY = 300_000
"""The maximum number of letters in the items of one step. Storing and indexing them takes about 50 ms."""
_LONG = 40_000
_MOST_VALUES = 5_000

_BUSY = 0.005
_SLICE = "\t"


Fetch = Callable[[str | None], Awaitable[tuple[list[Entity], str | None]]]


class Rest(msgspec.Struct, frozen=True):
    """The rest of a long page, and the cursor that requests it."""

    cursor: str
    items: list[Entity]
    following: str | None
    complete: bool = True


class SlicedPages:
    """Caches the rest of the last long page, so that it is fetched only once."""

    def __init__(self) -> None:
        self._rest: Rest | None = None

    def take(self, cursor: str | None) -> Rest | None:
        """Remove and return the cached rest if it belongs to `cursor`; any other rest is discarded."""
        rest, self._rest = self._rest, None
        if rest is not None and rest.cursor == cursor:
            return rest
        return None

    def cut(
        self, items: list[Entity], count: int, cursor: str, following: str | None, *, complete: bool = True
    ) -> list[Entity]:
        """Return the first `count` items of a long page and cache the rest under `cursor`."""
        self._rest = Rest(cursor, items[count:], following, complete)
        return items[:count]


class SlicedReader:
    """Splits pages of a server with opaque cursors. A slice's cursor holds the page's cursor and the last key above.

    `fetch` requests a page, and `key` names an item. `read` raises the errors of `fetch`.
    """

    def __init__(self, fetch: Fetch, key: Callable[[Entity], str]) -> None:
        self._fetch = fetch
        self._key = key
        self._sliced = SlicedPages()

    async def read(self, cursor: str | None) -> tuple[list[Entity], str | None]:
        """Read a page or a slice, and the next cursor."""
        page_cursor, above = _slice_of(cursor)
        rest = self._sliced.take(cursor)
        if rest is not None:
            items, following = rest.items, rest.following
        else:
            items, following = await self._fetch(page_cursor)
            if above:
                keys = [self._key(each) for each in items]
                if above in keys:
                    items = items[keys.index(above) + 1 :]
        count = count_of_slice(items)
        if count == len(items):
            return items, following
        next_slice = f"{_SLICE}{self._key(items[count - 1])}{_SLICE}{page_cursor or ''}"
        return self._sliced.cut(items, count, next_slice, following), next_slice


def count_of_slice(items: Sequence[Entity]) -> int:
    """How many items are read in one step: at most MAX_ITEMS, fewer if they are long, and at least one."""
    total = 0
    for number, item in enumerate(items[:MAX_ITEMS]):
        total += letters_in(item)
        if total > _HEAVY and number:
            return number
    return min(len(items), MAX_ITEMS)


def is_long(item: Entity) -> bool:
    """Whether parsing an item takes so long that it must not hold the event loop."""
    return letters_in(item) > _LONG


def letters_in(item: Entity) -> int:
    """The approximate number of letters in an item; a very high number for an item with very many values."""
    total = 0
    waiting: list[Any] = [item]
    for _ in range(_MOST_VALUES):
        if not waiting:
            return total
        value = waiting.pop()
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, dict):
            waiting += islice(value.values(), _MOST_VALUES)
        elif isinstance(value, list):
            waiting += value[:_MOST_VALUES]
    return max(total, _HEAVY + 1)


def _slice_of(cursor: str | None) -> tuple[str | None, str]:
    """Split a cursor into the page's cursor and the key above the slice ("" for a whole page)."""
    if cursor is None or not cursor.startswith(_SLICE):
        return cursor, ""
    above, _, page = cursor.removeprefix(_SLICE).partition(_SLICE)
    return page or None, above


async def split_interactions(
    stream: str,
    interactions: Sequence[Interaction],
    since: str | None,
    counts: tuple[str, ...],
    relationships: tuple[Relationship, ...] = (),
    *,
    relationships_lost: bool = False,
) -> AsyncIterator[InteractionPage]:
    """Split a long page of interactions into pages that are stored quickly. Only the last carries the position."""
    first = 0
    while len(interactions) - first > MAX_ITEMS:
        yield InteractionPage(stream, tuple(interactions[first : first + MAX_ITEMS]), None, counts)
        first += MAX_ITEMS
        await asyncio.sleep(0)
    rest = tuple(interactions[first:])
    yield InteractionPage(stream, rest, since, counts, relationships, relationships_lost=relationships_lost)


async def unhurried(items: Iterable[Entity]) -> AsyncIterator[Entity]:
    """Yield the items, and let the event loop run every few milliseconds."""
    since = monotonic()
    for item in items:
        yield item
        if monotonic() - since > _BUSY:
            await asyncio.sleep(0)
            since = monotonic()

"""Splits pages that are longer than requested."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from time import monotonic

import msgspec

from ..models.source import InteractionPage
from ..models.tie import Interaction, Relationship
from .entities import Entity

MAX_ITEMS = 100
"""The most items that are read, stored and judged in one step. Further items become the next page."""

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

    def cut(self, items: list[Entity], cursor: str, following: str | None, *, complete: bool = True) -> list[Entity]:
        """Return the first slice of a long page and cache the rest under `cursor`."""
        self._rest = Rest(cursor, items[MAX_ITEMS:], following, complete)
        return items[:MAX_ITEMS]


class SlicedReader:
    """Splits pages of a server with opaque cursors. A slice's cursor holds the page's cursor and the last key above."""

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
        if len(items) <= MAX_ITEMS:
            return items, following
        next_slice = f"{_SLICE}{self._key(items[MAX_ITEMS - 1])}{_SLICE}{page_cursor or ''}"
        return self._sliced.cut(items, next_slice, following), next_slice


def _slice_of(cursor: str | None) -> tuple[str | None, str]:
    """Split a cursor into the page's cursor and the key above the slice ("" for a whole page)."""
    if cursor is None or not cursor.startswith(_SLICE):
        return cursor, ""
    above, _, page = cursor.removeprefix(_SLICE).partition(_SLICE)
    return page or None, above


def split_interactions(
    stream: str,
    interactions: Sequence[Interaction],
    since: str | None,
    counts: tuple[str, ...],
    relationships: tuple[Relationship, ...] = (),
    *,
    relationships_lost: bool = False,
) -> Iterator[InteractionPage]:
    """Split a long page of interactions into pages that are stored quickly. Only the last carries the position."""
    first = 0
    while len(interactions) - first > MAX_ITEMS:
        yield InteractionPage(stream, tuple(interactions[first : first + MAX_ITEMS]), None, counts)
        first += MAX_ITEMS
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

"""Pages that are longer than asked for, given on in slices."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from time import monotonic

import msgspec

from .entities import Entity

MAX_ITEMS = 100
"""Items of a page that are read, stored and judged at once; what comes after them is the next page."""

_BUSY = 0.005
_SLICE = "\t"


Fetch = Callable[[str | None], Awaitable[tuple[list[Entity], str | None]]]


class Rest(msgspec.Struct, frozen=True):
    """What is left of a page that was too long, under the cursor that asks for it."""

    cursor: str
    items: list[Entity]
    following: str | None
    complete: bool = True


class SlicedPages:
    """Remembers the rest of the last long page, so that it is not fetched again for each slice."""

    def __init__(self) -> None:
        self._rest: Rest | None = None

    def take(self, cursor: str | None) -> Rest | None:
        """The rest under a cursor, if it is the one that is remembered. Whatever else is remembered is dropped."""
        rest, self._rest = self._rest, None
        return rest if rest is not None and rest.cursor == cursor else None

    def cut(self, items: list[Entity], cursor: str, following: str | None, *, complete: bool = True) -> list[Entity]:
        """The first slice of a page that is too long; the rest is remembered under `cursor`."""
        self._rest = Rest(cursor, items[MAX_ITEMS:], following, complete)
        return items[:MAX_ITEMS]


class SlicedReader:
    """Pages of a server whose cursors cannot be made here: a slice is named by its page and by what stands above it."""

    def __init__(self, fetch: Fetch, key: Callable[[Entity], str]) -> None:
        self._fetch = fetch
        self._key = key
        self._sliced = SlicedPages()

    async def read(self, cursor: str | None) -> tuple[list[Entity], str | None]:
        """The items of a page or of a slice of one, and the next cursor."""
        page_cursor, above = _slice_of(cursor)
        rest = self._sliced.take(cursor)
        if rest is not None:
            items, following = rest.items, rest.following
        else:
            items, following = await self._fetch(page_cursor)
            if above:
                keys = [self._key(each) for each in items]
                items = items[keys.index(above) + 1 :] if above in keys else items
        if len(items) <= MAX_ITEMS:
            return items, following
        next_slice = f"{_SLICE}{self._key(items[MAX_ITEMS - 1])}{_SLICE}{page_cursor or ''}"
        return self._sliced.cut(items, next_slice, following), next_slice


def _slice_of(cursor: str | None) -> tuple[str | None, str]:
    """The cursor of the page and the key of what stands above, "" for a whole page."""
    if cursor is None or not cursor.startswith(_SLICE):
        return cursor, ""
    above, _, page = cursor.removeprefix(_SLICE).partition(_SLICE)
    return page or None, above


async def unhurried(items: Iterable[Entity]) -> AsyncIterator[Entity]:
    """The same items; the event loop runs between them after each few milliseconds of work."""
    since = monotonic()
    for item in items:
        yield item
        if monotonic() - since > _BUSY:
            await asyncio.sleep(0)
            since = monotonic()

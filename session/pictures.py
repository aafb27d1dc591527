"""Pictures of posts and people: from the cache, or else from their server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from ..models.errors import SourceError
from ..models.post import Media
from ..store.pictures import PictureCache
from ..store.places import AppPaths
from .accounts import Accounts

_DEMO = "demo:"
_CONCURRENT = 3
"""The number of concurrent fetches: each may hold a whole picture in memory."""

FetchPicture = Callable[[str, str], Awaitable[bytes]]


class Pictures:
    """Fetches and caches pictures. `shown`: whether screens show all pictures; a key toggles it for the run."""

    def __init__(
        self, places: AppPaths | None, accounts: Accounts, *, shown: bool, fetch: FetchPicture | None = None
    ) -> None:
        """`fetch` requests a picture, given its address and the account's server; None: sources/pictures.py does."""
        self._accounts = accounts
        self._cache = None
        if places is not None:
            self._cache = PictureCache(places.cache / "pictures")
        self._fetch = fetch
        self._fetching = asyncio.Semaphore(_CONCURRENT)
        self.shown = shown

    async def get(self, account: str, address: str) -> bytes:
        """A picture of a post or a person, from the cache or its server. Raises SourceError.

        In the demo world it is drawn.
        """
        if self._cache is None:
            if not address.startswith(_DEMO):
                raise SourceError("Pictures are fetched only for signed-in accounts.")
            from ..sources.demo.pictures import draw

            return draw(address)
        cached = self._cache.get(address)
        if cached is not None:
            return cached
        fetch = self._fetch
        if fetch is None:
            from ..sources.pictures import fetch_picture

            fetch = fetch_picture
        servers = {each.key: each.server for each in self._accounts.all()}
        async with self._fetching:
            data = await fetch(address, servers.get(account, ""))
        self._cache.save(address, data)
        return data

    def would_fetch(self, address: str) -> bool:
        """Whether `get` would ask a server for this picture."""
        return self._cache is not None and self._cache.get(address) is None


def picture_of(medium: Media) -> str:
    """The address of an attachment's picture: its preview, or the image itself; "" if there is none."""
    if medium.preview or medium.kind != "image":
        return medium.preview
    return medium.url


def pictures_of(media: Iterable[Media] | None) -> list[tuple[str, str]]:
    """(address, description) of all attachments with a picture."""
    return [(picture_of(medium), medium.alt) for medium in media or () if picture_of(medium)]

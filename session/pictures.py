"""Pictures of posts and people: from the cache, or from their server when they are to be shown."""

import asyncio
from collections.abc import Iterable

from ..models.errors import SourceError
from ..models.post import Media
from ..store.pictures import PictureCache
from ..store.places import AppPaths
from .accounts import Accounts

_DEMO = "demo:"
_AT_ONCE = 3
"""Pictures that are fetched at the same time: each may hold its whole size in memory."""


class Pictures:
    """Answers with the bytes of pictures. `shown`: whether screens show them unasked; a key changes it for the run."""

    def __init__(self, places: AppPaths | None, accounts: Accounts, *, shown: bool) -> None:
        self._accounts = accounts
        if places is None:
            self._cache = None
        else:
            self._cache = PictureCache(places.cache / "pictures")
        self._fetching = asyncio.Semaphore(_AT_ONCE)
        self.shown = shown

    async def get(self, account: str, address: str) -> bytes:
        """A picture of a post or a person of an account, from the cache or its server. Raises SourceError.

        The demo world draws its own.
        """
        if self._cache is None:
            if not address.startswith(_DEMO):
                raise SourceError("Pictures are asked for only where you are signed in.")
            from ..sources.demo.pictures import draw

            return draw(address)
        kept = self._cache.get(address)
        if kept is not None:
            return kept
        from ..sources.pictures import fetch_picture

        servers = {each.key: each.server for each in self._accounts.all()}
        async with self._fetching:
            data = await fetch_picture(address, servers.get(account, ""))
        self._cache.keep(address, data)
        return data


def picture_of(medium: Media) -> str:
    """Where the picture of an attachment is: its preview, or itself where it is a picture; "" where there is none."""
    return medium.preview or (medium.url if medium.kind == "image" else "")


def pictures_of(media: Iterable[Media] | None) -> list[tuple[str, str]]:
    """(address, description) of everything among a post's attachments that can be looked at."""
    return [(picture_of(medium), medium.alt) for medium in media or () if picture_of(medium)]

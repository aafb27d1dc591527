"""A Person: the author or booster of a post, as their network describes them."""

from datetime import datetime

import msgspec

from .text import is_blank


class KnownFollowers(msgspec.Struct, frozen=True):
    """The people the user follows and who follow a person, as the network reports them: their number, and the ids
    of some of them. `read_at` is the time of the request, on a network whose profiles lack them.
    """

    count: int
    ids: tuple[str, ...] = ()
    read_at: datetime | None = None


class Person(msgspec.Struct, frozen=True, gc=False):
    """Somebody on a network. `None` means unknown, never zero or False.

    `id` is the account's opaque id on the user's server (ties refer to it, never to the handle); `handle` is
    the full handle without a leading @ ("ada@example.social"); `name` and `bio` are clean plain text, "" if
    left empty.
    """

    id: str
    handle: str
    name: str | None = None
    bio: str | None = None
    network: str = ""
    url: str = ""
    avatar: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified: bool | None = None
    bot: bool | None = None
    created_at: datetime | None = None
    links: tuple[str, ...] | None = None
    """The links of the profile that are not in `bio`: whole addresses, and the contents of its fields."""

    counted_at: datetime | None = None
    """When the counts were requested, on a network whose timelines lack them."""

    known_followers: KnownFollowers | None = None

    @property
    def shown_name(self) -> str:
        """The display name, or the handle if the name is missing or invisible."""
        if self.name is None or is_blank(self.name):
            return self.handle
        return self.name

"""A Person: the author or booster of a post, as their network describes them."""

from datetime import datetime

import msgspec

from .text import is_blank


class Person(msgspec.Struct, frozen=True):
    """Somebody on a network. `None` means not known, which is never the same as zero or False.

    `id` is the account's own opaque id on the user's server (ties hang on it, never on the handle); `handle` is
    written in full without a leading @ ("ada@example.social"); `name` and `bio` are clean plain text, "" where their
    owner left them empty.
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
    """What their profile leads to beside the words of `bio`: whole addresses, and what its fields hold."""

    counted_at: datetime | None = None
    """When the counts were asked for, on a network whose timelines do not tell them."""

    @property
    def shown_name(self) -> str:
        """The display name, or the handle where there is none that can be seen."""
        if self.name is None or is_blank(self.name):
            return self.handle
        return self.name

"""The parsed contents of a feed, the same for every format."""

from datetime import datetime

import msgspec


class ParsedEntry(msgspec.Struct, frozen=True):
    """One entry. `html` is its longest text as HTML, `base` the address of its relative links."""

    id: str
    url: str = ""
    title: str = ""
    html: str = ""
    base: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    author: str = ""
    enclosures: tuple[tuple[str, str, str], ...] = ()
    """(media type, address, description)."""
    tags: tuple[str, ...] = ()
    lang: str | None = None
    replies: int | None = None
    comments: tuple[str, ...] = ()
    """The addresses of its comments, the most complete one first."""
    same_as: tuple[str, ...] = ()
    """The addresses of its copies elsewhere (rel="syndication")."""
    author_page: str = ""
    answers: str = ""
    """For a comment: the id or the address of its parent entry or comment; "" if unknown."""


class ParsedFeed(msgspec.Struct, frozen=True):
    """A feed. `ttl` is the minimum time in seconds before the next request."""

    title: str = ""
    page: str = ""
    about: str = ""
    author: str = ""
    links: tuple[str, ...] = ()
    """The addresses of its author."""
    entries: tuple[ParsedEntry, ...] = ()
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    """Days of the week, Monday is 0."""
    blogrolls: tuple[str, ...] = ()


class NotAFeed(ValueError):
    """The body is not a feed, or exceeds the limits. The message is the end of a sentence with the reason."""


MAX_ENTRIES = 500
"""The newest entries of a feed count; no site needs more."""

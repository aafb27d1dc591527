"""What sources return: pages of posts and interactions, threads, rechecks and lists."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from .person import Person
from .post import Post
from .tie import Interaction, Relationship

if TYPE_CHECKING:
    pass


class Page(msgspec.Struct, frozen=True):
    """One page of a timeline, newest first. `cursor` is an opaque string for the next older page; None is the end."""

    posts: tuple[Post, ...]
    cursor: str | None
    complete: bool = True
    """False if there is no cursor although older posts may exist."""
    served_at: datetime | None = None
    """The current time by the server's clock, if known."""
    relationships: tuple[Relationship, ...] = ()
    """The relationships contained in the page, on networks whose posts include them."""

    interactions: tuple[Interaction, ...] = ()
    """The user's interactions contained in the page, such as likes."""


class Recheck(msgspec.Struct, frozen=True):
    """The current versions of stored posts, and the ids of deleted ones. Unknown ones are in neither."""

    posts: tuple[Post, ...] = ()
    deleted: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    """The ids of posts that were not requested, because one recheck sends few requests."""


class InteractionPage(msgspec.Struct, frozen=True):
    """A batch of interactions of one stream, such as the notifications.

    `stream` is the source's own name for it. `since` is the position to pass next time to get only newer ones; None
    leaves the stored position unchanged. `counts` names the fields of a Tie that the stream counts: once the stream was
    read to its end, a count without interactions is zero, not unknown.
    """

    stream: str
    interactions: tuple[Interaction, ...]
    since: str | None
    counts: tuple[str, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    """The relationships contained in the page."""

    people: tuple[Person, ...] = ()
    """People contained in the page who are not in the interactions."""

    relationships_lost: bool = False
    """Whether unnamed follows ended, so that every relationship must be requested again."""


class Restrictions(msgspec.Struct, frozen=True):
    """The people the user blocks and mutes on the server, from its lists.

    `read` names the fields of a Relationship whose list was read to its end, `final` those among them for which a
    missing person is certainly no longer on the list. "lists" stands for all moderation lists. `domains` are the
    blocked servers; None if unknown.
    """

    relationships: tuple[Relationship, ...] = ()
    read: frozenset[str] = frozenset()
    final: frozenset[str] = frozenset()
    domains: frozenset[str] | None = None


class Thread(msgspec.Struct, frozen=True):
    """The posts before and after a post in its conversation, oldest first."""

    before: tuple[Post, ...]
    after: tuple[Post, ...]
    relationships: tuple[Relationship, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    """The user's interactions contained in the conversation."""


class ServerList(msgspec.Struct, frozen=True):
    """A list of the user's own on a server, with the ids of the people in it."""

    id: str
    name: str
    members: frozenset[str] = frozenset()

"""What every network looks like from inside: the Source protocol and the pages it answers with."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from .account import Account
from .action import Action, ActionKey, Receipt
from .errors import PermissionMissing
from .feed import Feed
from .person import Person
from .post import Post
from .server_filter import ServerFilter
from .tie import Interaction, Relationship


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a timeline, newest first. `cursor` is an opaque string for the next older page; None is the end."""

    posts: tuple[Post, ...]
    cursor: str | None
    complete: bool = True
    """False where there is no cursor and older posts may exist all the same."""
    served_at: datetime | None = None
    """The time by the server's clock, where it is known."""
    relationships: tuple[Relationship, ...] = ()
    """What the page itself says about its people and the user, on a network whose posts carry that."""

    interactions: tuple[Interaction, ...] = ()
    """What the page itself says the user did, such as likes."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Kept posts as the server has them now, and the ids of those that are gone; what it did not say is in neither."""

    posts: tuple[Post, ...] = ()
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InteractionPage:
    """A batch of interactions of one stream: "notifications", "statuses", "favourites" or "conversations".

    The store knows these names: where one was read, what was not seen in it is zero and no longer unknown. `since` is
    what the stream should be asked with next time, to get only what is new; None leaves it as it was.
    """

    stream: str
    interactions: tuple[Interaction, ...]
    since: str | None
    relationships: tuple[Relationship, ...] = ()
    """What the page itself says about its people and the user."""

    relationships_lost: bool = False
    """Whether the server says that follows ended without naming whose: everybody is to be asked about again."""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Whom the user blocks and mutes on the server, from its lists.

    `read` names the fields of a Relationship whose list was read to its end, `final` those of them where a person who
    is missing is surely not in it any more. "lists" stands for all moderation lists. `domains` are the blocked servers;
    None where that is unknown.
    """

    relationships: tuple[Relationship, ...] = ()
    read: frozenset[str] = frozenset()
    final: frozenset[str] = frozenset()
    domains: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """What stands before and after a post in its conversation, oldest first."""

    before: tuple[Post, ...]
    after: tuple[Post, ...]
    relationships: tuple[Relationship, ...] = ()


@runtime_checkable
class LimitedSource(Protocol):
    """A source whose sign-in may lack permissions."""

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The permissions for whose want something was refused so far, each once."""


class Source(Protocol):
    """One signed-in account of a network. Every method raises models.errors.SourceError and nothing else."""

    @property
    def account(self) -> Account:
        """Whose timeline this is."""

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Counts that are kept, with when they were asked for: those that are young are not asked for again."""

    async def timeline(self, cursor: str | None) -> Page:
        """One page of the home timeline; None asks for the newest."""

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Which of these posts of the timeline are gone, and how the others read now.

        `present` is a post that the server has just sent: without finding it again, no post is taken for deleted.
        """

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Who follows whom, for any number of people (batched inside); None where an answer did not say.

        Whoever got no answer is left out, to be asked for again.
        """

    def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """What passed between the user and others, stream by stream, newest first; `since` as the pages gave it."""

    async def restrictions(self, pages: int) -> Restrictions:
        """Whom the user blocks and mutes on the server, at most that many pages of each list."""

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The filters that the user keeps on the server; None where they cannot be read."""

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Fresh counts and flags of people, where the network can be asked for them."""

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Raises PostDeleted where the post is gone."""

    async def feeds(self) -> list[Feed]:
        """The custom feeds and lists of the account, pinned ones first; empty where the network has none."""

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """One page of a feed in its own order; a feed that is gone, or whose own service is down, says so."""

    async def close(self) -> None:
        """Let go of connections."""


class Writer(Protocol):
    """Sends the actions of one account. Every method raises models.errors.SourceError and nothing else.

    Unreachable means that nobody knows whether the action was done: `find` tells before it is sent again. After any
    other error it was not done.
    """

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Do it. Doing what is done already is no error."""

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """The receipt of an action that was sent before, if the server has done it; None if it has not."""


@runtime_checkable
class Writes(Protocol):
    """A source that can also write."""

    @property
    def writer(self) -> Writer:
        """What sends the actions of its account."""


def writer_of(source: Source) -> Writer | None:
    """The writer of a source; None where the network only reads."""
    return source.writer if isinstance(source, Writes) else None

"""The protocols of sources, one for each capability, and the pages that sources return."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

from .account import Account
from .capability import Capability
from .errors import PermissionMissing
from .pages import InteractionPage, Page, Recheck, Restrictions, ServerList, Thread
from .person import KnownFollowers, Person
from .post import Post
from .server_filter import ServerFilter
from .subscription import FeedNews, FoundFeeds, Subscription
from .tie import Relationship

if TYPE_CHECKING:
    from .feed import Feed
    from .paid import Meter, PaidNews, ReadingPlan
    from .translation import Translation


@runtime_checkable
class LimitedSource(Protocol):
    """A source whose sign-in may lack permissions."""

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The missing permissions that have caused a rejection, each once."""


class Source(Protocol):
    """One account of a network, with a timeline. Every method raises only SourceError.

    `capabilities` lists the other protocols it implements; the functions at the end of this module narrow a source to
    the protocol of a capability.
    """

    @property
    def account(self) -> Account:
        """The account whose timeline this is."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Which of the protocols below this source implements."""

    async def timeline(self, cursor: str | None) -> Page:
        """Request a page of the home timeline; None requests the newest."""

    async def close(self) -> None:
        """Close connections."""


class TieSource(Source, Protocol):
    """Capability "ties": relationships and interactions between the user and others."""

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """The follows, blocks and mutes between the user and any number of people, in batches.

        A field that the response lacked is None. People without a response are left out; request them again later.
        """

    def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Read the interactions, stream by stream, newest first. `since` maps streams to their last positions."""


class ModerationSource(TieSource, Protocol):
    """Capability "moderation": blocks, mutes and filters that the user set on the server."""

    async def restrictions(self, pages: int) -> Restrictions:
        """Read the user's blocks and mutes on the server, at most `pages` pages of each list."""

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The user's filters on the server; None if they cannot be read."""


class ProfileSource(Source, Protocol):
    """Capability "profiles": people by their ids."""

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Request current profiles of people."""


class CountCache(Source, Protocol):
    """Capability "count_cache": posts lack the counts of their authors, so the source requests and caches them."""

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Fill the cache with stored counts. Recent ones are not requested again."""


class RecheckSource(Source, Protocol):
    """Capability "rechecks": stored posts can be requested again."""

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Which of these timeline posts are deleted, and the current versions of the others.

        `present` is a post that the server has just sent: if it is missing too, no post counts as deleted.
        """


class ThreadSource(Source, Protocol):
    """Capability "threads": conversations around posts."""

    async def thread(self, post: Post) -> Thread:
        """Request the conversation around a post. Raises PostDeleted if the post is deleted."""


class FeedSource(Source, Protocol):
    """Capability "feeds": timelines in addition to the home timeline."""

    async def feeds(self) -> "list[Feed]":
        """The custom feeds and lists of the account, pinned ones first."""

    def feed_at(self, address: str) -> "Feed | None":
        """The feed at an address that is not saved; None if it is not the address of a feed."""

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """Request a page of a feed, in its own order. Raises SourceError."""


class SubscriptionSource(Source, Protocol):
    """Capability "subscriptions": feeds of sites that the user subscribes to. They have no replies."""

    def use(self, subscriptions: Sequence[Subscription]) -> None:
        """Set the subscriptions whose posts `timeline` and `news` read."""

    def news(self, now: datetime) -> AsyncIterator[FeedNews]:
        """Request the due feeds, several at a time, and yield each result when its response arrives, also failures.

        A feed may be yielded twice, the second time with more about its author.
        """

    async def find(self, address: str) -> FoundFeeds:
        """Find the feeds at an address that the user typed: of a feed, a page or a list of blogs."""


class PaidSource(TieSource, Protocol):
    """Capability "paid": the network charges for each resource, so a meter counts each request before it is sent."""

    def use_meter(self, meter: "Meter") -> None:
        """Set the meter, without which nothing is requested."""

    def use_plan(self, plan: "ReadingPlan") -> None:
        """Set what `timeline` and `news` read."""

    def news(self, now: datetime) -> "AsyncIterator[PaidNews]":
        """Read what is due, within the budget. Raises BudgetSpent if the budget of the month is spent."""


class KnownFollowersSource(Source, Protocol):
    """Capability "known_followers": profiles do not state which of the people the user follows also follow them."""

    async def known_followers(self, person_ids: Sequence[str]) -> Mapping[str, KnownFollowers] | None:
        """The people the user follows among the followers of others, by the ids of these; a few dozen at most.

        None if the server does not support the request.
        """


class LookupSource(Source, Protocol):
    """Capability "lookup": people who were not seen yet, by their handles."""

    async def find_person(self, handle: str) -> Person | None:
        """Request the person with this whole handle; None if there is nobody."""


class PersonalSource(Source, Protocol):
    """Capability "personal": private notes, and follow requests."""

    async def note_on(self, person_id: str) -> str:
        """The user's private note on a person; "" if there is none."""

    async def follow_requests(self) -> list[Person]:
        """The people who requested to follow the user, newest first."""


class ListSource(Source, Protocol):
    """Capability "list_members": the people in the user's own lists."""

    async def find_list(self, name: str, list_id: str) -> ServerList | None:
        """The user's list with this id, or with this name if `list_id` is ""; None if there is none.

        Raises NotPossible if the server has no lists.
        """

    async def unlisted(self, person_ids: Sequence[str]) -> frozenset[str]:
        """Which of these people asked not to be shown publicly, so that no public list may name them."""


class TranslatingSource(Source, Protocol):
    """Capability "translate": translations of posts."""

    async def translate(self, post: Post, language: str) -> "Translation":
        """Translate a post; "" is the language of the user's account. Raises SourceError if the server does not."""


def has_ties(source: Source) -> TypeGuard[TieSource]:
    """Whether people of this source can have a relationship with the user."""
    return "ties" in source.capabilities


def has_moderation(source: Source) -> TypeGuard[ModerationSource]:
    """Whether the user can block, mute and filter on the server."""
    return "moderation" in source.capabilities


def has_profiles(source: Source) -> TypeGuard[ProfileSource]:
    """Whether people can be requested by their ids."""
    return "profiles" in source.capabilities


def has_count_cache(source: Source) -> TypeGuard[CountCache]:
    """Whether the source caches the counts of people."""
    return "count_cache" in source.capabilities


def has_rechecks(source: Source) -> TypeGuard[RecheckSource]:
    """Whether stored posts can be requested again."""
    return "rechecks" in source.capabilities


def has_threads(source: Source) -> TypeGuard[ThreadSource]:
    """Whether conversations can be requested."""
    return "threads" in source.capabilities


def has_feeds(source: Source) -> TypeGuard[FeedSource]:
    """Whether the account has timelines in addition to its home timeline."""
    return "feeds" in source.capabilities


def has_subscriptions(source: Source) -> TypeGuard[SubscriptionSource]:
    """Whether the user subscribes to feeds in this source."""
    return "subscriptions" in source.capabilities


def has_prices(source: Source) -> TypeGuard[PaidSource]:
    """Whether the network charges for reading."""
    return "paid" in source.capabilities


def has_lookup(source: Source) -> TypeGuard[LookupSource]:
    """Whether people can be requested by their handles."""
    return "lookup" in source.capabilities


def has_personal(source: Source) -> TypeGuard[PersonalSource]:
    """Whether the account has private notes and follow requests."""
    return "personal" in source.capabilities


def has_list_members(source: Source) -> TypeGuard[ListSource]:
    """Whether the people in the user's lists can be requested."""
    return "list_members" in source.capabilities


def has_translate(source: Source) -> TypeGuard[TranslatingSource]:
    """Whether the account's server translates posts."""
    return "translate" in source.capabilities


def has_known_followers(source: Source) -> TypeGuard[KnownFollowersSource]:
    """Whether the people the user follows among somebody's followers can be requested."""
    return "known_followers" in source.capabilities

"""A Subscription: one feed of a site that the user reads, and the result of the last request for it."""

from datetime import datetime

import msgspec

from .post import Post
from .tie import Interaction


class Subscription(msgspec.Struct, frozen=True):
    """One feed that the user subscribed to.

    `id` never changes, also when the feed moves; the ids of its authors begin with it. `trusted` is the origin
    (scheme, host, port) of the address that the user typed: it may be on the user's own machine, and no other may.
    `main_author` wrote most of it when it was first read. Other names in it are separate people.
    """

    id: str
    address: str
    title: str = ""
    page: str = ""
    """The address of the site."""
    folder: str = ""
    added_at: datetime | None = None
    trusted: str = ""
    main_author: str | None = None
    links: tuple[str, ...] = ()
    """The profiles that the site names as its author's (rel="me")."""
    page_read_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    """A hash of the last body, for servers without an ETag."""
    checked_at: datetime | None = None
    next_at: datetime | None = None
    """When it may be requested again; None: at once."""
    newest_at: datetime | None = None
    failures: int = 0
    """The number of failed requests since the last successful one."""
    failure: str = ""
    """A sentence about the last request; "" if it succeeded."""
    mine: bool = False
    """Whether it is the user's own blog: comments and links there make ties."""
    lists_you: bool = False
    """Whether its blogroll names the user's own blog."""
    comments_read_at: datetime | None = None
    """When the newest comments on the user's own blog were read."""
    ended: bool = False
    """Whether the server returned 410 (Gone). The feed is not requested again."""

    @property
    def shown_name(self) -> str:
        """The title, or the id if the feed has none."""
        return self.title or self.id

    def is_due(self, now: datetime) -> bool:
        """Whether it may be requested now."""
        return not self.ended and (self.next_at is None or self.next_at <= now)

    def is_named(self, name: str) -> bool:
        """Whether the user may mean this one: by address, page, id or title."""
        wanted = _bare(name)
        return wanted in {_bare(each) for each in (self.address, self.page, self.id, self.title) if each}


class FoundFeed(msgspec.Struct, frozen=True):
    """A feed at an address, or one that a page or a list names. `trusted` as in Subscription."""

    address: str
    title: str = ""
    page: str = ""
    folder: str = ""
    trusted: str = ""


class FoundFeeds(msgspec.Struct, frozen=True):
    """The feeds found at an address, the best one first, and the blogs that it recommends.

    `is_list`: the address is a list of blogs (OPML), not a blog.
    """

    feeds: tuple[FoundFeed, ...] = ()
    recommended: tuple[FoundFeed, ...] = ()
    is_list: bool = False


class FeedNews(msgspec.Struct, frozen=True):
    """The result of one request for a feed: the updated subscription, and all posts of a changed feed.

    `trouble` is a sentence about a new failure, which was not reported yet.
    """

    subscription: Subscription
    posts: tuple[Post, ...] = ()
    trouble: str = ""
    interactions: tuple[Interaction, ...] = ()


def _bare(text: str) -> str:
    """An address without the parts that people leave out when they type it."""
    bare = text.strip().casefold()
    for start in ("https://", "http://", "feed:", "@", "www."):
        bare = bare.removeprefix(start)
    return bare.rstrip("/")

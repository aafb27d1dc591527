"""The subscribed feeds as a Source: each is requested when it is due, several at a time."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TypeVar

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import Capability
from ...models.post import Post
from ...models.source import Page
from ...models.subscription import FeedNews, FoundFeeds, Subscription
from ..entities import EARLIEST
from ..fetch import Validators
from ..threads import in_daemon_thread
from .discovery import as_address, find_feeds, profile_links
from .fetching import RequestFailed, Response, request
from .handles import host_of, origin_of, same_site
from .parse import parse_feed
from .parsed import NotAFeed, ParsedFeed
from .posts import main_author, posts_of
from .schedule import SHORTEST, after_failure, next_request, rhythm

_CONNECTIONS = 8
_PAGES_A_RUN = 20
_FIND_SECONDS = 90.0
_PAGE_AGE = timedelta(days=30)
"""The page of a site is read for links to its author's profiles this often."""

T = TypeVar("T")


class Blogs:
    """All subscribed feeds. A feed that fails is news of its own and stops no other."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._subscriptions: tuple[Subscription, ...] = ()
        # One parser at a time leaves the other core, and the GIL, to the screen.
        self._parsing = asyncio.Semaphore(1)
        self._limited: dict[str, datetime] = {}
        """The hosts that allow no more requests for now."""
        self._pages_left = 0

    @property
    def account(self) -> Account:
        """The account of the subscriptions. It exists only on this machine."""
        return self._account

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Subscriptions; nobody on a blog has a relationship with the user."""
        return frozenset({"subscriptions"})

    def use(self, subscriptions: Sequence[Subscription]) -> None:
        """Set the subscriptions that `timeline` and `news` read."""
        self._subscriptions = tuple(subscriptions)

    async def timeline(self, cursor: str | None) -> Page:
        """The posts of all feeds that have changed, on one page. There are no gaps: nothing older is missing."""
        del cursor
        posts: dict[str, Post] = {}
        async for news in self.news(datetime.now(UTC)):
            self._subscriptions = tuple(
                news.subscription if each.id == news.subscription.id else each for each in self._subscriptions
            )
            posts |= {post.id: post for post in news.posts}
        ordered = sorted(posts.values(), key=lambda post: post.created_at or EARLIEST, reverse=True)
        return Page(tuple(ordered), None)

    async def news(self, now: datetime) -> AsyncIterator[FeedNews]:
        """Request the due feeds, eight at a time; each as soon as it was answered."""
        due = deque(each for each in self._subscriptions if each.is_due(now))
        self._pages_left = _PAGES_A_RUN
        self._limited = {host: at for host, at in self._limited.items() if at > now}
        done: asyncio.Queue[FeedNews | Exception] = asyncio.Queue()

        async def work() -> None:
            while due:
                try:
                    done.put_nowait(await self._ask(due.popleft(), now))
                except Exception as error:
                    # An error of quietfeed itself is raised where the news are read.
                    done.put_nowait(error)

        expected = len(due)
        workers = [asyncio.ensure_future(work()) for _ in range(min(_CONNECTIONS, expected))]
        try:
            for _ in range(expected):
                news = await done.get()
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def find(self, address: str) -> FoundFeeds:
        """Find the feeds at an address that the user typed. Raises SourceError."""
        trusted = origin_of(as_address(address))
        try:
            async with asyncio.timeout(_FIND_SECONDS):
                return await find_feeds(address, partial(request, trusted=trusted))
        except TimeoutError:
            raise RequestFailed(f"{host_of(trusted) or 'This address'} did not answer in time.") from None

    async def _ask(self, subscription: Subscription, now: datetime) -> FeedNews:
        host = host_of(subscription.address)
        if host in self._limited:
            # Another feed of this server was told when to come back.
            return FeedNews(replace(subscription, next_at=self._limited[host]))
        validators = Validators(subscription.etag, subscription.last_modified)
        try:
            response = await request(subscription.address, trusted=subscription.trusted, validators=validators, now=now)
            return await self._read(subscription, response, now)
        except RequestFailed as error:
            if error.retry_at is not None and error.retry_at > now:
                self._limited[host] = error.retry_at
            return _failed(subscription, str(error), now, retry_at=error.retry_at, gone=error.gone)
        except NotAFeed as error:
            return _failed(subscription, f"{host or 'This address'} {error}.", now)

    async def _read(self, subscription: Subscription, response: Response, now: datetime) -> FeedNews:
        digest = sha256(response.body).hexdigest()[:32]
        kept = replace(subscription, checked_at=now, failures=0, failure="")
        if response.status == 304 or digest == subscription.digest:
            pace = (subscription.next_at or now) - (subscription.checked_at or now)
            return FeedNews(replace(kept, next_at=next_request(now, max(pace, SHORTEST), response.headers, None)))
        content_type = response.headers.get("content-type", "")
        feed = await self._in_thread(partial(parse_feed, response.body, response.address, content_type))
        if subscription.main_author is None:
            kept = replace(kept, main_author=main_author(feed))
        kept = replace(kept, title=feed.title or kept.title, page=_page(kept, feed))
        kept = await self._with_profiles(kept, now)
        posts = await self._in_thread(partial(posts_of, feed, kept, self._account.key))
        times = [post.created_at for post in posts]
        kept = replace(
            kept,
            address=response.moved_to or kept.address,
            etag=response.validators.etag,
            last_modified=response.validators.last_modified,
            digest=digest,
            next_at=next_request(now, rhythm(times, now), response.headers, feed),
            newest_at=max((at for at in times if at is not None), default=None),
        )
        return FeedNews(kept, tuple(posts))

    async def _with_profiles(self, subscription: Subscription, now: datetime) -> Subscription:
        """The subscription with the profiles that its site names. A few sites are read per run."""
        read_at = subscription.page_read_at
        if not subscription.page or self._pages_left <= 0 or (read_at is not None and now - read_at < _PAGE_AGE):
            return subscription
        self._pages_left -= 1
        on_site = same_site(subscription.page, subscription.address)
        try:
            response = await request(subscription.page, trusted=subscription.trusted)
            profiles = await self._in_thread(partial(profile_links, response, subscription.address, same_site=on_site))
        except RequestFailed:
            return replace(subscription, page_read_at=now)
        return replace(subscription, links=profiles, page_read_at=now)

    async def _in_thread(self, work: "partial[T]") -> T:
        async with self._parsing:
            return await in_daemon_thread(work)

    async def close(self) -> None:
        """Nothing stays open between requests."""


def _page(subscription: Subscription, feed: ParsedFeed) -> str:
    """The address of the site: the one that the user came from, else the one that the feed names on its own host."""
    if subscription.page or not feed.page:
        return subscription.page
    return feed.page


def _failed(
    subscription: Subscription, sentence: str, now: datetime, *, retry_at: datetime | None = None, gone: bool = False
) -> FeedNews:
    failures = subscription.failures + 1
    changed = replace(
        subscription,
        checked_at=now,
        failures=failures,
        failure=sentence,
        ended=gone,
        next_at=after_failure(now, failures, retry_at),
    )
    if subscription.failures and not gone:
        # The user was told when it failed for the first time.
        return FeedNews(changed)
    name = subscription.shown_name
    if gone:
        return FeedNews(changed, trouble=f"{name}: {sentence} Its posts stay; quietfeed does not ask for it again.")
    return FeedNews(changed, trouble=f"{name}: {sentence} Its posts stay; quietfeed asks again later.")

"""The subscribed feeds as a Source: each is requested when it is due, several at a time."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from urllib.parse import urljoin

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import Capability
from ...models.jitter import after_limit
from ...models.pages import Page, Thread
from ...models.post import Post
from ...models.subscription import FeedNews, FoundFeeds, Subscription
from ...models.tie import Interaction
from ..entities import EARLIEST
from ..fetch import Validators, load_transports
from .comments import MOST_COMMENTS, posts_of_comments, read_wordpress, site_comments
from .discovery import as_address, find_feeds, profiles_in, read_page, recommended
from .fetching import TIMEOUT, RequestFailed, Response, request
from .handles import host_of, origin_of, same_site
from .parallel import in_parallel, in_thread
from .parse import parse_feed
from .parsed import NotAFeed, ParsedEntry, ParsedFeed
from .posts import main_author, posts_of
from .schedule import SHORTEST, after_failure, comments_are_due, next_request, page_is_due, rhythm
from .ties import comment_interactions, link_interactions, lists_own_blog

_PAGES_A_RUN = 20
_FIND_SECONDS = 90.0


class Blogs:
    """All subscribed feeds. Raises SourceError and nothing else. A failing feed does not stop the others.

    `timeout`: the seconds that the request of a feed may take. `dice` returns numbers in [0, 1) for the jitter.
    """

    def __init__(
        self, account: Account, *, timeout: float = TIMEOUT, dice: Callable[[], float] = random.random
    ) -> None:
        self._account = account
        self._dice = dice
        self._timeout = timeout
        self._subscriptions: tuple[Subscription, ...] = ()
        self._limited: dict[str, datetime] = {}
        """The hosts that have rate-limited the client."""
        self._loaded = False
        self._blogrolls: dict[str, tuple[str, ...]] = {}
        """The blogrolls stated in feeds, by the id of their subscription."""

    @property
    def account(self) -> Account:
        """The account of the subscriptions. It exists only on this machine."""
        return self._account

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Subscriptions, and the comments of their posts. Nobody on a blog has a relationship with the user."""
        return frozenset({"subscriptions", "threads"})

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
        """Request the due feeds, eight at a time, and yield each when its response arrives.

        A feed is parsed only while the caller waits for it: if the next feed was parsed while posts are stored, both
        would wait for the GIL at every step. A site whose page is read for profiles is yielded a second time.
        """
        due = [each for each in self._subscriptions if each.is_due(now)]
        if due and not self._loaded:
            await in_thread(load_transports)
            self._loaded = True
        self._limited = {host: at for host, at in self._limited.items() if at > now}
        with_pages: list[FeedNews] = []
        with_comments: list[Subscription] = []
        async with aclosing(in_parallel([partial(self._request, each, now) for each in due])) as answers:
            async for subscription, answer in answers:
                news = await self._read(subscription, answer, now)
                if len(with_pages) < _PAGES_A_RUN and page_is_due(news.subscription, now):
                    with_pages.append(news)
                elif comments_are_due(news.subscription, now):
                    with_comments.append(news.subscription)
                yield news
        async with aclosing(in_parallel([partial(self._with_page, each, now) for each in with_pages])) as pages:
            async for news in pages:
                if comments_are_due(news.subscription, now):
                    with_comments.append(news.subscription)
                yield news
        for each in with_comments:
            yield await self._with_comments(each, now)

    async def find(self, address: str) -> FoundFeeds:
        """Find the feeds at an address that the user typed. Raises SourceError."""
        trusted = origin_of(as_address(address))
        try:
            async with asyncio.timeout(_FIND_SECONDS):
                return await find_feeds(address, partial(request, trusted=trusted))
        except TimeoutError:
            raise RequestFailed(f"{host_of(trusted) or 'This address'} did not respond in time.") from None

    async def _request(self, subscription: Subscription, now: datetime) -> "tuple[Subscription, Response | FeedNews]":
        """Request a feed: its response, or the failure as news."""
        host = host_of(subscription.address)
        if host in self._limited:
            # The server rejected a request for another of its feeds.
            return subscription, FeedNews(replace(subscription, next_at=self._limited[host]))
        validators = Validators(subscription.etag, subscription.last_modified)
        try:
            response = await request(
                subscription.address,
                trusted=subscription.trusted,
                validators=validators,
                now=now,
                timeout=self._timeout,
            )
        except RequestFailed as error:
            if error.retry_at is not None and error.retry_at > now:
                self._limited[host] = after_limit(error.retry_at, self._dice())
            return subscription, _failed(
                subscription, str(error), now, retry_at=error.retry_at, gone=error.gone, dice=self._dice()
            )
        return subscription, response

    async def _read(self, subscription: Subscription, response: "Response | FeedNews", now: datetime) -> FeedNews:
        """The news in a response."""
        if isinstance(response, FeedNews):
            return response
        digest = sha256(response.body).hexdigest()[:32]
        kept = replace(subscription, checked_at=now, failures=0, failure="")
        if response.status == 304 or digest == subscription.digest:
            pace = (subscription.next_at or now) - (subscription.checked_at or now)
            return FeedNews(replace(kept, next_at=next_request(now, max(pace, SHORTEST), response.headers, None)))
        try:
            feed, kept, posts = await in_thread(partial(_parsed, response, kept, self._account.key))
        except NotAFeed as error:
            return _failed(subscription, f"{host_of(subscription.address) or 'This address'} {error}.", now)
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
        self._blogrolls[kept.id] = feed.blogrolls
        interactions = link_interactions(posts, kept, self._subscriptions, now)
        return FeedNews(kept, tuple(posts), interactions=tuple(interactions))

    async def thread(self, post: Post) -> Thread:
        """The comments of an article, from the first address that returns them. Raises SourceError."""
        blog = next((each for each in self._subscriptions if each.id == post.author.id.partition("#")[0]), None)
        entries = await self._comments(post.comments, blog.trusted if blog else "")
        posts = await in_thread(partial(posts_of_comments, entries, post))
        interactions: list[Interaction] = []
        if blog is not None:
            interactions = comment_interactions(entries, blog, self._subscriptions, datetime.now(UTC))
        return Thread((), tuple(posts), interactions=tuple(interactions))

    async def _comments(self, addresses: Sequence[str], trusted: str) -> list[ParsedEntry]:
        """The comments at the first address that has them. The addresses come from a feed, so they must be public.

        Only the origin that the user typed for the feed itself need not be public. Raises RequestFailed.
        """
        failure: RequestFailed | None = None
        for address in addresses:
            try:
                response = await request(address, trusted=trusted, timeout=self._timeout)
                return await in_thread(partial(_comments_in, response))
            except RequestFailed as error:
                failure = error
            except NotAFeed as error:
                failure = RequestFailed(f"{host_of(address)} {error}.")
        if failure is not None:
            raise failure
        return []

    async def _with_comments(self, blog: Subscription, now: datetime) -> FeedNews:
        """The news with ties from the newest comments on the user's own blog."""
        kept = replace(blog, comments_read_at=now)
        site = blog.page or origin_of(blog.address)
        try:
            entries = await self._comments((site_comments(site), urljoin(f"{site}/", "comments/feed/")), blog.trusted)
        except RequestFailed:
            return FeedNews(kept)
        return FeedNews(kept, interactions=tuple(comment_interactions(entries, kept, self._subscriptions, now)))

    async def _with_page(self, news: FeedNews, now: datetime) -> FeedNews:
        """The news with the profiles from the site's page, and whether its blogroll lists the user's blog."""
        subscription = replace(news.subscription, page_read_at=now)
        own = [each for each in self._subscriptions if each.mine]
        ask = partial(request, trusted=subscription.trusted, timeout=self._timeout)
        try:
            response = await ask(subscription.page)
        except RequestFailed:
            return FeedNews(subscription)
        links = read_page(response)
        if own and not subscription.mine:
            named = (*links.blogrolls, *self._blogrolls.get(subscription.id, ()))
            found = await recommended(named, ask, response.address)
            subscription = replace(subscription, lists_you=lists_own_blog(found, own))
        on_site = same_site(subscription.page, subscription.address)
        profiles = profiles_in(links, subscription.address, same_site=on_site)
        if profiles == subscription.links:
            return FeedNews(subscription)
        posts = tuple(_with_profiles(post, profiles) for post in news.posts if post.author.id == subscription.id)
        return FeedNews(replace(subscription, links=profiles), posts)

    async def close(self) -> None:
        """Does nothing: no connection stays open between requests."""


def _with_profiles(post: Post, profiles: Sequence[str]) -> Post:
    """A post whose author has these addresses of profiles first."""
    links = tuple(dict.fromkeys((*profiles, *(post.author.links or ()))))
    return replace(post, author=replace(post.author, links=links))


def _parsed(
    response: Response, subscription: Subscription, account: str
) -> tuple[ParsedFeed, Subscription, list[Post]]:
    """The feed in a response, the subscription with its names, and its posts. Raises NotAFeed."""
    feed = parse_feed(response.body, response.address, response.headers.get("content-type", ""))
    author = subscription.main_author
    if author is None:
        author = main_author(feed)
    kept = replace(
        subscription,
        main_author=author,
        title=feed.title or subscription.title,
        # The page that the user typed takes precedence over the one stated in the feed.
        page=subscription.page or feed.page,
    )
    return feed, kept, posts_of(feed, kept, account)


def _comments_in(response: Response) -> list[ParsedEntry]:
    """The comments in a response: of WordPress's API, or a feed. Raises NotAFeed."""
    if response.body.lstrip()[:1] == b"[":
        return read_wordpress(response.body)
    feed = parse_feed(response.body, response.address, response.headers.get("content-type", ""))
    return list(feed.entries[:MOST_COMMENTS])


def _failed(
    subscription: Subscription,
    sentence: str,
    now: datetime,
    *,
    retry_at: datetime | None = None,
    gone: bool = False,
    dice: float = 0.0,
) -> FeedNews:
    failures = subscription.failures + 1
    changed = replace(
        subscription,
        checked_at=now,
        failures=failures,
        failure=sentence,
        ended=gone,
        next_at=after_failure(now, failures, retry_at, dice),
    )
    if subscription.failures and not gone:
        # The first failure was already reported.
        return FeedNews(changed)
    name = subscription.shown_name
    if gone:
        return FeedNews(changed, trouble=f"{name}: {sentence} Its posts stay; quietfeed does not request it again.")
    return FeedNews(changed, trouble=f"{name}: {sentence} Its posts stay; quietfeed tries again later.")

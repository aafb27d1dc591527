"""Reads conversations, feeds and lists from the networks."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from ..models.account import Account
from ..models.errors import NotFound, PostDeleted, QuietfeedError, SourceError, StoreError, UsageError
from ..models.feed import Feed
from ..models.post import Post
from ..models.source import Source, has_feeds, has_subscriptions, has_threads, has_ties
from ..models.view import JudgedPost, PostKey
from ..phrases.errors import deleted_text, error_text
from ..store.archive import Archive
from .accounts import Accounts
from .clock import Clock
from .feeds import FeedPage, Lists, find_feed, read_page
from .fetching import FetchingService
from .ingest import store_blog_ties, store_deleted, store_detached
from .loaded import LoadedPosts
from .relationships import RelationshipReader
from .timeline import TimelineService

_STEP = 20
"""The posts of a conversation that are stored and judged between two pauses."""


class ReadingService:
    """Reads posts outside the home timeline. They are stored detached, so that they can be marked and explained.

    A method for one account raises SourceError; one for all accounts returns the errors of some with its result.
    """

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        timeline: TimelineService,
        fetching: FetchingService,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._accounts = accounts
        self._loaded = loaded
        self._timeline = timeline
        self._fetching = fetching
        self._clock = clock

    async def thread(self, key: PostKey) -> tuple[list[JudgedPost], list[JudgedPost]]:
        """The posts before and after a post in its conversation, judged. Raises SourceError."""
        judged, account = self._loaded.get(key), self._accounts.find(key[0])
        if judged is None or account is None:
            return [], []
        try:
            with self._fetching.noting_refusal(account):
                source = await self._accounts.source(account)
                if not has_threads(source):
                    return [], []
                feeds: Source = source
                if has_subscriptions(feeds):
                    feeds.use(self._archive.subscriptions.all(account.key))
                thread = await source.thread(judged.post)
        except PostDeleted:
            removed, marked = store_deleted(self._archive, key[0], [key[1]], self._clock.now())
            self._fetching.take_changes(marked, removed)
            raise NotFound(deleted_text(marked=bool(marked))) from None
        posts = (*thread.before, *thread.after)
        if thread.interactions:
            with suppress(StoreError):
                store_blog_ties(self._archive, account.key, thread.interactions)
        if has_ties(source):
            with suppress(SourceError):
                # A person who is seen for the first time may still be a friend.
                reader = RelationshipReader(source, self._archive, self._clock.now())
                await reader.read_posts(posts, thread.relationships)
        self._loaded.reread_ties([judged.post, *posts])
        return await self._conversation(account, thread.before), await self._conversation(account, thread.after)

    async def _conversation(self, account: Account, posts: Sequence[Post]) -> list[JudgedPost]:
        """Store and judge the posts, a few at a time: there may be thousands."""
        found: list[JudgedPost] = []
        for start in range(0, len(posts), _STEP):
            step = posts[start : start + _STEP]
            try:
                self._fetching.take_changes(store_detached(self._archive, account.key, step, self._clock.now()), ())
            except StoreError:
                # On a full disk the conversation is still readable.
                found += self._loaded.judge.judge_posts(list(step))
            else:
                found += self._timeline.get_or_load([(account.key, post.id) for post in step])
            if start + _STEP < len(posts):
                await asyncio.sleep(0)
        return found

    async def feeds(self) -> Lists:
        """The custom feeds and lists of all accounts."""
        feeds: list[Feed] = []
        errors: dict[str, QuietfeedError] = {}
        for account in self._accounts.all():
            try:
                with self._fetching.noting_refusal(account):
                    source = await self._accounts.source(account)
                    if has_feeds(source):
                        feeds += await source.feeds()
            except (SourceError, UsageError) as error:
                errors.setdefault(error_text(error), error)
        return Lists(tuple(feeds), tuple(errors.values()))

    async def find_feed(self, name: str) -> Feed:
        """Find a feed by its id, or by its name if it is unique. Raises NotFound, or the error of an account."""
        return find_feed(name, await self.feeds(), await self._feed_at(name.strip()))

    async def _feed_at(self, address: str) -> Feed | None:
        """The feed at an address, from the first account whose network accepts it."""
        for account in self._accounts.all():
            with suppress(SourceError, UsageError):
                source = await self._accounts.source(account)
                if has_feeds(source) and (found := source.feed_at(address)) is not None:
                    return found
        return None

    async def feed_page(self, feed: Feed, cursor: str | None) -> FeedPage:
        """A page of a feed, judged; None requests the newest. Raises SourceError and NotFound."""
        account = self._accounts.find(feed.account)
        if account is None:
            raise NotFound(f"There is no account {feed.account} any more.")
        with self._fetching.noting_refusal(account):
            source = await self._accounts.source(account)
            if not has_feeds(source):
                raise NotFound(f"{account.name} has no feeds.")
            page = await read_page(source, self._archive, feed, cursor, now=self._clock.now())
        posts = [judged.post for judged in self._timeline.get_or_load(page.keys)]
        # Reload the ties of people whose posts were already loaded: the response may be newer.
        self._loaded.reread_ties(posts)
        return page

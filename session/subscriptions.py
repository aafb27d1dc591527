"""Subscriptions: finds feeds, subscribes and unsubscribes with undo, and reads and writes lists of them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..models.account import Account
from ..models.errors import NotFound, QuietfeedError
from ..models.post import Post
from ..models.source import has_subscriptions
from ..models.subscription import FoundFeed, Subscription
from ..models.view import Change, ChangeKind, PostKey, RefreshResult
from ..sources.registry import SUBSCRIBED, holds_subscriptions, local_account
from ..store.archive import Archive
from ..store.subscriptions import TieRow
from .accounts import Accounts
from .clock import Clock
from .contexts import ContextMaker
from .history import Command, History
from .ingest import store_imported
from .links import PersonLinks
from .loaded import LoadedPosts
from .timeline import TimelineService

# The code of the network is imported for the first request.
if TYPE_CHECKING:
    from ..models.source import SubscriptionSource
    from ..models.subscription import FoundFeeds

_NAMED = 3
_LISTED = 300


class SubscriptionService:
    """The user's subscriptions. Methods that write raise StoreError, and have then changed nothing."""

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        loaded: LoadedPosts,
        contexts: ContextMaker,
        links: PersonLinks,
        timeline: TimelineService,
        history: History,
        clock: Clock,
        fetch: Callable[[Account], Awaitable[RefreshResult]],
    ) -> None:
        """`fetch` refreshes the account of the subscriptions."""
        self._archive = archive
        self._accounts = accounts
        self._loaded = loaded
        self._contexts = contexts
        self._links = links
        self._timeline = timeline
        self._history = history
        self._clock = clock
        self._fetch = fetch

    @property
    def account(self) -> Account | None:
        """The account of the subscriptions; None before the first one."""
        return next((each for each in self._accounts.all() if holds_subscriptions(each)), None)

    def all(self) -> list[Subscription]:
        """The subscriptions, in the order they were added."""
        if self.account is None:
            return []
        return self._archive.subscriptions.all(self.account.key)

    def named(self, name: str) -> Subscription:
        """The one subscription that a name means: an address, a site, a title. Raises NotFound."""
        found = [each for each in self.all() if each.is_named(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"{len(found)} subscriptions are called {name}: use the address of one.")
        raise NotFound(f"There is no subscription {name}: `quietfeed subscriptions` lists them.")

    def reload(self) -> None:
        """Judge by the subscriptions as they are stored now."""
        before = self._contexts.subscriptions_fingerprint()
        accounts = [each.key for each in self._accounts.all() if holds_subscriptions(each)]
        stored = {key: self._archive.subscriptions.all(key) for key in accounts}
        self._contexts.set_subscriptions(stored)
        self._links.set_subscriptions(
            {(key, each.id): each.lists_you for key, feeds in stored.items() for each in feeds if not each.mine}
        )
        if self._contexts.subscriptions_fingerprint() != before:
            loaded = self._loaded.keys()
            self._loaded.reread_ties()
            self._loaded.reload([key for key in loaded if key[0] in accounts])

    async def find(self, address: str) -> "FoundFeeds":
        """Find the feeds at an address that the user typed. Raises SourceError."""
        return await (await self._source()).find(address)

    async def _source(self) -> "SubscriptionSource":
        source = await self._accounts.source(self.account or local_account())
        if not has_subscriptions(source):
            raise QuietfeedError(f"{source.account.name} has no subscriptions.")
        return source

    def subscribe(self, feeds: Sequence[FoundFeed], *, mine: bool = False) -> Change:
        """Subscribe to feeds that are not subscribed yet. `undo` unsubscribes again.

        `mine`: they are the user's own blogs, whose comments and links make ties (`set_mine`).
        """
        added = [replace(each, mine=mine) for each in self._without_known(feeds)]
        if mine and not added:
            addresses = {each.address for each in feeds}
            return self.set_mine(next(each for each in self.all() if each.address in addresses), mine=True)
        if not added:
            return Change("already_subscribed", names=_names(feeds))
        account = self.account or self._accounts.add(local_account())
        posts: list[Post] = []
        ties: list[TieRow] = []
        return self._history.run(
            Command(
                "subscribed",
                ", ".join(each.id for each in added[:_NAMED]),
                partial(self._add, account, added, posts, ties, "subscribed"),
                partial(self._remove, account, added, posts, ties, "unsubscribed"),
            )
        )

    async def subscribe_and_fetch(
        self, feeds: Sequence[FoundFeed], on_subscribed: Callable[[Change], None]
    ) -> RefreshResult | None:
        """Subscribe to feeds, and fetch the posts. `on_subscribed` is called before the posts are fetched.

        Returns None if all feeds are already subscribed.
        """
        change = self.subscribe(feeds)
        on_subscribed(change)
        if change.kind != "subscribed" or self.account is None:
            return None
        return await self._fetch(self.account)

    def set_mine(self, subscription: Subscription, *, mine: bool) -> Change:
        """Set whether a subscribed blog is the user's own; `undo` reverts it.

        The pages of the other blogs are read again, because their blogrolls may name it. If it is no longer the user's
        own, the ties that depended on it are removed.
        """
        account = self.account
        if account is None:
            raise NotFound("There is no subscription yet.")
        if subscription.mine == mine:
            return Change("already_subscribed", names=_names([subscription]))

        ties: list[TieRow] = []

        def store(value: bool) -> Change:
            shown = self._timeline.shown()
            stored = self._archive.subscriptions.all(account.key)
            if value:
                self._archive.subscriptions.put_ties(ties)
            else:
                ties[:] = self._take_own_ties(account, subscription.id)
            changed = [
                replace(each, mine=value, comments_read_at=None) for each in stored if each.id == subscription.id
            ]
            others = [
                replace(each, page_read_at=None, lists_you=False) for each in stored if each.id != subscription.id
            ]
            self._archive.subscriptions.save(account.key, [*changed, *others])
            self._loaded.reread_ties()
            self.reload()
            kind: ChangeKind = "own_blog" if value else "not_own_blog"
            return replace(self._timeline.compare(shown, kind), names=_names([subscription]))

        return self._history.run(
            Command("own_blog", subscription.id, lambda: store(mine), lambda: store(not mine)),
        )

    def _take_own_ties(self, account: Account, name: str) -> list[TieRow]:
        """Remove the ties that exist because a blog was the user's own."""
        others = [each for each in self._archive.subscriptions.all(account.key) if each.mine and each.id != name]
        return self._archive.subscriptions.take_own_ties(account.key, name, alone=not others)

    def unsubscribe(self, subscriptions: Sequence[Subscription]) -> Change:
        """Unsubscribe, and remove the posts that are not marked. `undo` restores everything."""
        account = self.account
        if account is None:
            raise NotFound("There is no subscription yet.")
        posts: list[Post] = []
        ties: list[TieRow] = []
        return self._history.run(
            Command(
                "unsubscribed",
                ", ".join(each.id for each in subscriptions[:_NAMED]),
                partial(self._remove, account, subscriptions, posts, ties, "unsubscribed"),
                partial(self._add, account, subscriptions, posts, ties, "subscribed"),
            )
        )

    def load_posts(self, subscription: Subscription) -> tuple[PostKey, ...]:
        """Load the newest stored posts of a subscription; returns their keys."""
        if self.account is None:
            return ()
        keys = tuple(self._archive.subscriptions.post_keys(self.account.key, subscription.id, _LISTED))
        self._timeline.get_or_load(keys)
        return keys

    def read_list(self, data: bytes) -> list[FoundFeed]:
        """The feeds of an OPML file. Raises RecordError."""
        from ..codec.opml import read_opml

        return read_opml(data)

    def as_list(self) -> str:
        """All subscriptions as an OPML file."""
        from ..codec.opml import write_opml

        return write_opml(self.all())

    def store(self, feeds: Sequence[FoundFeed]) -> None:
        """Store subscriptions to those feeds that are new, for an import, which is undone as a whole.

        Accounts and subscriptions have to be reloaded afterwards. Raises StoreError.
        """
        if added := self._without_known(feeds):
            account = self._archive.add_account(local_account())
            self._archive.subscriptions.save(account.key, added)

    def _without_known(self, feeds: Sequence[FoundFeed]) -> list[Subscription]:
        """Subscriptions to the feeds that have none yet."""
        known = self.all()
        taken = {each.id for each in known}
        addresses = {each.address for each in known}
        added: list[Subscription] = []
        for feed in feeds:
            if feed.address not in addresses:
                added.append(self._new(feed, frozenset(taken)))
                addresses.add(feed.address)
                taken.add(added[-1].id)
        return added

    def _new(self, feed: FoundFeed, taken: frozenset[str]) -> Subscription:
        name = SUBSCRIBED.new_id(feed.page, feed.address, taken)
        return Subscription(
            name, feed.address, feed.title, feed.page, feed.folder, self._clock.now(), trusted=feed.trusted
        )

    def _add(
        self,
        account: Account,
        subscriptions: Sequence[Subscription],
        posts: list[Post],
        ties: list[TieRow],
        kind: ChangeKind,
    ) -> Change:
        """Store subscriptions, and the posts and ties that were removed with them."""
        shown = self._timeline.shown()
        self._archive.subscriptions.save(account.key, subscriptions)
        self._archive.subscriptions.put_ties(ties)
        if posts:
            store_imported(self._archive, account.key, posts, self._clock.now())
        if ties:
            self._loaded.reread_ties()
        self.reload()
        self._loaded.add_stored([post.key for post in posts])
        change = self._timeline.compare(shown, kind)
        return replace(change, names=_names(subscriptions), count=len(posts))

    def _remove(
        self,
        account: Account,
        subscriptions: Sequence[Subscription],
        posts: list[Post],
        ties: list[TieRow],
        kind: ChangeKind,
    ) -> Change:
        """Remove subscriptions, their unmarked posts, and the ties from own blogs among them.

        Removed posts and ties are added to `posts` and `ties`, for undo.
        """
        shown = self._timeline.shown()
        stored = self._archive.subscriptions
        own = {each.id for each in stored.all(account.key) if each.mine}
        ties[:] = [row for each in subscriptions if each.id in own for row in self._take_own_ties(account, each.id)]
        removed = [post for each in subscriptions for post in stored.removable_posts(account.key, each.id)]
        stored.remove(account.key, [each.id for each in subscriptions], [post.key for post in removed])
        posts[:] = removed
        self._loaded.evict([post.key for post in removed if self._loaded.get(post.key) is not None])
        if ties:
            self._loaded.reread_ties()
        self.reload()
        change = self._timeline.compare(shown, kind)
        gone = {post.key for post in removed}
        hid = tuple(key for key in change.hid if key not in gone)
        return replace(change, names=_names(subscriptions), count=len(removed), hid=hid)


def _names(feeds: Sequence[FoundFeed] | Sequence[Subscription]) -> tuple[str, ...]:
    return tuple(each.title or each.address for each in feeds)

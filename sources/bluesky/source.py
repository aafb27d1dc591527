"""The Source of a signed-in account of the AT Protocol. The account's server forwards queries to the AppView.

https://docs.bsky.app/docs/category/http-reference. The last page has no cursor; short and empty pages are normal.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.errors import (
    PermissionMissing,
    SourceError,
)
from ...models.feed import Feed
from ...models.pages import InteractionPage, Page, Recheck, Restrictions, ServerList, Thread
from ...models.person import Person
from ...models.post import Post
from ...models.server_filter import ServerFilter
from ...models.tie import FROM_YOU_COUNTS, LIKE_COUNTS, TO_YOU_COUNTS, Relationship
from ..entities import MOST_ITEMS, Entity, part_of, parts_of, text_of
from ..slices import SlicedReader
from .batches import read_relationships
from .client import Client
from .facets import is_did
from .feeds import explain_feed_error, feed_of, gone, is_timeline, kind_of, saved_of
from .interactions import (
    liked_interactions,
    notification_interactions,
    own_post_interactions,
)
from .lists import find_list, unlisted
from .people import did_of, person_of
from .reader import EVER, PostReader, cursor_after, key_of, uri_of
from .requests import Repo
from .restrictions import read_restrictions, relationships_in
from .rewritten import updated_post
from .streams import Read, read_conversations, read_stream

if TYPE_CHECKING:
    from .write import BlueskyWriter

_LIMIT = 100
_PAGE = 50
_FEEDS = 25
_POSTS = 25
_LIST_PAGES = 5


CAPABILITIES = READS - {"personal", "translate", "known_followers"}


class Bluesky:
    """One account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account = account
        self._client = client
        self._reader = PostReader(account, client, signed_in=True)
        self._timeline_pages = SlicedReader(self._timeline_page, key_of)
        self._feed_pages: dict[str, SlicedReader] = {}

    @property
    def account(self) -> Account:
        """The account that the timeline belongs to."""
        return self._account

    @cached_property
    def writer(self) -> "BlueskyWriter":
        """Sends the account's actions."""
        # Imported at the first write, so that the first page of a timeline does not wait for it.
        from .write import BlueskyWriter

        return BlueskyWriter(self._account, self._client)

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The missing permissions that have caused a rejection, each once."""
        return self._client.lacking

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Every read capability except private notes and translations."""
        return CAPABILITIES

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Use stored counts, which need extra requests and change slowly."""
        self._reader.prime_cache(people)

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Request current counts of people."""
        return await self._reader.people(person_ids)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Deleted and blocked posts in it are left out."""
        return await self._reader.thread(post)

    async def timeline(self, cursor: str | None) -> Page:
        """Read a page of the following timeline. The counts of its people need extra requests."""
        await self._reader.read_preferences()
        places, following = await self._timeline_pages.read(cursor)
        await self._reader.labelers.load_definitions()
        posts = sorted(await self._reader.read(places), key=lambda post: post.at or EVER, reverse=True)
        return Page(
            tuple(await self._reader.counted(posts)),
            following,
            served_at=self._client.server_time(),
            relationships=relationships_in(places),
        )

    async def _timeline_page(self, cursor: str | None) -> tuple[list[Entity], str | None]:
        response = await self._reader.page("app.bsky.feed.getTimeline", [("limit", str(_PAGE))], cursor)
        return parts_of(response, "feed", MOST_ITEMS), cursor_after(response, cursor)

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Find deleted posts and request the others again, because their records may be rewritten."""
        uris = {uri_of(post): None for post in (present, *posts)}
        found: dict[str, Entity] = {}
        for batch in _batches(list(uris), _POSTS, valid=lambda uri: bool(did_of(uri))):
            response = await self._reader.known_or_not("app.bsky.feed.getPosts", [("uris", each) for each in batch])
            found |= {text_of(each, "uri"): each for each in parts_of(response, "posts")}
        if uri_of(present) not in found:
            return Recheck()
        lacking = [uri for uri in uris if uri not in found]
        gone = {uri for uri in lacking[:_POSTS] if await self._reader.is_gone(uri)}
        left = set(lacking[_POSTS:])
        policy = self._reader.labelers.policy
        fresh = [updated_post(post, view, policy) for post in posts if (view := found.get(uri_of(post))) is not None]
        deleted, later = (tuple(post.id for post in posts if uri_of(post) in each) for each in (gone, left))
        return Recheck(tuple(fresh), deleted, later)

    async def find_person(self, handle: str) -> Person | None:
        """Find the person with this handle."""
        response = await self._reader.known_or_not("app.bsky.actor.getProfiles", [("actors", handle)])
        return next((person_of(each) for each in parts_of(response, "profiles") if text_of(each, "did")), None)

    async def find_list(self, name: str, list_id: str) -> ServerList | None:
        """The user's list with this URI, or with this name if it is ""."""
        return await find_list(Repo(self._client, self._account.remote_id), name, list_id)

    async def unlisted(self, person_ids: Sequence[str]) -> frozenset[str]:
        """Which of these people asked to be shown only to people with an account."""
        return await unlisted(self._reader.page, person_ids)

    async def restrictions(self, pages: int) -> Restrictions:
        """The people that the user blocks and mutes, directly and through moderation lists."""
        return await read_restrictions(self._reader.page, pages)

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The words that the user muted and the posts that they hid; None if unknown."""
        self._reader.forget_preferences()
        await self._reader.read_preferences()
        preferences = self._reader.preferences
        if preferences is None:
            return None
        return preferences.filters

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Request follows and blocks; unknown for deleted accounts."""
        return await read_relationships(self._reader.page, self._account.remote_id, person_ids)

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Read interactions: notifications, the user's posts, likes by the user, conversations."""
        own = ("actor", self._account.remote_id)
        listed = "app.bsky.notification.listNotifications"
        streams: tuple[tuple[str, str, list[tuple[str, str]], str, Read, tuple[str, ...]], ...] = (
            ("notifications", listed, [], "notifications", notification_interactions, TO_YOU_COUNTS),
            (
                "statuses",
                "app.bsky.feed.getAuthorFeed",
                [own, ("filter", "posts_with_replies")],
                "feed",
                own_post_interactions,
                FROM_YOU_COUNTS,
            ),
            ("favourites", "app.bsky.feed.getActorLikes", [own], "feed", liked_interactions, LIKE_COUNTS),
        )
        for name, nsid, params, field, read, counts in streams:
            async for page in read_stream(self._reader, name, nsid, params, field, read, since.get(name), counts):
                yield page
        async for page in read_conversations(self._reader, since.get("conversations", "")):
            yield page

    async def feeds(self) -> list[Feed]:
        """The saved feeds and lists, pinned ones first, then the user's unsaved lists."""
        saved = saved_of(await self._reader.page("app.bsky.actor.getPreferences", []))
        found: dict[str, Feed] = {}
        feeds = [each.uri for each in saved if kind_of(each.uri) == "feed"]
        for start in range(0, len(feeds), _FEEDS):
            batch = [("feeds", uri) for uri in feeds[start : start + _FEEDS]]
            self._add_feeds(found, parts_of(await self._reader.page("app.bsky.feed.getFeedGenerators", batch), "feeds"))
        own = [each for each in await self._own_lists() if is_timeline(each)]
        self._add_feeds(found, own)
        for uri in (each.uri for each in saved if kind_of(each.uri) == "list" and each.uri not in found):
            response = await self._reader.known_or_not("app.bsky.graph.getList", [("list", uri), ("limit", "1")])
            self._add_feeds(found, [part_of(response, "list") or {}])
        ordered = []
        for each in saved:
            if each.uri in found:
                ordered.append(replace(found[each.uri], pinned=each.pinned))
            else:
                ordered.append(gone(each, self._account.key))
        return [*ordered, *(each for uri, each in found.items() if uri not in {one.uri for one in saved})]

    def _add_feeds(self, found: dict[str, Feed], views: Iterable[Entity]) -> None:
        feeds = (feed_of(view, self._account.key, self._account.remote_id) for view in views)
        found |= {feed.id: feed for feed in feeds if feed is not None}

    async def _own_lists(self) -> list[Entity]:
        lists: list[Entity] = []
        cursor: str | None = None
        params = [("actor", self._account.remote_id), ("limit", str(_LIMIT))]
        for _ in range(_LIST_PAGES):
            response = await self._reader.page("app.bsky.graph.getLists", params, cursor)
            lists += parts_of(response, "lists")
            cursor = cursor_after(response, cursor)
            if cursor is None:
                break
        return lists

    def feed_at(self, address: str) -> Feed | None:
        """The feed or list with this at:// URI, which is public; None for any other address."""
        kind = kind_of(address)
        if kind is None:
            return None
        return Feed(self._account.key, address, kind, address)

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """Read a page of a custom feed or a list, in the order of the server."""
        kind = kind_of(feed_id)
        if kind is None:
            raise SourceError(f"{feed_id[:80]} is neither a feed nor a list of Bluesky.")
        await self._reader.read_preferences()
        if kind == "list":
            nsid, name = ("app.bsky.feed.getListFeed", "list")
        else:
            nsid, name = ("app.bsky.feed.getFeed", "feed")

        async def page(cursor: str | None) -> tuple[list[Entity], str | None]:
            response = await self._reader.page(nsid, [(name, feed_id), ("limit", str(_PAGE))], cursor)
            return parts_of(response, "feed", MOST_ITEMS), cursor_after(response, cursor)

        pages = self._feed_pages.setdefault(feed_id, SlicedReader(page, key_of))
        try:
            places, following = await pages.read(cursor)
        except SourceError as error:
            raise explain_feed_error(error, feed_id, signed_in=await self._is_signed_in()) from None
        await self._reader.labelers.load_definitions()
        posts = await self._reader.read(places)
        return Page(
            tuple(await self._reader.counted(posts)),
            following,
            served_at=self._client.server_time(),
            relationships=relationships_in(places),
        )

    async def _is_signed_in(self) -> bool:
        """Whether the account's own server accepts the sign-in. If so, the feed's server caused the rejection."""
        try:
            await self._reader.page("com.atproto.server.getSession", [])
        except SourceError:
            return False
        return True

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()


def _batches(ids: Sequence[str], size: int, valid: Callable[[str], bool] = is_did) -> Iterator[Sequence[str]]:
    """Split ids into batches, without invalid ones: the server rejects a whole batch for one of them."""
    good = [each for each in ids if valid(each)]
    for start in range(0, len(good), size):
        yield good[start : start + size]

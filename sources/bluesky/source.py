"""A signed-in account of the AT Protocol, as a Source. Its own server passes queries on to the AppView.

https://docs.bsky.app/docs/category/http-reference. Pages end where no cursor is given; short and empty ones are normal.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.errors import (
    TRANSIENT_ERRORS,
    PermissionMissing,
    PostDeleted,
    RateLimited,
    RecordError,
    SignInNeeded,
    SourceError,
)
from ...models.feed import Feed
from ...models.person import Person
from ...models.post import Post
from ...models.server_filter import ServerFilter
from ...models.source import InteractionPage, Page, Recheck, Restrictions, Thread
from ...models.tie import Interaction, Relationship
from ..entities import Entity, part_of, parts_of, text_of
from ..http_errors import RequestRejected, ServerError
from ..slices import SlicedReader, unhurried
from .batches import read_profiles, read_relationships
from .client import Client
from .facets import is_did
from .feeds import explain_feed_error, feed_of, gone, is_timeline, kind_of, saved_of
from .interactions import (
    conversation_interactions,
    liked_interactions,
    notification_interactions,
    own_post_interactions,
    partner_of,
)
from .labelers import Labelers
from .parse import thread_places, timeline_post_of
from .people import did_of, is_followed
from .preferences import Preferences, preferences_of
from .restrictions import read_restrictions, relationships_in
from .rewritten import as_it_is_now
from .write import BlueskyWriter

_LIMIT = 100
_PAGE = 50
_FEEDS = 25
_POSTS = 25
_PAGES_A_STREAM = 8
_CONVERSATIONS = 30
_LIST_PAGES = 5
_COUNTS_AGE = timedelta(hours=6)
_PREFERENCES_AGE = timedelta(minutes=10)
_ABOVE = 80
_BELOW = 10
_EVER = datetime.min.replace(tzinfo=UTC)
Read = Callable[[Entity, str], Iterable[Interaction]]


class Bluesky:
    """One account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account = account
        self._client = client
        self._asked: dict[str, tuple[datetime, Person | None]] = {}
        self._preferences: Preferences | None = None
        self._preferences_at = _EVER
        self._labelers = Labelers(client)
        self._writer = BlueskyWriter(account, client)
        self._timeline_pages = SlicedReader(self._timeline_page, _key)
        self._feed_pages: dict[str, SlicedReader] = {}

    @property
    def account(self) -> Account:
        """Whose timeline this is."""
        return self._account

    @property
    def writer(self) -> BlueskyWriter:
        """What sends the actions of the account."""
        return self._writer

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The permissions for whose want something was refused so far, each once."""
        return self._client.lacking

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything that can be read."""
        return READS

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Take up counts that are kept: the network tells them only to who asks, and they move slowly."""
        for person in people:
            before = self._asked.get(person.id)
            if person.counted_at is not None and (before is None or before[0] < person.counted_at):
                self._asked[person.id] = (person.counted_at, person)

    async def timeline(self, cursor: str | None) -> Page:
        """A page of the following timeline, its people with their counts: the timeline itself does not tell them."""
        await self._read_preferences()
        places, following = await self._timeline_pages.read(cursor)
        await self._labelers.load_definitions()
        posts = sorted(await self._read(places), key=lambda post: post.at or _EVER, reverse=True)
        return Page(
            tuple(await self._counted(posts)),
            following,
            served_at=self._client.server_time(),
            relationships=relationships_in(places),
        )

    async def _timeline_page(self, cursor: str | None) -> tuple[list[Entity], str | None]:
        answer = await self._page("app.bsky.feed.getTimeline", [("limit", str(_PAGE))], cursor)
        return parts_of(answer, "feed"), _following(answer, cursor)

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Which of these are gone, and how the others read now: their records may be rewritten."""
        uris = {_uri(post): None for post in (present, *posts)}
        found: dict[str, Entity] = {}
        for batch in _batches(list(uris), _POSTS, valid=lambda uri: bool(did_of(uri))):
            answer = await self._known_or_not("app.bsky.feed.getPosts", [("uris", each) for each in batch])
            found |= {text_of(each, "uri"): each for each in parts_of(answer, "posts")}
        if _uri(present) not in found:
            return Recheck()
        lacking = [uri for uri in uris if uri not in found][:_POSTS]
        gone = {uri for uri in lacking if await self._is_gone(uri)}
        policy = self._labelers.policy
        fresh = [as_it_is_now(post, view, policy) for post in posts if (view := found.get(_uri(post))) is not None]
        return Recheck(tuple(fresh), tuple(post.id for post in posts if _uri(post) in gone))

    async def _is_gone(self, uri: str) -> bool:
        """Whether a post is deleted; one of somebody who blocks the user, or whom the user blocks, is not."""
        try:
            answer = await self._page("app.bsky.feed.getPostThread", [("uri", uri), ("depth", "0")])
        except RequestRejected as error:
            return "notfound" in error.said.casefold().replace(" ", "")
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return False
        return (part_of(answer, "thread") or {}).get("notFound") is True

    async def restrictions(self, pages: int) -> Restrictions:
        """Whom the user blocks and mutes, by themselves and through moderation lists."""
        return await read_restrictions(self._page, pages)

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The words that the user muted and the posts that they hid; None where that cannot be read."""
        self._preferences_at = _EVER
        await self._read_preferences()
        return None if self._preferences is None else self._preferences.filters

    async def _read_preferences(self) -> None:
        """What the user muted, hid and subscribed to, asked again after a while. What is refused stays as it was."""
        now = datetime.now(UTC)
        if now - self._preferences_at < _PREFERENCES_AGE:
            return
        try:
            answer = await self._known_or_not("app.bsky.actor.getPreferences", [])
        except (ServerError, SignInNeeded):
            return
        self._preferences_at = now
        if answer:
            self._preferences = preferences_of(answer)
            await self._labelers.apply_preferences(answer)

    async def _counted(self, posts: Sequence[Post]) -> list[Post]:
        """The same posts with counts and bios of their people, each asked for a few times a day at most."""
        now = datetime.now(UTC)
        people = {person.id for post in posts for person in (post.author, post.booster) if person is not None}
        unknown = sorted(each for each in people if each not in self._asked or now - self._asked[each][0] > _COUNTS_AGE)
        try:
            found = {person.id: person for person in await self.people(unknown)}
            self._asked |= {each: (now, found.get(each)) for each in unknown}
        except SourceError:
            # The posts are here; without counts their people are judged by everything else.
            pass
        return [
            replace(post, author=self._known(post.author), booster=post.booster and self._known(post.booster))
            for post in posts
        ]

    def _known(self, person: Person) -> Person:
        _, detailed = self._asked.get(person.id, (None, None))
        if detailed is None:
            return person
        counts = {name: getattr(detailed, name) for name in ("followers", "following", "posts", "counted_at", "links")}
        # The views in a timeline leave out a name that was cleared; the profile says that there is none.
        name = detailed.name if person.name is None else person.name
        return replace(person, name=name, bio=detailed.bio, **counts)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Who follows whom; of people whose accounts are gone nothing is known."""
        return await read_relationships(self._page, self._account.remote_id, person_ids)

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """What passed between the user and others: notifications, own posts, likes given, conversations."""
        own = ("actor", self._account.remote_id)
        listed = "app.bsky.notification.listNotifications"
        streams: tuple[tuple[str, str, list[tuple[str, str]], str, Read], ...] = (
            ("notifications", listed, [], "notifications", notification_interactions),
            (
                "statuses",
                "app.bsky.feed.getAuthorFeed",
                [own, ("filter", "posts_with_replies")],
                "feed",
                own_post_interactions,
            ),
            ("favourites", "app.bsky.feed.getActorLikes", [own], "feed", liked_interactions),
        )
        for name, nsid, params, field, read in streams:
            async for page in self._stream(name, nsid, params, field, read, since.get(name)):
                yield page
        async for page in self._conversations(since.get("conversations", "")):
            yield page

    async def _stream(
        self, name: str, nsid: str, params: list[tuple[str, str]], field: str, read: Read, since: str | None
    ) -> AsyncIterator[InteractionPage]:
        """One stream, newest first, until what was seen last time; how far it got is said with its last page only."""
        newest: str | None = None
        cursor: str | None = None
        for _ in range(_PAGES_A_STREAM):
            try:
                answer = await self._page(nsid, [*params, ("limit", str(_LIMIT))], cursor)
            except TRANSIENT_ERRORS:
                raise
            except SourceError:
                # Not every server has every stream; what it does not have stays not known.
                return
            entities = parts_of(answer, field)
            keys = [_key(each) for each in entities]
            newest = newest or (keys[0] if keys else None)
            found = tuple(one for each in entities for one in read(each, self._account.remote_id))
            cursor = _following(answer, cursor)
            told = relationships_in(entities)
            if since in keys or cursor is None:
                yield InteractionPage(name, found, newest or since or "none", told)
                return
            yield InteractionPage(name, found, None, told)
        yield InteractionPage(name, (), newest or since or "none")

    async def _conversations(self, since: str) -> AsyncIterator[InteractionPage]:
        """Direct conversations that moved since last time. An app password without that right is no error.

        Whether both wrote is only to be seen in the messages themselves; they are counted and not kept.
        """
        try:
            answer = await self._page("chat.bsky.convo.listConvos", [("limit", str(_LIMIT))])
            convos = [each for each in parts_of(answer, "convos") if text_of(each, "rev") > since]
            found: list[Interaction] = []
            for convo in [each for each in convos if partner_of(each, self._account.remote_id)][:_CONVERSATIONS]:
                question = [("convoId", text_of(convo, "id")), ("limit", str(_LIMIT))]
                messages = parts_of(await self._page("chat.bsky.convo.getMessages", question), "messages")
                found += conversation_interactions(convo, messages, self._account.remote_id)
        except RateLimited:
            raise
        except SourceError:
            # The sign-in is good, the streams before showed it: only this right is not given, or this service is away.
            return
        newest = max((text_of(each, "rev") for each in convos), default="")
        yield InteractionPage("conversations", tuple(found), newest or since or "0")

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Fresh counts of people, with the present time."""
        return await read_profiles(self._page, person_ids)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. What was deleted or is blocked in it is left out."""
        question = [("uri", post.uri or post.original_id or post.id), ("depth", str(_BELOW))]
        await self._read_preferences()
        try:
            answer = await self._page("app.bsky.feed.getPostThread", [*question, ("parentHeight", str(_ABOVE))])
        except RequestRejected:
            if await self._is_gone(_uri(post)):
                raise PostDeleted("This post was deleted, or you may no longer see it.") from None
            raise
        if (part_of(answer, "thread") or {}).get("notFound") is True:
            raise PostDeleted("This post was deleted, or you may no longer see it.")
        await self._labelers.load_definitions()
        before, after = thread_places(part_of(answer, "thread") or {})
        below = sorted(await self._read(after), key=lambda each: each.at or _EVER)
        return Thread(tuple(await self._read(before)), tuple(below), relationships_in(answer))

    async def feeds(self) -> list[Feed]:
        """The saved feeds and lists, pinned ones first, then the lists that the user made and did not save."""
        saved = saved_of(await self._page("app.bsky.actor.getPreferences", []))
        found: dict[str, Feed] = {}
        feeds = [each.uri for each in saved if kind_of(each.uri) == "feed"]
        for start in range(0, len(feeds), _FEEDS):
            batch = [("feeds", uri) for uri in feeds[start : start + _FEEDS]]
            self._take_feeds(found, parts_of(await self._page("app.bsky.feed.getFeedGenerators", batch), "feeds"))
        own = [each for each in await self._own_lists() if is_timeline(each)]
        self._take_feeds(found, own)
        for uri in (each.uri for each in saved if kind_of(each.uri) == "list" and each.uri not in found):
            answer = await self._known_or_not("app.bsky.graph.getList", [("list", uri), ("limit", "1")])
            self._take_feeds(found, [part_of(answer, "list") or {}])
        ordered = [
            replace(found[each.uri], pinned=each.pinned) if each.uri in found else gone(each, self._account.key)
            for each in saved
        ]
        return [*ordered, *(each for uri, each in found.items() if uri not in {one.uri for one in saved})]

    def _take_feeds(self, found: dict[str, Feed], views: Iterable[Entity]) -> None:
        feeds = (feed_of(view, self._account.key, self._account.remote_id) for view in views)
        found |= {feed.id: feed for feed in feeds if feed is not None}

    async def _own_lists(self) -> list[Entity]:
        lists: list[Entity] = []
        cursor: str | None = None
        question = [("actor", self._account.remote_id), ("limit", str(_LIMIT))]
        for _ in range(_LIST_PAGES):
            answer = await self._page("app.bsky.graph.getLists", question, cursor)
            lists += parts_of(answer, "lists")
            cursor = _following(answer, cursor)
            if cursor is None:
                break
        return lists

    def feed_at(self, address: str) -> Feed | None:
        """A feed or list by its at:// address, which anybody may read."""
        kind = kind_of(address)
        return None if kind is None else Feed(self._account.key, address, kind, address)

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """A page of a custom feed or a list, in the order it has there."""
        kind = kind_of(feed_id)
        if kind is None:
            raise SourceError(f"{feed_id[:80]} is neither a feed nor a list of Bluesky.")
        await self._read_preferences()
        nsid, name = ("app.bsky.feed.getListFeed", "list") if kind == "list" else ("app.bsky.feed.getFeed", "feed")

        async def page(cursor: str | None) -> tuple[list[Entity], str | None]:
            answer = await self._page(nsid, [(name, feed_id), ("limit", str(_PAGE))], cursor)
            return parts_of(answer, "feed"), _following(answer, cursor)

        pages = self._feed_pages.setdefault(feed_id, SlicedReader(page, _key))
        try:
            places, following = await pages.read(cursor)
        except SourceError as error:
            raise explain_feed_error(error, feed_id, signed_in=await self._is_signed_in()) from None
        await self._labelers.load_definitions()
        posts = await self._read(places)
        return Page(
            tuple(await self._counted(posts)),
            following,
            served_at=self._client.server_time(),
            relationships=relationships_in(places),
        )

    async def _is_signed_in(self) -> bool:
        """Whether the account's own server still knows the sign-in: what refused then was somebody else."""
        try:
            await self._page("com.atproto.server.getSession", [])
        except SourceError:
            return False
        return True

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def _page(self, nsid: str, params: list[tuple[str, str]], cursor: str | None = None) -> Entity:
        answer = await self._client.get(nsid, params if cursor is None else [*params, ("cursor", cursor)])
        if not isinstance(answer, dict):
            raise SourceError(f"{self._account.server} answered {nsid} with something else than an object.")
        return answer

    async def _known_or_not(self, nsid: str, params: list[tuple[str, str]]) -> Entity:
        """An answer, or an empty one: what is refused for one batch stays not known."""
        try:
            return await self._page(nsid, params)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return {}

    async def _read(self, places: Iterable[Entity]) -> list[Post]:
        """Places in a timeline or a thread as posts, each once; one that cannot be read does not stop the others."""
        preferences = self._preferences or Preferences()
        posts: dict[str, Post] = {}
        now = datetime.now(UTC)
        async for place in unhurried(places):
            try:
                post = timeline_post_of(place, self._account.key, self._labelers.policy)
            except RecordError:
                continue
            posts.setdefault(post.id, preferences.apply_muted_words(post, is_followed(place), now))
        return list(posts.values())


def _batches(ids: Sequence[str], size: int, valid: Callable[[str], bool] = is_did) -> Iterator[Sequence[str]]:
    """As many at once as may be asked for. One that is not valid would have all of its batch rejected."""
    good = [each for each in ids if valid(each)]
    for start in range(0, len(good), size):
        yield good[start : start + size]


def _uri(post: Post) -> str:
    return post.uri or post.original_id or post.id


def _following(answer: Entity, cursor: str | None) -> str | None:
    """The cursor of the next page: none is the end, and so is the one that was just followed."""
    following = text_of(answer, "cursor")
    return following if following and following != cursor else None


def _key(entity: Entity) -> str:
    """What tells an entry of a stream from the others: the address of its record, or of its post and who reposted."""
    by = text_of(part_of(part_of(entity, "reason") or {}, "by") or {}, "did")
    uri = text_of(entity, "uri") or text_of(part_of(entity, "post") or {}, "uri")
    return f"{uri}#{by}" if by else uri

"""Queries of one account and its posts, shared by the signed-in source and the public view."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ...models.account import Account
from ...models.errors import TRANSIENT_ERRORS, PostDeleted, RecordError, SignInNeeded, SourceError, UnusableResponse
from ...models.pages import Thread
from ...models.person import Person
from ...models.post import Post
from ..entities import Entity, part_of, text_of
from ..http_errors import RequestRejected, ServerError
from ..slices import is_long, unhurried
from .batches import read_profiles
from .client import Client
from .labelers import Labelers
from .parse import thread_places, timeline_post_of
from .people import is_followed
from .preferences import Preferences, preferences_of
from .restrictions import relationships_in

_COUNTS_AGE = timedelta(hours=6)
_DETAILS = ("followers", "following", "posts", "counted_at", "links", "known_followers")
"""The fields of a Person that only full profiles have."""

_PREFERENCES_AGE = timedelta(minutes=10)
_ABOVE = 80
_BELOW = 10
_SMALLER = ("8", "1")
"""The items to request if a page is too large."""
EVER = datetime.min.replace(tzinfo=UTC)
"""Sorts before every post."""


class PostReader:
    """Reads posts with the counts of their authors. Without `signed_in` there are no preferences to read.

    Raises only SourceError.
    """

    def __init__(self, account: Account, client: Client, *, signed_in: bool) -> None:
        self.account = account
        self.client = client
        self.labelers = Labelers(client)
        self.preferences: Preferences | None = None
        self._signed_in = signed_in
        self._preferences_at = EVER
        self._asked: dict[str, tuple[datetime, Person | None]] = {}

    def forget_preferences(self) -> None:
        """Request the preferences again at the next use."""
        self._preferences_at = EVER

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Use stored counts, which need extra requests and change slowly."""
        for person in people:
            before = self._asked.get(person.id)
            if person.counted_at is not None and (before is None or before[0] < person.counted_at):
                self._asked[person.id] = (person.counted_at, person)

    async def read_preferences(self) -> None:
        """Refresh the user's mutes, hidden posts and subscriptions if they are old. On an error the old ones stay."""
        now = datetime.now(UTC)
        if not self._signed_in or now - self._preferences_at < _PREFERENCES_AGE:
            return
        try:
            response = await self.known_or_not("app.bsky.actor.getPreferences", [])
        except (ServerError, SignInNeeded):
            return
        self._preferences_at = now
        if response:
            self.preferences = preferences_of(response)
            await self.labelers.apply_preferences(response)

    async def counted(self, posts: Sequence[Post]) -> list[Post]:
        """Add counts and bios to the people of posts. Each profile is requested a few times a day at most."""
        now = datetime.now(UTC)
        people = {person.id for post in posts for person in (post.author, post.booster) if person is not None}
        unknown = sorted(each for each in people if each not in self._asked or now - self._asked[each][0] > _COUNTS_AGE)
        try:
            found = {person.id: person for person in await self.people(unknown)}
            self._asked |= {each: (now, found.get(each)) for each in unknown}
        except SourceError:
            # Posts without counts are still useful.
            pass
        return [
            replace(post, author=self._known(post.author), booster=post.booster and self._known(post.booster))
            for post in posts
        ]

    def _known(self, person: Person) -> Person:
        _, detailed = self._asked.get(person.id, (None, None))
        if detailed is None:
            return person
        counts = {name: getattr(detailed, name) for name in _DETAILS}
        # Timeline views omit a cleared name; the profile has an empty one.
        name = detailed.name if person.name is None else person.name
        return replace(person, name=name, bio=detailed.bio, **counts)

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Request current counts of people."""
        return await read_profiles(self.page, person_ids)

    async def thread(self, post: Post) -> Thread:
        """Request the conversation around a post, without deleted and blocked posts. Raises PostDeleted."""
        params = [("uri", post.uri or post.original_id or post.id), ("depth", str(_BELOW))]
        await self.read_preferences()
        try:
            response = await self.page("app.bsky.feed.getPostThread", [*params, ("parentHeight", str(_ABOVE))])
        except RequestRejected:
            if await self.is_gone(uri_of(post)):
                raise PostDeleted() from None
            raise
        if (part_of(response, "thread") or {}).get("notFound") is True:
            raise PostDeleted()
        await self.labelers.load_definitions()
        before, after = thread_places(part_of(response, "thread") or {})
        below = sorted(await self.read(after), key=lambda each: each.at or EVER)
        return Thread(tuple(await self.read(before)), tuple(below), relationships_in(response))

    async def is_gone(self, uri: str) -> bool:
        """Whether a post is deleted. A post behind a block is not."""
        try:
            response = await self.page("app.bsky.feed.getPostThread", [("uri", uri), ("depth", "0")])
        except RequestRejected as error:
            return "notfound" in error.words.replace(" ", "")
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return False
        return (part_of(response, "thread") or {}).get("notFound") is True

    async def page(self, nsid: str, params: list[tuple[str, str]], cursor: str | None = None) -> Entity:
        """The object that a query returns. If it is too large, fewer items are requested, so huge posts do not stop a
        sync.
        """
        whole = params if cursor is None else [*params, ("cursor", cursor)]
        response = await self._smaller(nsid, whole, _SMALLER)
        if not isinstance(response, dict):
            raise SourceError(f"{self.account.server} did not return an object for {nsid}.")
        return response

    async def _smaller(self, nsid: str, params: list[tuple[str, str]], smaller: Sequence[str]) -> object:
        try:
            return await self.client.get(nsid, params)
        except UnusableResponse as error:
            if error.problem != "too_large" or not smaller or all(name != "limit" for name, _ in params):
                raise
        fewer = [(name, smaller[0] if name == "limit" else value) for name, value in params]
        return await self._smaller(nsid, fewer, smaller[1:])

    async def known_or_not(self, nsid: str, params: list[tuple[str, str]]) -> Entity:
        """Like `page`, but a rejected request returns {}."""
        try:
            return await self.page(nsid, params)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return {}

    async def read(self, places: Iterable[Entity]) -> list[Post]:
        """Parse the posts of a timeline or thread, each once. Unreadable ones are left out."""
        preferences = self.preferences or Preferences()
        posts: dict[str, Post] = {}
        now = datetime.now(UTC)
        async for place in unhurried(places):
            try:
                if is_long(place):
                    post = await asyncio.to_thread(timeline_post_of, place, self.account.key, self.labelers.policy)
                else:
                    post = timeline_post_of(place, self.account.key, self.labelers.policy)
            except RecordError:
                continue
            posts.setdefault(post.id, preferences.apply_muted_words(post, is_followed(place), now))
        return list(posts.values())


def uri_of(post: Post) -> str:
    """The URI of a post's record; for a boost, the URI of the original."""
    return post.uri or post.original_id or post.id


def cursor_after(response: Entity, cursor: str | None) -> str | None:
    """The cursor of the next page; None at the end, and if the server repeats the same cursor."""
    following = text_of(response, "cursor")
    if following and following != cursor:
        return following
    return None


def key_of(entity: Entity) -> str:
    """Identifies an entry of a stream: the URI of its record, or the URI of its post and the reposter."""
    by = text_of(part_of(part_of(entity, "reason") or {}, "by") or {}, "did")
    uri = text_of(entity, "uri") or text_of(part_of(entity, "post") or {}, "uri")
    return f"{uri}#{by}" if by else uri

"""Queries of one account of the AT Protocol, and their posts: what a signed-in source and a public view share."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ...models.account import Account
from ...models.errors import TRANSIENT_ERRORS, PostDeleted, RecordError, SignInNeeded, SourceError
from ...models.person import Person
from ...models.post import Post
from ...models.source import Thread
from ..entities import Entity, part_of, text_of
from ..http_errors import RequestRejected, ServerError
from ..slices import unhurried
from .batches import read_profiles
from .client import Client
from .labelers import Labelers
from .parse import thread_places, timeline_post_of
from .people import is_followed
from .preferences import Preferences, preferences_of
from .restrictions import relationships_in

_COUNTS_AGE = timedelta(hours=6)
_PREFERENCES_AGE = timedelta(minutes=10)
_ABOVE = 80
_BELOW = 10
EVER = datetime.min.replace(tzinfo=UTC)
"""Before every post."""


class PostReader:
    """Reads posts with the counts of their authors. `signed_in` is False where the account has no preferences to read.

    Raises SourceError and nothing else.
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
        """Request the preferences again when they are needed next."""
        self._preferences_at = EVER

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Take up counts that are kept: the network tells them only to who asks, and they move slowly."""
        for person in people:
            before = self._asked.get(person.id)
            if person.counted_at is not None and (before is None or before[0] < person.counted_at):
                self._asked[person.id] = (person.counted_at, person)

    async def read_preferences(self) -> None:
        """What the user muted, hid and subscribed to, asked again after a while. What is refused stays as it was."""
        now = datetime.now(UTC)
        if not self._signed_in or now - self._preferences_at < _PREFERENCES_AGE:
            return
        try:
            answer = await self.known_or_not("app.bsky.actor.getPreferences", [])
        except (ServerError, SignInNeeded):
            return
        self._preferences_at = now
        if answer:
            self.preferences = preferences_of(answer)
            await self.labelers.apply_preferences(answer)

    async def counted(self, posts: Sequence[Post]) -> list[Post]:
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

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Fresh counts of people, with the present time."""
        return await read_profiles(self.page, person_ids)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. What was deleted or is blocked in it is left out."""
        question = [("uri", post.uri or post.original_id or post.id), ("depth", str(_BELOW))]
        await self.read_preferences()
        try:
            answer = await self.page("app.bsky.feed.getPostThread", [*question, ("parentHeight", str(_ABOVE))])
        except RequestRejected:
            if await self.is_gone(uri_of(post)):
                raise PostDeleted("This post was deleted, or you may no longer see it.") from None
            raise
        if (part_of(answer, "thread") or {}).get("notFound") is True:
            raise PostDeleted("This post was deleted, or you may no longer see it.")
        await self.labelers.load_definitions()
        before, after = thread_places(part_of(answer, "thread") or {})
        below = sorted(await self.read(after), key=lambda each: each.at or EVER)
        return Thread(tuple(await self.read(before)), tuple(below), relationships_in(answer))

    async def is_gone(self, uri: str) -> bool:
        """Whether a post is deleted; one of somebody who blocks the user, or whom the user blocks, is not."""
        try:
            answer = await self.page("app.bsky.feed.getPostThread", [("uri", uri), ("depth", "0")])
        except RequestRejected as error:
            return "notfound" in error.said.casefold().replace(" ", "")
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return False
        return (part_of(answer, "thread") or {}).get("notFound") is True

    async def page(self, nsid: str, params: list[tuple[str, str]], cursor: str | None = None) -> Entity:
        """The object that a query returns."""
        answer = await self.client.get(nsid, params if cursor is None else [*params, ("cursor", cursor)])
        if not isinstance(answer, dict):
            raise SourceError(f"{self.account.server} answered {nsid} with something else than an object.")
        return answer

    async def known_or_not(self, nsid: str, params: list[tuple[str, str]]) -> Entity:
        """An answer, or an empty one: what is refused for one batch stays not known."""
        try:
            return await self.page(nsid, params)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return {}

    async def read(self, places: Iterable[Entity]) -> list[Post]:
        """Places in a timeline or a thread as posts, each once; one that cannot be read does not stop the others."""
        preferences = self.preferences or Preferences()
        posts: dict[str, Post] = {}
        now = datetime.now(UTC)
        async for place in unhurried(places):
            try:
                post = timeline_post_of(place, self.account.key, self.labelers.policy)
            except RecordError:
                continue
            posts.setdefault(post.id, preferences.apply_muted_words(post, is_followed(place), now))
        return list(posts.values())


def uri_of(post: Post) -> str:
    """The address of the record of a post; a boost has that of the original."""
    return post.uri or post.original_id or post.id


def cursor_after(answer: Entity, cursor: str | None) -> str | None:
    """The cursor of the next page: none is the end, and so is the one that was just followed."""
    following = text_of(answer, "cursor")
    return following if following and following != cursor else None


def key_of(entity: Entity) -> str:
    """What tells an entry of a stream from the others: the address of its record, or of its post and who reposted."""
    by = text_of(part_of(part_of(entity, "reason") or {}, "by") or {}, "did")
    uri = text_of(entity, "uri") or text_of(part_of(entity, "post") or {}, "uri")
    return f"{uri}#{by}" if by else uri

"""Somebody's quiet timeline as the public sees it: a look at quietfeed without signing in. Read only, no token.

Built from https://docs.bsky.app/docs/api/app-bsky-graph-get-follows and the author feeds of those who are followed; a
public AppView tells neither notifications nor likes, so ties come from follows and from answers that are seen.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.errors import SourceError, UsageError
from ...models.person import Person
from ...models.post import Post
from ...models.source import InteractionPage, Page, Thread
from ...models.tie import FROM_YOU_COUNTS, Interaction, Relationship
from ..entities import Entity, part_of, parts_of, text_of, time_of
from ..public import read_followed
from .batches import read_relationships
from .client import Client, public_client
from .interactions import own_post_interactions
from .people import did_of, person_of
from .reader import PostReader
from .streams import read_stream

_FOLLOW_PAGES = 5
_POSTS = 20


async def look(handle: str, server: str = "") -> "PublicView":
    """The public view of a handle, on the public AppView or on `server`. Raises SourceError and UsageError."""
    wanted = handle.strip().removeprefix("@").lower()
    if not wanted:
        raise UsageError("Whose timeline? `quietfeed try ada.bsky.social` looks at one.")
    async with public_client(server) as client:
        profile = await client.get("app.bsky.actor.getProfile", [("actor", wanted)])
    person_id = text_of(profile, "did") if isinstance(profile, dict) else ""
    if not person_id:
        raise SourceError(f"There is nobody called {wanted} on Bluesky: check the handle.")
    account = Account("bluesky", client.server, text_of(profile, "handle") or wanted, person_id)
    # A client of its own: the screens run in another event loop than this question.
    return PublicView(account, public_client(server))


class PublicView:
    """What those wrote whom somebody follows, mutual follows first. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account = account
        self._client = client
        self._reader = PostReader(account, client, signed_in=False)
        self._feeds: list[Entity] | None = None
        self._follows: set[str] = set()
        self._followers: set[str] = set()

    @property
    def account(self) -> Account:
        """Whose timeline this is."""
        return self._account

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the public can read of an account."""
        return READS - {"moderation", "rechecks", "feeds"}

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Take stored counts of people."""
        self._reader.prime_cache(people)

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Fresh counts of people, with the present time."""
        return await self._reader.people(person_ids)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post."""
        return await self._reader.thread(post)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def timeline(self, cursor: str | None) -> Page:
        """All of it in one page: the newest posts of everybody who was asked for."""
        if cursor is not None:
            return Page((), None)
        places = [place for place in await self._places() if self._is_for_us(place)]
        posts = await self._reader.read(places)
        posts.sort(key=lambda post: post.at.timestamp() if post.at else 0.0, reverse=True)
        return Page(tuple(await self._reader.counted(posts)), None)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Who follows whom; where the server does not tell, by the lists that were read, which may end early."""
        told = {
            each.person_id: each
            for each in await read_relationships(self._reader.page, self._account.remote_id, person_ids)
        }
        return [
            told.get(each) or Relationship(each, each in self._follows, each in self._followers or None)
            for each in person_ids
        ]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Whom they answer in public, and who answers them in the feeds that were read."""
        own: list[tuple[str, str]] = [("actor", self._account.remote_id), ("filter", "posts_with_replies")]
        async for page in read_stream(
            self._reader,
            "statuses",
            "app.bsky.feed.getAuthorFeed",
            own,
            "feed",
            own_post_interactions,
            since.get("statuses"),
            FROM_YOU_COUNTS,
        ):
            yield page
        places = await self._places()
        # A name of its own: what these feeds do not show is not known, and no zero.
        found = tuple(one for place in places for one in _answers_to(place, self._account.remote_id))
        yield InteractionPage("seen answers", found, None)

    async def _places(self) -> list[Entity]:
        if self._feeds is None:
            follows = await self._list("app.bsky.graph.getFollows", "follows")
            self._follows = set(follows)
            self._followers = set(await self._list("app.bsky.graph.getFollowers", "followers"))
            self._feeds = await read_followed(follows, self._followers, self._feed)
        return self._feeds

    async def _list(self, nsid: str, field: str) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        for _ in range(_FOLLOW_PAGES):
            answer = await self._reader.page(nsid, [("actor", self._account.remote_id), ("limit", "100")], cursor)
            found += [did for each in parts_of(answer, field) if (did := text_of(each, "did"))]
            cursor = text_of(answer, "cursor") or None
            if cursor is None:
                break
        return found

    async def _feed(self, person_id: str) -> list[Entity]:
        params = [("actor", person_id), ("filter", "posts_with_replies"), ("limit", str(_POSTS))]
        return parts_of(await self._reader.known_or_not("app.bsky.feed.getAuthorFeed", params), "feed")

    def _is_for_us(self, place: Entity) -> bool:
        """A timeline of follows shows an answer only where both sides are followed, as the app does."""
        answered = did_of(_answered(place))
        return not answered or answered in self._follows or answered == self._account.remote_id


def _answered(place: Entity) -> str:
    record = part_of(part_of(place, "post") or {}, "record") or {}
    return text_of(part_of(part_of(record, "reply") or {}, "parent") or {}, "uri")


def _answers_to(place: Entity, own_id: str) -> Iterator[Interaction]:
    view = part_of(place, "post") or {}
    author, at, uri = part_of(view, "author") or {}, time_of(view, "indexedAt"), text_of(view, "uri")
    if at is not None and uri and did_of(_answered(place)) == own_id and text_of(author, "did") not in ("", own_id):
        yield Interaction(f"notification:{uri}", person_of(author), "reply", "to_you", at)

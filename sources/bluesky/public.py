"""The timeline of a handle from public data: a preview of quietfeed without a sign-in.

Built from https://docs.bsky.app/docs/api/app-bsky-graph-get-follows and the author feeds of the followed people. A
public AppView has neither notifications nor likes, so ties come from follows and visible replies.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from ...models.account import Account
from ...models.capability import PUBLIC_READS, Capability
from ...models.errors import RequestRejected, SourceError, UsageError
from ...models.pages import InteractionPage, Page, Thread
from ...models.person import Person
from ...models.post import Post
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
        raise UsageError("Whose timeline? For example `quietfeed try ada.bsky.social`.")
    profile: Entity = {}
    async with public_client(server) as client:
        try:
            answer = await client.get("app.bsky.actor.getProfile", [("actor", wanted)])
        except RequestRejected as error:
            if "not found" not in error.words and "valid did or" not in error.words:
                raise
        else:
            profile = answer if isinstance(answer, dict) else {}
    person_id = text_of(profile, "did")
    if not person_id:
        raise SourceError(f"There is no account {wanted} on Bluesky: check the handle.")
    account = Account("bluesky", client.server, text_of(profile, "handle") or wanted, person_id)
    # A new client, because the screens run in another event loop.
    return PublicView(account, public_client(server))


class PublicView:
    """The posts of the people that somebody follows, mutual follows first. Raises only SourceError."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account = account
        self._client = client
        self._reader = PostReader(account, client, signed_in=False)
        self._feeds: list[Entity] | None = None
        self._follows: set[str] = set()
        self._followers: set[str] = set()

    @property
    def account(self) -> Account:
        """The account that the timeline belongs to."""
        return self._account

    @property
    def capabilities(self) -> frozenset[Capability]:
        """The capabilities that need no sign-in."""
        return PUBLIC_READS

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Use the stored counts of people."""
        self._reader.prime_cache(people)

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Current counts of people, with the time of the request."""
        return await self._reader.people(person_ids)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post."""
        return await self._reader.thread(post)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def timeline(self, cursor: str | None) -> Page:
        """The whole timeline as one page: the newest posts of the followed people."""
        if cursor is not None:
            return Page((), None)
        places = [place for place in await self._places() if self._is_for_us(place)]
        posts = await self._reader.read(places)
        posts.sort(key=lambda post: post.at.timestamp() if post.at else 0.0, reverse=True)
        return Page(tuple(await self._reader.counted(posts)), None)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Request follows. If the server does not return them, use the public lists, which may be incomplete."""
        known = {
            each.person_id: each
            for each in await read_relationships(self._reader.page, self._account.remote_id, person_ids)
        }
        return [
            known.get(each) or Relationship(each, each in self._follows, each in self._followers or None)
            for each in person_ids
        ]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Public replies by the account, and replies to it in the feeds that were read."""
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
        # A separate stream without counts: interactions that are not seen here stay unknown.
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
            response = await self._reader.page(nsid, [("actor", self._account.remote_id), ("limit", "100")], cursor)
            found += [did for each in parts_of(response, field) if (did := text_of(each, "did"))]
            cursor = text_of(response, "cursor") or None
            if cursor is None:
                break
        return found

    async def _feed(self, person_id: str) -> list[Entity]:
        params = [("actor", person_id), ("filter", "posts_with_replies"), ("limit", str(_POSTS))]
        return parts_of(await self._reader.known_or_not("app.bsky.feed.getAuthorFeed", params), "feed")

    def _is_for_us(self, place: Entity) -> bool:
        """Like the app, show a reply only if both sides are followed."""
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

"""A signed-in account on any server that speaks Mastodon's client API, as a Source.

https://docs.joinmastodon.org/methods/timelines/#home and what GoToSocial, Pleroma, Akkoma, Pixelfed and snac do
differently: pages overlap, an empty last page is normal, limits are advice, relationships may answer fewer than asked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar
from urllib.parse import quote, urlsplit

from ...models.account import Account
from ...models.errors import RateLimited, RecordError, SignInNeeded, SourceError, Unreachable
from ...models.feed import Feed
from ...models.person import Person
from ...models.post import Post
from ...models.source import InteractionPage, Page, Thread
from ...models.tie import Interaction, Relationship
from ..entities import Entity, parts_of, text_of
from ..http import Http, RequestRejected, Response
from .interactions import (
    conversation_interactions,
    liked_interactions,
    notification_interactions,
    own_status_interactions,
)
from .parse import person_of, post_of, relationship_of

_LIMIT = 40
_PAGES_A_STREAM = 8
_ASKED_ALONE = 40
_AT_ONCE = 4
# What may be over later stops everything; what a server lacks or garbles only leaves that part not known.
TRANSIENT_ERRORS = (RateLimited, SignInNeeded, Unreachable)
_EVER = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")
Read = Callable[[Entity, str, str], Iterable[Interaction]]


class Mastodon:
    """One account's home timeline, ties and threads. Raises SourceError and nothing else."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account = account
        self._http = http
        self._host = urlsplit(account.server).netloc

    @property
    def account(self) -> Account:
        """Whose timeline this is."""
        return self._account

    def prime_cache(self, people: Iterable[Person]) -> None:
        """Every post here tells the counts of its author anew."""

    async def timeline(self, cursor: str | None) -> Page:
        """A page of the home timeline; the cursor is the address that the Link header gave, followed as it is."""
        if cursor is None:
            answer = await self._http.get("/api/v1/timelines/home", {"limit": _LIMIT})
        else:
            answer = await self._http.get(cursor)
        statuses = _list(answer, self._host)
        # Some servers send a page out of order.
        posts = sorted(self._posts(statuses), key=lambda post: post.at or _EVER, reverse=True)
        following = answer.links.get("next")
        return Page(tuple(posts), None if not statuses or following == cursor else following)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Who follows whom. Servers that answer only the first of a batch are asked for the others one by one."""
        found: dict[str, Relationship] = {}
        silent: list[str] = []
        for start in range(0, len(person_ids), _LIMIT):
            batch = person_ids[start : start + _LIMIT]
            answered = await self._relationships(batch)
            found |= answered or {}
            # A server that does not know the question is not asked it again.
            silent += [each for each in batch if answered is not None and each not in found]
        alone = silent[:_ASKED_ALONE]
        one_by_one = await _few_at_once(map(self._alone, alone))
        return [*found.values(), *(each for each in one_by_one if each is not None)]

    async def _alone(self, person_id: str) -> Relationship | None:
        answered = await self._relationships([person_id])
        # Who is gone is left out of the answer, and that is one too.
        return None if answered is None else answered.get(person_id, Relationship(person_id))

    async def _relationships(self, person_ids: Sequence[str]) -> dict[str, Relationship] | None:
        try:
            answer = await self._http.get("/api/v1/accounts/relationships", [("id[]", each) for each in person_ids])
            known = [relationship_of(each) for each in _list(answer, self._host)]
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return None
        return {each.person_id: each for each in known if each.person_id}

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """What passed between the user and others: notifications, own statuses, likes given, conversations."""
        # Likes come last: what a server lacks or fails at there is missed least.
        streams: tuple[tuple[str, str, Read], ...] = (
            ("notifications", "/api/v1/notifications", notification_interactions),
            ("statuses", f"/api/v1/accounts/{self._account.id}/statuses", own_status_interactions),
            ("conversations", "/api/v1/conversations", conversation_interactions),
            ("favourites", "/api/v1/favourites", liked_interactions),
        )
        for name, path, read in streams:
            async for page in self._stream(name, path, read, since.get(name)):
                yield page

    async def _stream(self, name: str, path: str, read: Read, since: str | None) -> AsyncIterator[InteractionPage]:
        """One stream, newest first, until what was seen last time; how far it got is said with its last page only.

        Conversations come back with every new message under the id they had, so they are read from the top each time.
        """
        newest: str | None = None
        address: str | None = None
        for _ in range(_PAGES_A_STREAM):
            try:
                answer = await (self._http.get(address) if address else self._http.get(path, {"limit": _LIMIT}))
                entities = _list(answer, self._host)
            except TRANSIENT_ERRORS:
                raise
            except SourceError:
                # Not every server has every stream; what it does not have stays not known.
                return
            ids = [text_of(each, "id") for each in entities]
            newest = newest or (ids[0] if ids else since or "none")
            found = tuple(one for each in entities for one in read(each, self._account.id, self._host))
            address = answer.links.get("next")
            met = since in ids and name != "conversations"
            if met or not entities or address is None:
                yield InteractionPage(name, found, newest)
                return
            yield InteractionPage(name, found, None)
        yield InteractionPage(name, (), newest)

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Fresh counts of people, one request each: the caller asks for few."""
        found = await _few_at_once(self._person(each) for each in person_ids)
        return [person for person in found if person is not None]

    async def _person(self, person_id: str) -> Person | None:
        try:
            answer = await self._http.get(f"/api/v1/accounts/{quote(person_id, safe='')}")
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return None
        return person_of(answer.value, self._host) if isinstance(answer.value, dict) else None

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post."""
        answer = await self._http.get(f"/api/v1/statuses/{quote(post.original_id or post.id, safe='')}/context")
        context: Entity = answer.value if isinstance(answer.value, dict) else {}
        before = self._posts(parts_of(context, "ancestors"))
        return Thread(tuple(before), tuple(self._posts(parts_of(context, "descendants"))))

    async def feeds(self) -> list[Feed]:
        """The lists, and the hashtags that are followed; a server that knows neither has none."""
        lists = await self._known_list("/api/v1/lists")
        tags = await self._known_list("/api/v1/followed_tags")
        key = self._account.key
        found = [Feed(key, f"list:{text_of(each, 'id')}", "list", text_of(each, "title") or text_of(each, "id"))
                 for each in lists if text_of(each, "id")]  # fmt: skip
        names = (text_of(each, "name") for each in tags)
        return found + [Feed(key, f"tag:{name}", "hashtag", f"#{name}") for name in names if name]

    async def _known_list(self, path: str) -> list[Entity]:
        try:
            return _list(await self._http.get(path), self._host)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return []

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """A page of a list or of a hashtag, newest first; the cursor is the address that the Link header gave."""
        kind, _, name = feed_id.partition(":")
        if kind not in ("list", "tag") or not name:
            raise SourceError(f"{feed_id[:80]} is neither a list nor a hashtag of {self._host}.")
        try:
            path = cursor or f"/api/v1/timelines/{kind}/{quote(name, safe='')}"
            answer = await self._http.get(path, None if cursor else {"limit": _LIMIT})
        except RequestRejected as error:
            if error.status == 404:
                what = "This list is gone" if kind == "list" else f"{self._host} does not show this hashtag"
                raise SourceError(f"{what}: nothing else is touched by it.") from None
            raise
        statuses = _list(answer, self._host)
        following = answer.links.get("next")
        return Page(tuple(self._posts(statuses)), None if not statuses or following == cursor else following)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()

    def _posts(self, statuses: Sequence[Entity]) -> list[Post]:
        """Statuses as posts, each once, newest first as they came; one that cannot be read does not stop the others."""
        posts: dict[str, Post] = {}
        for status in statuses:
            try:
                post = post_of(status, self._account.key, self._host)
            except RecordError:
                continue
            posts.setdefault(post.id, post)
        return list(posts.values())


def _list(answer: Response, host: str) -> list[Entity]:
    if answer.value is None:
        return []
    if not isinstance(answer.value, list):
        raise SourceError(f"{host} answered with something else than a list: is it a Mastodon server?")
    return [each for each in answer.value if isinstance(each, dict)]


async def _few_at_once(calls: Iterable[Awaitable[T]]) -> list[T]:
    """The results of calls in their order, a few under way at any time. Raises what the first of them raised."""
    waiting = iter(calls)
    results: list[T] = []
    while batch := list(islice(waiting, _AT_ONCE)):
        for result in await asyncio.gather(*batch, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            results.append(result)
    return results

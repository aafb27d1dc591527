"""A signed-in account on any server that speaks Mastodon's client API, as a Source.

https://docs.joinmastodon.org/methods/timelines/#home and what GoToSocial, Pleroma, Akkoma, Pixelfed and snac do
differently: pages overlap, an empty last page is normal, limits are advice, relationships may answer fewer than asked.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.compose import ComposeRules
from ...models.draft import Pointer
from ...models.errors import TRANSIENT_ERRORS, PermissionMissing, SourceError
from ...models.feed import Feed
from ...models.person import Person
from ...models.post import Post
from ...models.server_filter import ServerFilter
from ...models.source import InteractionPage, Page, Recheck, Restrictions, Thread
from ...models.tie import DIRECT_COUNTS, FROM_YOU_COUNTS, LIKE_COUNTS, TO_YOU_COUNTS, Relationship
from ...models.translation import Translation
from ..entities import EARLIEST, Entity, text_of
from ..http import Http
from ..http_errors import RequestRejected
from .compose import MastodonComposer
from .interactions import (
    conversation_interactions,
    liked_interactions,
    likes_in,
    notification_interactions,
    own_status_interactions,
)
from .paging import Pages, ask, entities_in
from .parse import person_of, relationship_of
from .personal import find_person, read_follow_requests, read_note, translate
from .reader import Read, StatusReader
from .restrictions import read_filters, read_restrictions
from .write import MastodonWriter

CAPABILITIES = READS - {"count_cache"}
_HOME = "/api/v1/timelines/home"
_LIMIT = 40
_ASKED_ALONE = 40
_AT_ONCE = 4

T = TypeVar("T")


class Mastodon:
    """One account's home timeline, ties and threads. Raises SourceError and nothing else."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account = account
        self._http = http
        self._reader = StatusReader(account, http)
        self._host = self._reader.host
        self._pages, self._feed_pages = Pages(http), Pages(http)
        self._composer = MastodonComposer(account, http, self._host)
        self._writer = MastodonWriter(http, self._composer)

    @property
    def account(self) -> Account:
        """Whose timeline this is."""
        return self._account

    @property
    def writer(self) -> MastodonWriter:
        """What sends the actions of the account."""
        return self._writer

    async def compose_rules(self) -> ComposeRules:
        """What the server accepts in a post."""
        return await self._composer.compose_rules()

    async def written_text(self, post: Pointer) -> tuple[str, str]:
        """The text and the warning of an own status, as they were written."""
        return await self._composer.text_of(post.post_id)

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The permissions for whose want something was refused so far, each once."""
        return tuple(self._http.lacking.values())

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything that can be read. Posts carry the counts of their authors, so none are cached."""
        return CAPABILITIES

    async def timeline(self, cursor: str | None) -> Page:
        """A page of the home timeline; the cursor is the address that the Link header gave, followed as it is."""
        statuses, next_page, complete = await self._pages.read(_HOME, cursor)
        # Some servers send a page out of order.
        posts = sorted(await self._reader.read(statuses), key=lambda post: post.at or EARLIEST, reverse=True)
        liked = tuple(likes_in(statuses, self._account.remote_id, self._host))
        return Page(tuple(posts), next_page, complete, self._http.server_time(), interactions=liked)

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Which of these are gone, and how the others read now. Raises what stops all questions for now."""
        before = {post.id: post for post in posts}
        found, gone = await self._reader.checker.check(list(before), present.id)
        fresh = await self._reader.read(found)
        # Some servers tell only the home timeline which filters matched.
        updated = [
            replace(post, server_filters=old.server_filters, server_hides=old.server_hides)
            for post in fresh
            if (old := before.get(post.id)) is not None
        ]
        return Recheck(tuple(updated), tuple(gone))

    async def restrictions(self, pages: int) -> Restrictions:
        """Whom the user blocks and mutes, and which servers they block."""
        return await read_restrictions(self._http, pages)

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The filters for the home timeline."""
        return await read_filters(self._http)

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
        if answered is None:
            return None
        return answered.get(person_id, Relationship(person_id))

    async def _relationships(self, person_ids: Sequence[str]) -> dict[str, Relationship] | None:
        try:
            answer = await ask(self._http, "/api/v1/accounts/relationships", [("id[]", each) for each in person_ids])
            known = [relationship_of(each) for each in entities_in(answer, self._host)]
        except (*TRANSIENT_ERRORS, PermissionMissing):
            raise
        except SourceError:
            return None
        return {each.person_id: each for each in known if each.person_id}

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """What passed between the user and others: notifications, own statuses, likes given, conversations."""
        # Likes come last: what a server lacks or fails at there is missed least.
        streams: tuple[tuple[str, str, Read, tuple[str, ...]], ...] = (
            ("notifications", "/api/v1/notifications", notification_interactions, TO_YOU_COUNTS),
            (
                "statuses",
                f"/api/v1/accounts/{self._account.remote_id}/statuses",
                own_status_interactions,
                FROM_YOU_COUNTS,
            ),
            ("conversations", "/api/v1/conversations", conversation_interactions, DIRECT_COUNTS),
            ("favourites", "/api/v1/favourites", liked_interactions, LIKE_COUNTS),
        )
        missing: list[PermissionMissing] = []
        for name, path, read, counts in streams:
            try:
                async for page in self._reader.stream(name, path, read, since.get(name), counts):
                    yield page
            except PermissionMissing as error:
                # The other streams are read; what this one would tell stays unknown, which hides nobody.
                missing.append(error)
        if missing:
            raise missing[0]

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
        if isinstance(answer.value, dict):
            return person_of(answer.value, self._host)
        return None

    async def find_person(self, handle: str) -> Person | None:
        """Request the person with this whole handle."""
        return await find_person(self._http, self._host, handle)

    async def note_on(self, person_id: str) -> str:
        """The user's private note on a person."""
        return await read_note(self._http, person_id)

    async def follow_requests(self) -> list[Person]:
        """The people who ask to follow the user."""
        return await read_follow_requests(self._http, self._host)

    async def translate(self, post: Post, language: str) -> Translation:
        """A translation of a post by the server."""
        return await translate(self._http, post, language)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Raises PostDeleted where the post is gone."""
        return await self._reader.thread(post)

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
            return entities_in(await ask(self._http, path), self._host)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return []

    def feed_at(self, address: str) -> Feed | None:
        """Lists and hashtags have no address that another account could read."""
        del address
        return None

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """A page of a list or of a hashtag, newest first; the cursor is the address that the Link header gave."""
        kind, _, name = feed_id.partition(":")
        if kind not in ("list", "tag") or not name:
            raise SourceError(f"{feed_id[:80]} is neither a list nor a hashtag of {self._host}.")
        try:
            path = f"/api/v1/timelines/{kind}/{quote(name, safe='')}"
            statuses, next_page, complete = await self._feed_pages.read(path, cursor)
        except RequestRejected as error:
            if error.status == 404:
                if kind == "list":
                    what = "This list is gone"
                else:
                    what = f"{self._host} does not show this hashtag"
                raise SourceError(f"{what}: nothing else is touched by it.") from None
            raise
        return Page(tuple(await self._reader.read(statuses)), next_page, complete, self._http.server_time())

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


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

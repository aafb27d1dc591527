"""The Source of a signed-in account on any server with Mastodon's client API.

https://docs.joinmastodon.org/methods/timelines/#home. GoToSocial, Pleroma, Akkoma, Pixelfed and snac differ from it:
pages may overlap, the last page may be empty, `limit` may be ignored, and some requested relationships may be missing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.draft import Pointer
from ...models.errors import TRANSIENT_ERRORS, PermissionMissing, SourceError
from ...models.feed import Feed
from ...models.pages import InteractionPage, Page, Recheck, Restrictions, ServerList, Thread
from ...models.person import KnownFollowers, Person
from ...models.post import Post
from ...models.server_filter import ServerFilter
from ...models.tie import DIRECT_COUNTS, FROM_YOU_COUNTS, LIKE_COUNTS, TO_YOU_COUNTS, Relationship
from ..entities import EARLIEST
from ..http import Http
from .interactions import (
    conversation_interactions,
    liked_interactions,
    likes_in,
    notification_interactions,
    own_status_interactions,
)
from .paging import Pages, ask, entities_in
from .people import person_of, relationship_of
from .reader import Read, StatusReader
from .restrictions import read_filters, read_restrictions

# Imported when they are first used, because a sync does not need them.
if TYPE_CHECKING:
    from ...models.compose import ComposeRules
    from ...models.translation import Translation
    from .compose import MastodonComposer
    from .write import MastodonWriter

CAPABILITIES = READS - {"count_cache"}
_HOME = "/api/v1/timelines/home"
_LIMIT = 40
_MAX_SINGLE = 40
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

    @property
    def account(self) -> Account:
        """The account that the timeline belongs to."""
        return self._account

    @cached_property
    def _composer(self) -> "MastodonComposer":
        # Imported at the first write, so that the first page of a timeline does not wait for it.
        from .compose import MastodonComposer

        return MastodonComposer(self._account, self._http, self._host)

    @cached_property
    def writer(self) -> "MastodonWriter":
        """Sends the account's actions."""
        from .write import MastodonWriter

        return MastodonWriter(self._http, self._composer)

    async def compose_rules(self) -> "ComposeRules":
        """The server's rules for posts."""
        return await self._composer.compose_rules()

    async def written_text(self, post: Pointer) -> tuple[str, str]:
        """The text and the warning of one of the user's statuses, as they were written."""
        from .sent import written_text

        return await written_text(self._http, post.post_id)

    @property
    def lacking(self) -> Sequence[PermissionMissing]:
        """The missing permissions that have caused a rejection, each once."""
        return tuple(self._http.lacking.values())

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Every read capability except `count_cache`: posts include the counts of their authors."""
        return CAPABILITIES

    async def timeline(self, cursor: str | None) -> Page:
        """Read a page of the home timeline. The cursor is the address from the Link header."""
        statuses, next_page, complete = await self._pages.read(_HOME, cursor)
        # Some servers send a page out of order.
        posts = sorted(await self._reader.read(statuses), key=lambda post: post.at or EARLIEST, reverse=True)
        liked = tuple(likes_in(statuses, self._account.remote_id, self._host))
        return Page(tuple(posts), next_page, complete, self._http.server_time(), interactions=liked)

    async def recheck(self, posts: Sequence[Post], present: Post) -> Recheck:
        """Find deleted posts and request the others again. Raises TRANSIENT_ERRORS."""
        before = {post.id: post for post in posts}
        found, gone, left = await self._reader.checker.check(list(before), present.id)
        fresh = await self._reader.read(found)
        # Some servers report matched filters only in the home timeline.
        updated = [
            replace(post, server_filters=old.server_filters, server_hides=old.server_hides)
            for post in fresh
            if (old := before.get(post.id)) is not None
        ]
        return Recheck(tuple(updated), tuple(gone), tuple(left))

    async def restrictions(self, pages: int) -> Restrictions:
        """The people that the user blocks and mutes, and the servers that they block."""
        return await read_restrictions(self._http, pages)

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """The filters for the home timeline."""
        return await read_filters(self._http)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Request follows, blocks and mutes. People missing from a batch's response are requested one by one."""
        found: dict[str, Relationship] = {}
        missing: list[str] = []
        for start in range(0, len(person_ids), _LIMIT):
            batch = person_ids[start : start + _LIMIT]
            known = await self._relationships(batch)
            found |= known or {}
            # None means that the server does not support the request, so it is not repeated.
            missing += [each for each in batch if known is not None and each not in found]
        one_by_one = await _few_at_once(map(self._relationship, missing[:_MAX_SINGLE]))
        return [*found.values(), *(each for each in one_by_one if each is not None)]

    async def _relationship(self, person_id: str) -> Relationship | None:
        known = await self._relationships([person_id])
        if known is None:
            return None
        # Servers leave out deleted accounts: there was a response, but their relationship is unknown.
        return known.get(person_id, Relationship(person_id))

    async def _relationships(self, person_ids: Sequence[str]) -> dict[str, Relationship] | None:
        try:
            response = await ask(self._http, "/api/v1/accounts/relationships", [("id[]", each) for each in person_ids])
            known = [relationship_of(each) for each in entities_in(response, self._host)]
        except (*TRANSIENT_ERRORS, PermissionMissing):
            raise
        except SourceError:
            return None
        return {each.person_id: each for each in known if each.person_id}

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Read interactions: notifications, the user's statuses, conversations, likes by the user."""
        # Likes come last, because they are the least important if a server fails.
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
                # Continue with the other streams. This one stays unknown, which hides nobody.
                missing.append(error)
        if missing:
            raise missing[0]

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """Request current counts of people, with one request each, so pass only a few."""
        found = await _few_at_once(self._person(each) for each in person_ids)
        return [person for person in found if person is not None]

    async def _person(self, person_id: str) -> Person | None:
        try:
            response = await self._http.get(f"/api/v1/accounts/{quote(person_id, safe='')}")
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            return None
        if isinstance(response.value, dict):
            return person_of(response.value, self._host)
        return None

    async def known_followers(self, person_ids: Sequence[str]) -> dict[str, KnownFollowers] | None:
        """The people the user follows among the followers of others."""
        from .personal import read_known_followers

        return await read_known_followers(self._http, person_ids)

    async def find_person(self, handle: str) -> Person | None:
        """Find the person with this full handle."""
        from .personal import find_person

        return await find_person(self._http, self._host, handle)

    async def note_on(self, person_id: str) -> str:
        """The user's private note on a person."""
        from .personal import read_note

        return await read_note(self._http, person_id)

    async def follow_requests(self) -> list[Person]:
        """The people who requested to follow the user."""
        from .personal import read_follow_requests

        return await read_follow_requests(self._http, self._host)

    async def find_list(self, name: str, list_id: str) -> ServerList | None:
        """The user's list with this id, or with this name if the id is ""."""
        from .lists import find_list

        return await find_list(self._http, name, list_id)

    async def unlisted(self, person_ids: Sequence[str]) -> frozenset[str]:
        """Nobody: lists are private here."""
        del person_ids
        return frozenset()

    async def translate(self, post: Post, language: str) -> "Translation":
        """A translation of a post by the server."""
        from .personal import translate

        return await translate(self._http, post, language)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Raises PostDeleted if the post is deleted."""
        return await self._reader.thread(post)

    async def feeds(self) -> list[Feed]:
        """The user's lists and followed hashtags; empty if the server supports neither."""
        from .feeds import read_feeds

        return await read_feeds(self._http, self._account.key)

    def feed_at(self, address: str) -> Feed | None:
        """None, because lists and hashtags have no public address."""
        del address
        return None

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """Read a page of a list or hashtag, newest first. The cursor is the address from the Link header."""
        from .feeds import read_feed

        return await read_feed(self._http, self._feed_pages, self._reader, feed_id, cursor)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()


async def _few_at_once(calls: Iterable[Awaitable[T]]) -> list[T]:
    """Await calls in batches and return their results in order. Raises the first error."""
    waiting = iter(calls)
    results: list[T] = []
    while batch := list(islice(waiting, _AT_ONCE)):
        for result in await asyncio.gather(*batch, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            results.append(result)
    return results

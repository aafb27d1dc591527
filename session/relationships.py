"""The requests of one sync about people: new people, those with changed evidence, and everybody again within a day.

docs/ties.md lists the maximum age of each piece of evidence.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from ..models.errors import PermissionMissing, SourceError
from ..models.pages import Page
from ..models.post import Post
from ..models.source import KnownFollowersSource, ModerationSource, ProfileSource, TieSource
from ..models.tie import Relationship
from ..models.view import PostKey, Progress
from ..store.archive import Archive
from .ingest import (
    store_filters,
    store_interaction_page,
    store_interactions,
    store_known_followers,
    store_received_relationships,
    store_relationships,
    store_restrictions,
)

Report = Callable[[Progress], None]

RELATIONSHIPS_AGE = timedelta(days=1)
"""Older relationships are requested again, also those of people without new posts."""

UNLISTED_AGE = timedelta(hours=1)
"""The same on a server without follow counts (snac), where nothing else in its responses shows a change."""

RESTRICTIONS_AGE = timedelta(days=1)
"""Blocks and mutes are read completely this often; each sync reads their first page."""

KNOWN_FOLLOWERS_AGE = timedelta(days=7)
"""Known followers of strangers are requested again this often, 40 people a sync."""

_KNOWN_FOLLOWERS_PER_SYNC = 40
_REFRESHED_PER_SYNC = 400
_PENDING_PER_SYNC = 200
_FIRST_PAGE, _ALL_PAGES = 1, 50


class RelationshipReader:
    """Requests data about people during one sync, each person at most once."""

    def __init__(self, source: TieSource, archive: Archive, now: datetime) -> None:
        self._source, self._archive, self._now = source, archive, now
        self._account = source.account.key
        self._done: set[str] = {source.account.remote_id, ""}
        self._counts_follows = True
        self.failure: SourceError | None = None
        """The error of a relationship request. Posts are still fetched, but the request is not repeated for each
        page.
        """

    async def read_posts(self, posts: Iterable[Post], included: Iterable[Relationship] = ()) -> None:
        """Store the relationships included in a response, and request the others. Raises SourceError."""
        self._store_included(included)
        self._done.update(await self._read_stale(posts))

    async def read_page(self, page: Page, new: Collection[PostKey]) -> None:
        """Store the relationships included in a page of the home timeline, and request the others.

        A new post there suggests that the user follows its author or its booster. If that contradicts the stored
        relationship, it is requested again: a followed hashtag brings strangers.
        """
        self._store_included(page.relationships)
        store_interactions(self._archive, self._account, page.interactions, "favourites")
        if self.failure is not None:
            return
        arrived = set(new)
        senders = {(post.booster or post.author).id for post in page.posts if post.key in arrived}
        try:
            self._done.update(await self._read_stale(page.posts))
            await self.request_again(
                self._archive.relationships.not_followed(self._account, sorted(senders - self._done))
            )
        except SourceError as error:
            self.failure = error

    def _store_included(self, relationships: Iterable[Relationship]) -> None:
        new = [each for each in relationships if each.person_id not in self._done]
        self._done.update(store_received_relationships(self._archive, self._account, new, self._now))

    async def _read_stale(self, posts: Iterable[Post]) -> Sequence[str]:
        """Request the outdated relationships of the people of these posts. Returns their ids. Raises SourceError."""
        people = {person.id for post in posts for person in (post.author, post.booster) if person is not None}
        before = self._now - RELATIONSHIPS_AGE
        stale = self._archive.ties.stale(self._account, sorted(people - self._done), before)
        if not stale:
            return ()
        try:
            found = await self._source.relationships(stale)
        except PermissionMissing:
            # No request was sent, so this is not a missing response.
            raise
        except SourceError:
            self._archive.ties.record_no_answer(self._account, self._now)
            raise
        if found:
            store_relationships(self._archive, self._account, found, self._now)
        else:
            self._archive.ties.record_no_answer(self._account, self._now)
        return stale

    async def request_again(self, person_ids: Iterable[str]) -> None:
        """Request the relationships of these people, whatever is stored. Raises SourceError."""
        wanted = [each for each in dict.fromkeys(person_ids) if each not in self._done]
        if wanted:
            self._done.update(wanted)
            found = await self._source.relationships(wanted)
            store_relationships(self._archive, self._account, found, self._now)

    async def read_interactions(self, report: Report) -> None:
        """Read the new interactions between the user and others. Raises SourceError.

        The relationships of people with new interactions are requested again, except those of mutual follows.
        """
        ties = self._archive.ties
        seen = 0
        changed: list[str] = []
        missing: PermissionMissing | None = None
        report(Progress(self._account, "contacts"))
        try:
            async for page in self._source.interactions(ties.streams(self._account)):
                seen += len(page.interactions)
                new = store_interaction_page(self._archive, self._account, page)
                self._store_included(page.relationships)
                changed += [each.person.id for each in new]
                if page.relationships_lost:
                    self._archive.relationships.request_again(self._account)
                report(Progress(self._account, "contacts", seen))
        except PermissionMissing as error:
            # All other streams were read; the counts of this one stay unknown.
            missing = error
        except SourceError:
            ties.interactions_missing(self._account, self._now)
            raise
        ties.interactions_synced(self._account)
        await self.request_again(self._archive.relationships.not_mutual(self._account, changed))
        if missing is not None:
            raise missing

    async def request_pending(self) -> None:
        """Request the unknown relationships of people with stored posts. Raises SourceError."""
        pending = self._archive.ties.never_requested(self._account, _PENDING_PER_SYNC)
        await self.request_again(pending)

    async def refresh(self) -> None:
        """Request the relationships older than a day of people with stored posts or a tie. Raises SourceError."""
        age = UNLISTED_AGE
        if self._counts_follows:
            age = RELATIONSHIPS_AGE
        outdated = self._archive.relationships.outdated(self._account, self._now - age, _REFRESHED_PER_SYNC)
        await self.request_again(outdated)

    async def read_restrictions(self, source: ModerationSource) -> None:
        """Read the people the user blocks and mutes: the first page each time, all daily. Raises SourceError."""
        state = f"restrictions_read:{self._account}"
        due = True
        with suppress(ValueError, TypeError):
            read_at = datetime.fromisoformat(str(self._archive.get_state(state)))
            due = self._now - read_at >= RESTRICTIONS_AGE
        pages = _FIRST_PAGE
        if due:
            pages = _ALL_PAGES
        found = await source.restrictions(pages)
        missing = store_restrictions(self._archive, self._account, found)
        if due:
            self._archive.set_state(**{state: self._now.isoformat()})
        await self.request_again(missing)

    async def read_own_counts(self, source: ProfileSource) -> None:
        """Mark all relationships as outdated when the user's own follow counts changed. Raises SourceError.

        Servers do not report who stopped following, or whom the user unfollowed in another client.
        """
        state = f"own_counts:{self._account}"
        for me in await source.people([self._source.account.remote_id]):
            self._counts_follows = me.following is not None
            if me.following is None or me.followers is None:
                continue
            stored = self._archive.get_state(state)
            self._archive.set_state(**{state: f"{me.following} {me.followers}"})
            if not isinstance(stored, str):
                continue
            following, followers = -1, -1
            with suppress(ValueError):
                following, followers = map(int, stored.split())
            if me.following != following or me.followers < followers:
                self._archive.relationships.request_again(self._account)

    async def read_known_followers(self, source: KnownFollowersSource) -> list[PostKey]:
        """Request the known followers of the strangers in recent posts. Raises SourceError.

        Returns the posts of strangers with known followers. A server without this endpoint is tried again after a week.
        """
        state = f"no_known_followers:{self._account}"
        with suppress(ValueError, TypeError):
            if self._now - datetime.fromisoformat(str(self._archive.get_state(state))) < KNOWN_FOLLOWERS_AGE:
                return []
        before = self._now - KNOWN_FOLLOWERS_AGE
        wanted = self._archive.people.without_known_followers(self._account, before, _KNOWN_FOLLOWERS_PER_SYNC)
        if not wanted:
            return []
        found = await source.known_followers(wanted)
        if found is None:
            self._archive.set_state(**{state: self._now.isoformat()})
            return []
        return store_known_followers(self._archive, self._account, found, self._now)

    async def read_filters(self, source: ModerationSource) -> None:
        """Read the user's filters on the server. Raises SourceError."""
        filters = await source.filters()
        if filters is None:
            return
        store_filters(self._archive, self._account, filters)

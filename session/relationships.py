"""What one sync asks about people: new people, people whose evidence changed, and everybody again within a day.

docs/ties.md lists how old each piece of evidence may get.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from ..models.errors import PermissionMissing, SourceError
from ..models.post import Post
from ..models.server_filter import changed_titles
from ..models.source import ModerationSource, Page, ProfileSource, TieSource
from ..models.tie import Relationship
from ..models.view import PostKey, Progress
from ..store.archive import Archive
from ..store.server_filters import read_filters as stored_filters
from ..store.server_filters import save_filters
from .ingest import store_people

Report = Callable[[Progress], None]

RELATIONSHIPS_AGE = timedelta(days=1)
"""A relationship older than this is asked for again, also of people of whom no new post comes."""

UNLISTED_AGE = timedelta(hours=1)
"""The same on a server that counts nobody's follows (snac): no other answer of it says that something changed."""

RESTRICTIONS_AGE = timedelta(days=1)
"""Blocks and mutes are read to their end this often; each sync reads their first page."""

_REFRESHED_PER_SYNC = 400
_PENDING_PER_SYNC = 200
_FIRST_PAGE, _ALL_PAGES = 1, 50


class RelationshipReader:
    """Asks a source about people during one sync, and nobody twice."""

    def __init__(self, source: TieSource, archive: Archive, now: datetime) -> None:
        self._source, self._archive, self._now = source, archive, now
        self._account = source.account.key
        self._done: set[str] = {source.account.remote_id, ""}
        self._counts_follows = True
        self.failure: SourceError | None = None
        """Why the server did not answer. It gives posts all the same, and is not asked again with each page."""

    async def read_posts(self, posts: Iterable[Post], told: Iterable[Relationship] = ()) -> None:
        """Keep what an answer says about its people, and ask about the others. Raises SourceError."""
        self._keep_told(told)
        self._done.update(await self._read_stale(posts))

    async def read_page(self, page: Page, new: Collection[PostKey]) -> None:
        """Keep what a page of the home timeline says about its people, and ask about the others.

        A new post there says that its author, or whoever boosted it, is followed. Where that contradicts what is
        stored, they are asked about again: a followed hashtag brings strangers.
        """
        self._keep_told(page.relationships)
        self._archive.ties.keep_interactions(self._account, page.interactions, "favourites", None)
        if self.failure is not None:
            return
        arrived = set(new)
        senders = {(post.booster or post.author).id for post in page.posts if post.key in arrived}
        try:
            self._done.update(await self._read_stale(page.posts))
            await self.ask_again(self._archive.relationships.not_followed(self._account, sorted(senders - self._done)))
        except SourceError as error:
            self.failure = error

    def _keep_told(self, relationships: Iterable[Relationship]) -> None:
        told = [each for each in relationships if each.person_id not in self._done]
        complete = [each for each in told if each.is_complete]
        self._archive.ties.keep_relationships(self._account, complete, self._now)
        self._archive.relationships.keep_partial(self._account, [each for each in told if not each.is_complete])
        self._done.update(each.person_id for each in complete)

    async def _read_stale(self, posts: Iterable[Post]) -> Sequence[str]:
        """Ask about the people of these posts who were not asked about lately; their ids. Raises SourceError."""
        people = {person.id for post in posts for person in (post.author, post.booster) if person is not None}
        before = self._now - RELATIONSHIPS_AGE
        asked = self._archive.ties.stale(self._account, sorted(people - self._done), before)
        if not asked:
            return ()
        try:
            answered = await self._source.relationships(asked)
        except PermissionMissing:
            # The server was not asked: that is no silence of it.
            raise
        except SourceError:
            self._archive.ties.record_no_answer(self._account, self._now)
            raise
        if answered:
            self._archive.ties.keep_relationships(self._account, answered, self._now)
        else:
            self._archive.ties.record_no_answer(self._account, self._now)
        return asked

    async def ask_again(self, person_ids: Iterable[str]) -> None:
        """Ask about people whatever is stored. Raises SourceError."""
        wanted = [each for each in dict.fromkeys(person_ids) if each not in self._done]
        if wanted:
            self._done.update(wanted)
            answered = await self._source.relationships(wanted)
            self._archive.ties.keep_relationships(self._account, answered, self._now)

    async def read_interactions(self, report: Report) -> None:
        """Read what passed between the user and others since last time.

        Whoever did something new, and is not stored as a mutual follow, is asked about again. Raises SourceError.
        """
        ties = self._archive.ties
        seen = 0
        changed: list[str] = []
        missing: PermissionMissing | None = None
        report(Progress(self._account, "contacts"))
        try:
            async for page in self._source.interactions(ties.streams(self._account)):
                seen += len(page.interactions)
                store_people(self._archive, self._account, (each.person for each in page.interactions))
                new = ties.keep_interactions(self._account, page.interactions, page.stream, page.since, page.counts)
                self._keep_told(page.relationships)
                changed += [each.person.id for each in new]
                if page.relationships_lost:
                    self._archive.relationships.request_again(self._account)
                report(Progress(self._account, "contacts", seen))
        except PermissionMissing as error:
            # All other streams were read; what this one would tell stays unknown.
            missing = error
        except SourceError:
            ties.interactions_failed(self._account, self._now)
            raise
        ties.interactions_synced(self._account)
        await self.ask_again(self._archive.relationships.not_mutual(self._account, changed))
        if missing is not None:
            raise missing

    async def ask_pending(self) -> None:
        """Ask about people of kept posts of whom the server has not answered yet. Raises SourceError."""
        pending = self._archive.ties.never_requested(self._account, _PENDING_PER_SYNC)
        await self.ask_again(pending)

    async def refresh(self) -> None:
        """Ask again about everybody with kept posts or a tie whose answer is older than a day. Raises SourceError."""
        before = self._now - (RELATIONSHIPS_AGE if self._counts_follows else UNLISTED_AGE)
        await self.ask_again(self._archive.relationships.outdated(self._account, before, _REFRESHED_PER_SYNC))

    async def read_restrictions(self, source: ModerationSource) -> None:
        """Read whom the user blocks and mutes: the first page with each sync, all of it daily. Raises SourceError."""
        state = f"restrictions_read:{self._account}"
        due = True
        with suppress(ValueError, TypeError):
            read_at = datetime.fromisoformat(str(self._archive.get_state(state)))
            due = self._now - read_at >= RESTRICTIONS_AGE
        found = await source.restrictions(_ALL_PAGES if due else _FIRST_PAGE)
        missing = self._archive.relationships.keep_restrictions(self._account, found)
        if due:
            self._archive.set_state(**{state: self._now.isoformat()})
        await self.ask_again(missing)

    async def read_own_counts(self, source: ProfileSource) -> None:
        """Ask about everybody again once the user's follows changed, or fewer follow them. Raises SourceError.

        No server says who stopped following, or whom the user unfollowed in another client.
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

    async def read_filters(self, source: ModerationSource) -> None:
        """Read the user's filters on the server. Raises SourceError."""
        filters = await source.filters()
        if filters is None:
            return
        before = stored_filters(self._archive, self._account)
        if before == filters:
            return
        if changed := changed_titles(before or (), filters):
            self._archive.posts.forget_filters(self._account, changed)
        save_filters(self._archive, self._account, filters)

"""The Source of the demo world. Pages come from memory, and each refresh adds a few new posts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from ...models.account import Account
from ...models.action import Action, ActionKey, Compose, Receipt
from ...models.capability import READS, Capability
from ...models.errors import SourceError
from ...models.feed import Feed
from ...models.pages import InteractionPage, Page, Restrictions, Thread
from ...models.person import Person
from ...models.post import Post
from ...models.server_filter import ServerFilter
from ...models.tie import FROM_YOU_COUNTS, TO_YOU_COUNTS, Interaction, Relationship
from ...models.verdict import Category
from .script import ACCOUNT
from .world import world

_PAGE = 40
_FIRST_PAGE = 16
"""The number of posts that fills a screen, for `pauses`."""

_ARRIVE = 3


class Demo:
    """A timeline that needs no account and no network. Only an unknown feed raises SourceError."""

    def __init__(self, seed: int = 1, now: datetime | None = None, *, pauses: bool = False) -> None:
        """With `pauses`, the first page is short, and other tasks run before each further page.

        Interactions with people who are not on the first page then come with the second one.
        """
        self._pauses = pauses
        self.world = world(seed, now or datetime.now(UTC))
        self._arrived = -_ARRIVE
        self._later: tuple[Interaction, ...] = ()

    @property
    def account(self) -> Account:
        """The user of the demo."""
        return ACCOUNT

    @property
    def writer(self) -> "DemoWriter":
        """Performs the actions of the demo's user in memory."""
        return DemoWriter()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Every read capability that does not need a server."""
        return READS - {"count_cache", "rechecks", "lookup", "personal", "translate", "list_members", "known_followers"}

    def truth(self, post: Post) -> Category:
        """The true category of a post, for tests and benches."""
        return self.world.truth[post.id]

    def _posts(self) -> list[Post]:
        arrived = self.world.late[: max(self._arrived, 0)]
        return [*reversed(arrived), *self.world.posts]

    async def timeline(self, cursor: str | None) -> Page:
        """Read a page. Each request for the newest posts, after the first, adds a few."""
        if cursor is None:
            self._arrived += _ARRIVE
            if self._pauses and not self._arrived:
                # Only these posts are made before the first paint.
                page = self.world.posts[:_FIRST_PAGE]
                return Page(tuple(page), page[-1].id)
        elif self._pauses:
            await asyncio.sleep(0)
        posts = self._posts()
        places = {post.id: place for place, post in enumerate(posts)}
        start = 0 if cursor is None else places.get(cursor, len(posts)) + 1
        end = start + _PAGE
        page = posts[start:end]
        later, self._later = self._later, ()
        return Page(tuple(page), page[-1].id if end < len(posts) else None, interactions=later)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """The relationships with people."""
        known = {each.person_id: each for each in self.world.relationships}
        return [known.get(each, Relationship(each)) for each in person_ids]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """All interactions, on the first sync only."""
        if since:
            return
        passed = self.world.interactions
        if self._pauses:
            first = self.world.posts[:_FIRST_PAGE]
            people = {person.id for post in first for person in (post.author, post.booster) if person is not None}
            self._later = tuple(each for each in passed if each.person.id not in people)
            passed = tuple(each for each in passed if each.person.id in people)
        to_you = tuple(each for each in passed if each.direction == "to_you")
        from_you = tuple(each for each in passed if each.direction == "from_you")
        yield InteractionPage("notifications", to_you, "all", TO_YOU_COUNTS)
        yield InteractionPage("statuses", from_you, "all", FROM_YOU_COUNTS)

    async def restrictions(self, pages: int) -> Restrictions:
        """Empty: the demo has no blocks or mutes."""
        del pages
        return Restrictions()

    async def filters(self) -> tuple[ServerFilter, ...] | None:
        """Empty: the demo has no filters."""
        return ()

    async def people(self, person_ids: Sequence[str]) -> list[Person]:
        """People by id."""
        wanted = set(person_ids)
        return [person for person in self.world.people if person.id in wanted]

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post."""
        posts = {each.id: each for each in map(_unboosted, self._posts())}
        before: list[Post] = []
        parent = posts.get(post.reply_to_id or "")
        while parent is not None and parent not in before:
            before.insert(0, parent)
            parent = posts.get(parent.reply_to_id or "")
        around = {post.original_id or post.id}
        after = []
        for each in sorted(posts.values(), key=_written):
            if each.reply_to_id in around:
                around.add(each.id)
                after.append(each)
        return Thread(tuple(before), tuple(after))

    async def feeds(self) -> list[Feed]:
        """A list of mutual follows, and a feed of everybody else's posts."""
        return [
            Feed(ACCOUNT.key, "demo:neighbours", "list", "Neighbours", "people you follow who follow you", pinned=True),
            Feed(ACCOUNT.key, "demo:loud", "feed", "Loud today", "posts by everybody else", "loud.example"),
        ]

    def feed_at(self, address: str) -> Feed | None:
        """The demo's feeds have no addresses."""
        del address
        return None

    async def feed(self, feed_id: str, cursor: str | None) -> Page:
        """Read a page of one of the two feeds."""
        if feed_id not in ("demo:neighbours", "demo:loud"):
            raise SourceError("This feed was deleted by its author. Nothing else is affected.")
        mutual = {each.person_id for each in self.world.relationships if each.you_follow and each.follows_you}
        of_neighbours = feed_id == "demo:neighbours"
        posts = [post for post in self._posts() if (post.author.id in mutual) == of_neighbours]
        start = int(cursor or 0)
        end = start + _PAGE
        return Page(tuple(posts[start:end]), str(end) if end < len(posts) else None)

    async def close(self) -> None:
        """Do nothing: there is no connection."""


class DemoWriter:
    """Confirms every action at once, without a server."""

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Confirm the action. A new post appears in the timeline at once."""
        if not isinstance(action, Compose):
            return Receipt()
        draft, reply = action.draft, action.draft.reply_to
        post = Post(
            f"demo:{key.record_key}",
            Person(ACCOUNT.remote_id, ACCOUNT.handle, network=ACCOUNT.network),
            draft.text,
            ACCOUNT.key,
            ACCOUNT.network,
            key.created_at,
            reply_to=reply.handle if reply else None,
            reply_to_id=reply.post_id if reply else None,
            warning=draft.warning,
        )
        return Receipt(post.id, post=post)

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Confirm the action."""
        del action, key
        return Receipt()


def _unboosted(post: Post) -> Post:
    """The original post of a boost."""
    if post.booster is None:
        return post
    return replace(post, id=post.original_id, booster=None, boosted_at=None, original_id="")


def _written(post: Post) -> tuple[datetime, str]:
    return (post.created_at or datetime.max.replace(tzinfo=UTC), post.id)

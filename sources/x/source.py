"""The Source of a signed-in account of X: posts of known people, or the home timeline, within the budget.

https://docs.x.com/x-api/users/get-posts. Known people are read in turn, each at an interval that depends on how often
they post. The author of a page is known, so no user is read with it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from msgspec.structs import replace

from ...models.account import Account
from ...models.capability import Capability
from ...models.errors import BudgetSpent, RecordError, RequestRejected
from ...models.pages import InteractionPage, Page
from ...models.paid import Cost, Known, Meter, PaidNews, Position, Purpose, ReadingPlan
from ...models.person import Person
from ...models.post import Post
from ...models.tie import Relationship
from ..entities import EARLIEST, Entity, part_of, parts_of, text_of
from .client import Client
from .interactions import USER_FIELDS, Follows, TieReader, affordable, newer_id
from .parse import Includes, includes_of, post_of
from .people import relationship_of
from .prices import POST, PRICES, REFERENCES

CAPABILITIES: frozenset[Capability] = frozenset({"ties", "paid"})
_MEDIA = {
    "media.fields": "alt_text,preview_image_url,type,url,variants",
    "poll.fields": "end_datetime,options,voting_status",
}
_FIRST, _NEXT, _HOME = 5, 10, 50
"""How many posts a page has: of a person read for the first time, later, and of the home timeline."""
_LEAST = 5
_PEOPLE_A_RUN = 40
_PAGES_A_RUN = 4
_SHORTEST, _LONGEST, _UNKNOWN = timedelta(hours=1), timedelta(days=7), timedelta(hours=12)
_MOST_PER_POST = POST * (1 + REFERENCES)


class X:
    """One account, read-only. Raises SourceError, and StoreError if the spending cannot be stored."""

    def __init__(self, account: Account, client: Client) -> None:
        self._account, self._client = account, client
        self._plan = ReadingPlan()
        self._follows = Follows(set(), set())

    @property
    def account(self) -> Account:
        """The account that reads."""
        return self._account

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Ties and prices. Reading threads, profiles and feeds automatically would cost too much."""
        return CAPABILITIES

    def use_meter(self, meter: Meter) -> None:
        """Set the meter, without which nothing is requested."""
        self._client.meter = meter

    def use_plan(self, plan: ReadingPlan) -> None:
        """Set what to read."""
        self._plan = plan
        self._follows = Follows(set(plan.following), set(plan.followers), self._follows.complete)

    async def timeline(self, cursor: str | None) -> Page:
        """Everything that is due, on one page. There are no gaps: `news` remembers what it has not read yet."""
        del cursor
        posts: dict[str, Post] = {}
        async for news in self.news(datetime.now(UTC)):
            posts |= {post.id: post for post in news.posts}
        return Page(tuple(sorted(posts.values(), key=lambda post: post.at or EARLIEST, reverse=True)), None)

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """The follows with these people, from the lists that were read. Sends no request."""
        if not self._follows.complete:
            known = self._follows.following | self._follows.followers
            person_ids = [each for each in person_ids if each in known]
        return [self._follows.with_person(each) for each in person_ids]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Read follows, mentions and the user's own posts, as far as they are due."""
        people = {person.id: person for person in self._plan.people}
        async for page in TieReader(self._account, self._client, people).read(since, self._follows):
            yield page

    async def news(self, now: datetime) -> AsyncIterator[PaidNews]:
        """Read the known people who are due, or the home timeline. Raises BudgetSpent for a limit of the month.

        If only the share of the day is used up, the rest is read the next day.
        """
        try:
            if self._plan.home is not None:
                async for news in self._home(self._plan.home, now):
                    yield news
                return
            due = [each for each in self._plan.known if each.position.next_at is None or each.position.next_at <= now]
            for known in due[:_PEOPLE_A_RUN]:
                yield await self._person(known, now)
        except BudgetSpent as error:
            if error.limit != "day":
                raise

    async def _person(self, known: Known, now: datetime) -> PaidNews:
        """The new posts of a person. Deleted or protected people are read rarely; that is not an error."""
        person, position = known.person, known.position
        posts: list[Post] = []
        try:
            size = _NEXT if position.since else _FIRST
            for _ in range(_PAGES_A_RUN):
                path, wanted = f"/2/users/{person.id}/tweets", _range(position)
                value = await self._page("tweets", path, wanted, size, _LEAST, "posts", _MOST_PER_POST)
                posts += self._posts(value, includes_of(value, self._plan.people), person)
                position = _advanced(position, value, first=not position.since)
                if not position.until:
                    break
        except BudgetSpent:
            if not posts:
                raise
        except RequestRejected as error:
            if not error.name:
                raise
            failures = min(position.failures + 1, 10)
            later = now + min(_UNKNOWN * 2**failures, _LONGEST)
            return PaidNews(person.id, tuple(posts), replace(position, failures=failures, next_at=later))
        wait = _rhythm([post.at for post in posts if post.at is not None], known, now)
        return PaidNews(person.id, tuple(posts), replace(position, failures=0, next_at=now + wait))

    async def _home(self, position: Position, now: datetime) -> AsyncIterator[PaidNews]:
        for _ in range(_PAGES_A_RUN):
            first = not position.since
            path = f"/2/users/{self._account.remote_id}/timelines/reverse_chronological"
            params = {**_range(position), "user.fields": USER_FIELDS}
            value = await self._page("home", path, params, _HOME, 1, "home", PRICES.most_per_post)
            position = _advanced(position, value, first=first)
            includes = includes_of(value, self._plan.people)
            if unknown := includes.unknown_authors(parts_of(value, "data")):
                includes = includes.with_users(await self._client.read_users(unknown, USER_FIELDS, "home"))
            relations = tuple(each for each in map(relationship_of, includes.users.values()) if each is not None)
            posts = self._posts(value, includes, None)
            yield PaidNews("", tuple(posts), replace(position, next_at=now), relations)
            if not position.until:
                return

    async def _page(
        self, operation: str, path: str, params: Mapping[str, str], size: int, least: int, purpose: Purpose, most: int
    ) -> Entity:
        """Read a page of posts, smaller if the budget allows no more. `most`: the maximum cost of a post."""
        size = affordable(self._client.meter, purpose, size, least, most, 1 + REFERENCES)
        wanted = {**params, **_MEDIA, "max_results": str(size)}
        cost = Cost(purpose, size * most, size * (1 + REFERENCES))
        return await self._client.read_posts(operation, path, wanted, cost, POST, authors=purpose == "home")

    def _posts(self, value: Entity, includes: Includes, author: Person | None) -> list[Post]:
        found = []
        for entity in parts_of(value, "data"):
            try:
                found.append(post_of(entity, includes, self._account.key, author))
            except RecordError:
                continue
        return found

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()


def _range(position: Position) -> dict[str, str]:
    """The parameters for the posts that were not read yet."""
    return {name: value for name, value in (("since_id", position.since), ("until_id", position.until)) if value}


def _advanced(position: Position, value: Entity, *, first: bool) -> Position:
    """The position after a page. After the very first page, older posts are not fetched."""
    posts = parts_of(value, "data")
    newest = newer_id(position.newest or position.since, posts)
    ids = [text_of(each, "id") for each in posts if text_of(each, "id").isdecimal()]
    more = text_of(part_of(value, "meta") or {}, "next_token")
    if more and ids and not first:
        return replace(position, newest=newest, until=min(ids, key=int))
    return replace(position, since=newest, newest="", until="")


def _rhythm(times: Sequence[datetime], known: Known, now: datetime) -> timedelta:
    """When to read a person again: after the median gap of their new posts, with growing intervals without new
    posts.
    """
    newest = sorted(times, reverse=True)
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(newest)]
    if gaps:
        wait = timedelta(seconds=median(gaps))
    elif newest:
        wait = max(now - newest[0], _UNKNOWN)
    else:
        wait = _UNKNOWN
        if known.position.next_at is not None:
            wait = _UNKNOWN * 2
    return min(max(wait, _SHORTEST), _LONGEST)

"""Reads the evidence for ties: the people the user follows, the mentions of the user, and the user's own posts.

All are owned reads, the cheapest. Follows are read again after thirty days, the others each hour. Items that were read
are not read again: the position of a stream is the newest id, with the time when it was read.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from ...models.account import Account
from ...models.errors import BudgetSpent, RecordError
from ...models.pages import InteractionPage
from ...models.paid import Cost, Meter, Purpose
from ...models.person import Person
from ...models.tie import Interaction, InteractionKind, Relationship
from ..entities import Entity, part_of, parts_of, text_of, time_of
from .client import Client
from .parse import Includes, includes_of, is_reply, is_repost
from .people import NETWORK, person_of, relationship_of
from .prices import OWNED, POST, USER
from .requests import SITE
from .text import mentions_in

USER_FIELDS = (
    "connection_status,created_at,description,entities,profile_image_url,protected,public_metrics,verified_type"
)
FOLLOWS_AGE = timedelta(days=30)
_HOUR = timedelta(hours=1)
_FOLLOWS_PAGE = 100
_PAGE = 20
_LEAST = 5
_PAGES = 50
_TO_YOU = ("replies_to_you", "mentions_to_you")
_FROM_YOU = ("replies_from_you", "mentions_from_you", "boosts_from_you")


class Follows(msgspec.Struct):
    """The follows of the user. `complete`: it contains everybody the user follows."""

    following: set[str]
    followers: set[str]
    complete: bool = False

    def with_person(self, person_id: str) -> Relationship:
        """The follows between the user and a person; None in a field if unknown.

        X returns whether people the user follows follow back, and nothing about others.
        """
        you_follow: bool | None = None
        follows_you: bool | None = None
        if person_id in self.following:
            you_follow, follows_you = True, False
        elif self.complete:
            you_follow = False
        if person_id in self.followers:
            follows_you = True
        return Relationship(person_id, you_follow, follows_you)


class TieReader:
    """Reads the streams of one account. A stream that the budget does not allow is left for later."""

    def __init__(self, account: Account, client: Client, people: Mapping[str, Person]) -> None:
        self._account, self._client = account, client
        self._people = dict(people)

    async def read(self, since: Mapping[str, str], follows: Follows) -> AsyncIterator[InteractionPage]:
        """Read each stream from its position. Raises SourceError; BudgetSpent if the month's budget is spent."""
        now = datetime.now(UTC)
        for name in ("follows", "mentions", "posts"):
            position, read_at = _position(since.get(name, ""))
            age = FOLLOWS_AGE if name == "follows" else _HOUR
            if read_at is not None and now - read_at < age:
                if name == "follows":
                    follows.complete = True
                yield InteractionPage(name, (), since[name], _counts_of(name))
                continue
            try:
                if name == "follows":
                    yield await self._follows(follows, now)
                else:
                    yield await self._stream(name, position, now)
            except BudgetSpent as error:
                if error.limit != "ties":
                    raise

    async def _follows(self, follows: Follows, now: datetime) -> InteractionPage:
        """Read the follows. The page includes follows that ended."""
        found: dict[str, Relationship] = {}
        people: list[Person] = []
        token = ""
        for _ in range(_PAGES):
            params = {"user.fields": USER_FIELDS} | ({"pagination_token": token} if token else {})
            value = await self._page("following", params, _FOLLOWS_PAGE, 1, _owned(self._client.meter, USER))
            for user in parts_of(value, "data"):
                try:
                    people.append(person_of(user))
                except RecordError:
                    continue
                relation = relationship_of(user)
                found[people[-1].id] = relation or Relationship(people[-1].id, you_follow=True)
            token = text_of(part_of(value, "meta") or {}, "next_token")
            if not token:
                break
        ended = follows.following - found.keys() if not token else set()
        follows.complete = not token
        follows.following = set(found) | (set() if follows.complete else follows.following)
        follows.followers |= {each.person_id for each in found.values() if each.follows_you}
        follows.followers -= {each.person_id for each in found.values() if each.follows_you is False}
        self._people |= {each.id: each for each in people}
        told_ended = (Relationship(each, you_follow=False, follows_you=each in follows.followers) for each in ended)
        since = f"{len(found)} {now.isoformat()}" if follows.complete else None
        return InteractionPage("follows", (), since, (), (*found.values(), *told_ended), tuple(people))

    async def _stream(self, name: str, position: str, now: datetime) -> InteractionPage:
        """Read the mentions of the user or the user's own posts down to the position."""
        mentions = name == "mentions"
        params: dict[str, str] = {"since_id": position} if position else {}
        unit = _owned(self._client.meter, POST)
        if mentions:
            params |= {"user.fields": USER_FIELDS}
        found: dict[str, Interaction] = {}
        newest, token = position, ""
        for _ in range(_PAGES):
            page = params | ({"pagination_token": token} if token else {})
            try:
                value = await self._page(
                    name if mentions else "tweets", page, _PAGE, _LEAST, unit + (USER if mentions else 0), unit=unit
                )
            except BudgetSpent:
                if not found:
                    raise
                # Older ones stay unread. The ones that were read count, and newer ones are read next time.
                break
            posts = parts_of(value, "data")
            newest = newer_id(newest, posts)
            includes = includes_of(value, self._people.values())
            if mentions and (unknown := includes.unknown_authors(posts)):
                includes = includes.with_users(await self._client.read_users(unknown, USER_FIELDS, "ties"))
            for post in posts:
                read = self._to_you(post, includes) if mentions else self._from_you(post)
                found |= {each.id: each for each in read}
            token = text_of(part_of(value, "meta") or {}, "next_token")
            if not token:
                break
        return InteractionPage(name, tuple(found.values()), f"{newest} {now.isoformat()}", _counts_of(name))

    async def _page(
        self, name: str, params: Mapping[str, str], size: int, least: int, most: int, *, unit: int = 0
    ) -> Entity:
        """Read a page of at most `size` items, or fewer if the budget allows no more. `most`: the maximum cost of an
        item.
        """
        posts = int(name != "following")
        size = affordable(self._client.meter, "ties", size, least, most, posts)
        path = f"/2/users/{self._account.remote_id}/{name}"
        wanted = {**params, "max_results": str(size)}
        if name == "following":
            return await self._client.get(path, wanted, Cost("ties", size * most), most)
        return await self._client.read_posts(
            name, path, wanted, Cost("ties", size * most, size), unit, references=False, authors=name == "mentions"
        )

    def _to_you(self, post: Entity, includes: Includes) -> Iterable[Interaction]:
        author, at = includes.person(text_of(post, "author_id")), time_of(post, "created_at")
        if author is None or at is None or author.id == self._account.remote_id:
            return
        kind: InteractionKind = "mention"
        first = next(iter(mentions_in(post)), None)
        if is_reply(post) and (text_of(post, "in_reply_to_user_id") or (first.id if first else "")) == (
            self._account.remote_id
        ):
            kind = "reply"
        yield Interaction(f"post:{text_of(post, 'id')}:{author.id}", author, kind, "to_you", at)

    def _from_you(self, post: Entity) -> Iterable[Interaction]:
        at = time_of(post, "created_at")
        if at is None:
            return
        repost = is_repost(post)
        replied = text_of(post, "in_reply_to_user_id")
        for number, mention in enumerate(mentions_in(post)):
            if not mention.id or mention.id == self._account.remote_id or (repost and number):
                continue
            kind: InteractionKind = "mention"
            if repost:
                kind = "boost"
            elif is_reply(post) and mention.id == (replied or mention.id):
                kind = "reply"
                replied = mention.id
            known = self._people.get(mention.id)
            person = known or Person(mention.id, mention.handle, network=NETWORK, url=f"{SITE}/{mention.handle}")
            yield Interaction(f"post:{text_of(post, 'id')}:{person.id}", person, kind, "from_you", at)


def affordable(meter: Meter | None, purpose: Purpose, size: int, least: int, most: int, posts: int = 1) -> int:
    """How many items to request: `size`, or as many as the budget allows, but at least `least`.

    `most` is the maximum cost of an item, `posts` the maximum number of posts in it.
    """
    if meter is None:
        return size
    size = min(size, meter.left(purpose) // most)
    if meter.posts_left is not None and posts:
        size = min(size, meter.posts_left // posts)
    return max(size, least)


def newer_id(newest: str, posts: Iterable[Entity]) -> str:
    """The highest id of these posts and of `newest`."""
    ids = [each for each in (newest, *(text_of(post, "id") for post in posts)) if each.isdecimal()]
    return max(ids, key=int, default="")


def _owned(meter: Meter | None, price: int) -> int:
    if meter is not None and meter.owned:
        return OWNED
    return price


def _counts_of(name: str) -> tuple[str, ...]:
    return {"mentions": _TO_YOU, "posts": _FROM_YOU}.get(name, ())


def _position(since: str) -> tuple[str, datetime | None]:
    """The newest id and the time in the position of a stream."""
    newest, _, at = since.partition(" ")
    try:
        return newest if newest.isdecimal() else "", datetime.fromisoformat(at)
    except ValueError:
        return "", None

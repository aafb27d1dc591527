"""Somebody's quiet timeline as the public sees it: a look at quietfeed without signing in. Read only, no token.

https://docs.joinmastodon.org/methods/accounts/: lookup, following, followers and statuses are public where neither the
person nor the server hides them; many do, and then one sentence says so.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import quote

from ...models.account import Account
from ...models.capability import READS, Capability
from ...models.errors import SignInNeeded, SourceError, UsageError
from ...models.post import Post
from ...models.source import InteractionPage, Page, Thread
from ...models.tie import FROM_YOU_COUNTS, Interaction, Relationship
from ..entities import Entity, part_of, parts_of, text_of, time_of
from ..http import Http, checked_server
from ..http_errors import RequestRejected
from ..public import read_followed
from .interactions import own_status_interactions
from .parse import handle_of, person_of
from .reader import StatusReader

_FOLLOW_PAGES = 5
_STATUSES = 20


async def look(handle: str, server: str = "") -> "PublicView":
    """The public view of user@server. Raises SourceError and UsageError."""
    user, _, host = handle.strip().removeprefix("@").partition("@")
    if not user or not (host or server):
        raise UsageError("Whose timeline? `quietfeed try ada@mastodon.example` looks at one.")
    base = checked_server(server or host)
    wanted = f"{user}@{host}" if server and host else user
    async with Http(base) as http:
        found = await _look_up(http, wanted)
        if not found and wanted != user:
            # Not every server finds its own people by the whole handle; and another's of that name is somebody else.
            local = await _look_up(http, user)
            found = local if handle_of(local).casefold() == wanted.casefold() else {}
    person_id = text_of(found, "id")
    if not person_id:
        raise SourceError(f"{http.host} shows nobody called {wanted} to the public: check the handle.")
    # A client of its own: the screens run in another event loop than this question.
    return PublicView(Account("mastodon", base, f"{user}@{host or http.host}", person_id), Http(base))


async def _look_up(http: Http, acct: str) -> Entity:
    """An account by its handle, {} where there is none or it is not for the public."""
    try:
        found = (await http.get("/api/v1/accounts/lookup", {"acct": acct})).value
    except (SignInNeeded, RequestRejected):
        return {}
    return found if isinstance(found, dict) else {}


class PublicView:
    """What those wrote whom somebody follows, mutual follows first. Raises SourceError and nothing else."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account = account
        self._http = http
        self._reader = StatusReader(account, http)
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
        return READS - {"moderation", "rechecks", "feeds", "profiles", "count_cache"}

    async def timeline(self, cursor: str | None) -> Page:
        """All of it in one page: the newest statuses of everybody who was asked for."""
        if cursor is not None:
            return Page((), None)
        statuses = [status for status in await self._statuses() if self._is_for_us(status)]
        posts = sorted(
            await self._reader.read(statuses), key=lambda post: post.at.timestamp() if post.at else 0.0, reverse=True
        )
        return Page(tuple(posts), None)

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post."""
        return await self._reader.thread(post)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()

    async def relationships(self, person_ids: Sequence[str]) -> list[Relationship]:
        """Who follows whom, by the lists that were read; nobody is signed in, so the server cannot be asked."""
        return [Relationship(each, each in self._follows, each in self._followers) for each in person_ids]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Whom they answer in public, and who answers them in the statuses that were read."""
        path = f"/api/v1/accounts/{quote(self._account.remote_id, safe='')}/statuses"
        known = since.get("statuses")
        async for page in self._reader.stream("statuses", path, own_status_interactions, known, FROM_YOU_COUNTS):
            yield page
        # A name of its own: what these statuses do not show is not known, and no zero.
        found = tuple(
            one
            for each in await self._statuses()
            for one in _answers_to(each, self._account.remote_id, self._reader.host)
        )
        yield InteractionPage("seen answers", found, None)

    async def _statuses(self) -> list[Entity]:
        if self._feeds is None:
            follows = await self._list("following")
            if not follows:
                raise SourceError(f"{self._account.handle} does not show the public whom they follow.")
            self._follows, self._followers = set(follows), set(await self._list("followers"))
            self._feeds = await read_followed(follows, self._followers, self._feed)
        return self._feeds

    async def _list(self, which: str) -> list[str]:
        found: list[str] = []
        address: str | None = f"/api/v1/accounts/{quote(self._account.remote_id, safe='')}/{which}?limit=80"
        for _ in range(_FOLLOW_PAGES):
            if address is None:
                break
            try:
                answer = await self._http.get(address)
            except (SignInNeeded, RequestRejected):
                break
            people = answer.value if isinstance(answer.value, list) else []
            found += [text_of(each, "id") for each in people if isinstance(each, dict) and text_of(each, "id")]
            address = answer.links.get("next") if people else None
        return found

    async def _feed(self, person_id: str) -> list[Entity]:
        path = f"/api/v1/accounts/{quote(person_id, safe='')}/statuses"
        try:
            answer = await self._http.get(path, {"limit": _STATUSES})
        except (SignInNeeded, RequestRejected):
            # One person whose statuses are not public; the others may be.
            return []
        return [each for each in answer.value if isinstance(each, dict)] if isinstance(answer.value, list) else []

    def _is_for_us(self, status: Entity) -> bool:
        """A home timeline shows an answer only where both sides are followed, as the server does."""
        answered = text_of(status, "in_reply_to_account_id")
        author = text_of(part_of(status, "account") or {}, "id")
        return answered in ("", author, self._account.remote_id) or answered in self._follows


def _answers_to(status: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    author, at, status_id = part_of(status, "account") or {}, time_of(status, "created_at"), text_of(status, "id")
    person = person_of(author, host)
    if at is None or not status_id or person.id in ("", own_id):
        return
    if text_of(status, "in_reply_to_account_id") == own_id:
        yield Interaction(f"status:{status_id}", person, "reply", "to_you", at)
    elif any(text_of(each, "id") == own_id for each in parts_of(status, "mentions")):
        yield Interaction(f"status:{status_id}", person, "mention", "to_you", at)

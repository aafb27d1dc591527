"""The timeline of a handle from public data: a preview of quietfeed without a sign-in.

https://docs.joinmastodon.org/methods/accounts/: lookup, following, followers and statuses are public unless the person
or the server hides them. Many do, which raises SourceError.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import quote

from ...models.account import Account
from ...models.capability import PUBLIC_READS, Capability
from ...models.errors import SignInNeeded, SourceError, UsageError
from ...models.pages import InteractionPage, Page, Thread
from ...models.post import Post
from ...models.tie import FROM_YOU_COUNTS, Interaction, Relationship
from ..entities import Entity, part_of, parts_of, text_of, time_of
from ..http import Http
from ..http_errors import RequestRejected
from ..public import read_followed
from ..servers import checked_server
from .interactions import own_status_interactions
from .people import handle_of, person_of
from .reader import StatusReader

_FOLLOW_PAGES = 5
_STATUSES = 20


async def look(handle: str, server: str = "") -> "PublicView":
    """The public view of user@server. Raises SourceError and UsageError."""
    user, _, host = handle.strip().removeprefix("@").partition("@")
    if not user or not (host or server):
        raise UsageError("Whose timeline? For example `quietfeed try ada@mastodon.example`.")
    base = checked_server(server or host)
    wanted = f"{user}@{host}" if server and host else user
    async with Http(base) as http:
        found = await _look_up(http, wanted)
        if not found and wanted != user:
            # Some servers find local people only without the domain. The same name on another server is someone else.
            local = await _look_up(http, user)
            if handle_of(local).casefold() == wanted.casefold():
                found = local
            else:
                found = {}
    person_id = text_of(found, "id")
    if not person_id:
        raise SourceError(f"{http.host} has no public account {wanted}: check the handle.")
    # A new client, because the screens run in another event loop.
    return PublicView(Account("mastodon", base, f"{user}@{host or http.host}", person_id), Http(base))


async def _look_up(http: Http, acct: str) -> Entity:
    """Look up an account by its handle; {} if it is missing or not public."""
    try:
        found = (await http.get("/api/v1/accounts/lookup", {"acct": acct})).value
    except (SignInNeeded, RequestRejected):
        return {}
    if isinstance(found, dict):
        return found
    return {}


class PublicView:
    """The posts of the people that somebody follows, mutual follows first. Raises only SourceError."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account = account
        self._http = http
        self._reader = StatusReader(account, http)
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
        return PUBLIC_READS - {"profiles", "count_cache"}

    async def timeline(self, cursor: str | None) -> Page:
        """The whole timeline as one page: the newest statuses of the followed people."""
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
        """Follows from the public lists, because relationships need a sign-in."""
        return [Relationship(each, each in self._follows, each in self._followers) for each in person_ids]

    async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
        """Public replies by the account, and replies to it in the statuses that were read."""
        path = f"/api/v1/accounts/{quote(self._account.remote_id, safe='')}/statuses"
        known = since.get("statuses")
        async for page in self._reader.stream("statuses", path, own_status_interactions, known, FROM_YOU_COUNTS):
            yield page
        # A separate stream without counts: interactions that are not seen here stay unknown.
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
                raise SourceError(f"{self._account.handle} does not make their follows public.")
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
                response = await self._http.get(address)
            except (SignInNeeded, RequestRejected):
                break
            people = response.value if isinstance(response.value, list) else []
            found += [text_of(each, "id") for each in people if isinstance(each, dict) and text_of(each, "id")]
            address = response.links.get("next") if people else None
        return found

    async def _feed(self, person_id: str) -> list[Entity]:
        path = f"/api/v1/accounts/{quote(person_id, safe='')}/statuses"
        try:
            response = await self._http.get(path, {"limit": _STATUSES})
        except (SignInNeeded, RequestRejected):
            # This person's statuses are not public; others' may be.
            return []
        if isinstance(response.value, list):
            return [each for each in response.value if isinstance(each, dict)]
        return []

    def _is_for_us(self, status: Entity) -> bool:
        """Like a server, show a reply in the home timeline only if both sides are followed."""
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

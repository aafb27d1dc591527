"""Statuses, conversations and streams of one account: what a signed-in source and a public view share."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from urllib.parse import quote, urlsplit

from ...models.account import Account
from ...models.errors import TRANSIENT_ERRORS, PermissionMissing, PostDeleted, RecordError, SourceError
from ...models.post import Post
from ...models.source import InteractionPage, Thread
from ...models.tie import Interaction
from ..entities import Entity, parts_of, text_of
from ..http import Http
from ..http_errors import RequestRejected
from ..slices import unhurried
from .interactions import follows_ended
from .paging import ask, entities_in, following
from .parse import post_of
from .recheck import StatusChecker

Read = Callable[[Entity, str, str], Iterable[Interaction]]
"""Reads the interactions of one entity; given the user's own id and the host."""

_LIMIT = 40
_PAGES_A_STREAM = 8


class StatusReader:
    """Reads statuses as posts. Raises SourceError and nothing else."""

    def __init__(self, account: Account, http: Http) -> None:
        self.account = account
        self.http = http
        self.host = urlsplit(account.server).netloc
        self.checker = StatusChecker(http)

    async def read(self, statuses: Sequence[Entity]) -> list[Post]:
        """Statuses as posts, each once, newest first as they came; one that cannot be read does not stop the others."""
        posts: dict[str, Post] = {}
        async for status in unhurried(statuses):
            try:
                post = post_of(status, self.account.key, self.host)
            except RecordError:
                continue
            posts.setdefault(post.id, post)
        return list(posts.values())

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Raises PostDeleted where the post is gone."""
        status_id = post.original_id or post.id
        try:
            answer = await ask(self.http, f"/api/v1/statuses/{quote(status_id, safe='')}/context")
        except RequestRejected as error:
            if error.status in (404, 410) and await self.checker.find(status_id) is None:
                raise PostDeleted() from None
            raise
        if isinstance(answer.value, dict):
            context: Entity = answer.value
        else:
            context = {}
        before = await self.read(parts_of(context, "ancestors"))
        return Thread(tuple(before), tuple(await self.read(parts_of(context, "descendants"))))

    async def stream(
        self, name: str, path: str, read: Read, since: str | None, counts: tuple[str, ...]
    ) -> AsyncIterator[InteractionPage]:
        """One stream, newest first, until what was seen last time; how far it got is said with its last page only.

        Conversations come back with every new message under the id they had, so they are read from the top each time.
        """
        newest: str | None = None
        address: str | None = None
        for _ in range(_PAGES_A_STREAM):
            try:
                answer = await ask(self.http, address or path, None if address else {"limit": _LIMIT})
                entities = entities_in(answer, self.host)
            except (*TRANSIENT_ERRORS, PermissionMissing):
                raise
            except SourceError:
                # Not every server has every stream; what it does not have stays not known.
                return
            ids = [text_of(each, "id") for each in entities]
            newest = newest or (ids[0] if ids else since or "none")
            found = tuple(one for each in entities for one in read(each, self.account.remote_id, self.host))
            # The pages of the other two streams are not numbered by the ids of what is on them.
            by_id = name in ("notifications", "statuses")
            if by_id:
                address = following(answer, path, address, entities)[0]
            else:
                address = answer.links.get("next")
            met = since in ids and name != "conversations"
            if since in ids:
                fresh = entities[: ids.index(since)]
            else:
                fresh = entities
            lost = name == "notifications" and since is not None and follows_ended(fresh)
            if met or not entities or address is None:
                yield InteractionPage(name, found, newest, counts, relationships_lost=lost)
                return
            yield InteractionPage(name, found, None, counts, relationships_lost=lost)
        yield InteractionPage(name, (), newest, counts)

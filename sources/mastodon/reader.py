"""Reads statuses, conversations and streams of one account, for the signed-in source and the public view."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from urllib.parse import quote, urlsplit

from ...models.account import Account
from ...models.errors import TRANSIENT_ERRORS, PermissionMissing, PostDeleted, RecordError, SourceError
from ...models.pages import InteractionPage, Thread
from ...models.post import Post
from ...models.tie import Interaction
from ..entities import MOST_ITEMS, Entity, parts_of, text_of
from ..http import Http
from ..http_errors import RequestRejected
from ..slices import is_long, split_interactions, unhurried
from .interactions import follows_ended
from .paging import ask, entities_in, following
from .parse import post_of
from .recheck import StatusChecker

Read = Callable[[Entity, str, str], Iterable[Interaction]]
"""Parses the interactions of one entity, given the user's own id and the host."""

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
        """Parse statuses in the given order, each once. Unreadable ones are left out."""
        posts: dict[str, Post] = {}
        async for status in unhurried(statuses):
            try:
                if is_long(status):
                    post = await asyncio.to_thread(post_of, status, self.account.key, self.host)
                else:
                    post = post_of(status, self.account.key, self.host)
            except RecordError:
                continue
            posts.setdefault(post.id, post)
        return list(posts.values())

    async def thread(self, post: Post) -> Thread:
        """The conversation around a post. Raises PostDeleted if the post is deleted."""
        status_id = post.original_id or post.id
        try:
            response = await ask(self.http, f"/api/v1/statuses/{quote(status_id, safe='')}/context")
        except RequestRejected as error:
            if error.status in (404, 410) and await self.checker.find(status_id) is None:
                raise PostDeleted() from None
            raise
        context: Entity = {}
        if isinstance(response.value, dict):
            context = response.value
        before = await self.read(parts_of(context, "ancestors", MOST_ITEMS))
        return Thread(tuple(before), tuple(await self.read(parts_of(context, "descendants", MOST_ITEMS))))

    async def stream(
        self, name: str, path: str, read: Read, since: str | None, counts: tuple[str, ...]
    ) -> AsyncIterator[InteractionPage]:
        """Read one stream, newest first, down to `since`. Only the last page carries the new position.

        A conversation keeps its id when it gets a new message, so conversations are read from the top each time.
        """
        newest: str | None = None
        address: str | None = None
        for _ in range(_PAGES_A_STREAM):
            try:
                response = await ask(self.http, address or path, None if address else {"limit": _LIMIT})
                entities = entities_in(response, self.host)
            except (*TRANSIENT_ERRORS, PermissionMissing):
                raise
            except SourceError:
                # Not every server has every stream; a missing one stays unknown.
                return
            ids = [text_of(each, "id") for each in entities]
            newest = newest or (ids[0] if ids else since or "none")
            found: list[Interaction] = []
            async for each in unhurried(entities):
                found += read(each, self.account.remote_id, self.host)
            if name in ("notifications", "statuses"):
                address = following(response, path, address, entities)[0]
            else:
                # The cursors of the other two streams are not the ids of their items.
                address = response.links.get("next")
            reached = since in ids and name != "conversations"
            fresh = entities
            if since in ids:
                fresh = entities[: ids.index(since)]
            lost = name == "notifications" and since is not None and follows_ended(fresh)
            if reached or not entities or address is None:
                async for page in split_interactions(name, found, newest, counts, relationships_lost=lost):
                    yield page
                return
            async for page in split_interactions(name, found, None, counts, relationships_lost=lost):
                yield page
        yield InteractionPage(name, (), newest, counts)

"""Reads interactions (notifications, posts, likes, conversations) since the last sync.

https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications and
https://docs.bsky.app/docs/api/chat-bsky-convo-list-convos. The requests raise SourceError.
"""

from collections.abc import AsyncIterator, Callable, Iterable

from ...models.errors import TRANSIENT_ERRORS, RateLimited, SourceError
from ...models.pages import InteractionPage
from ...models.tie import DIRECT_COUNTS, Interaction
from ..entities import MOST_ITEMS, Entity, parts_of, text_of
from ..slices import split_interactions, unhurried
from .interactions import conversation_interactions, partner_of
from .reader import PostReader, cursor_after, key_of
from .restrictions import relationships_in

Read = Callable[[Entity, str], Iterable[Interaction]]
"""Parses the interactions of one entity, given the user's own id."""

_LIMIT = 100
_PAGES_A_STREAM = 8
_CONVERSATIONS = 30


async def read_stream(
    reader: PostReader,
    name: str,
    nsid: str,
    params: list[tuple[str, str]],
    field: str,
    read: Read,
    since: str | None,
    counts: tuple[str, ...],
) -> AsyncIterator[InteractionPage]:
    """Read one stream, newest first, down to `since`. Only the last page carries the new position."""
    newest: str | None = None
    cursor: str | None = None
    for _ in range(_PAGES_A_STREAM):
        try:
            response = await reader.page(nsid, [*params, ("limit", str(_LIMIT))], cursor)
        except TRANSIENT_ERRORS:
            raise
        except SourceError:
            # Not every server has every stream; a missing one stays unknown.
            return
        entities = parts_of(response, field, MOST_ITEMS)
        keys = [key_of(each) for each in entities]
        newest = newest or (keys[0] if keys else None)
        found: list[Interaction] = []
        async for each in unhurried(entities):
            found += read(each, reader.account.remote_id)
        cursor = cursor_after(response, cursor)
        known = relationships_in(entities)
        if since in keys or cursor is None:
            async for page in split_interactions(name, found, newest or since or "none", counts, known):
                yield page
            return
        async for page in split_interactions(name, found, None, counts, known):
            yield page
    yield InteractionPage(name, (), newest or since or "none", counts)


async def read_conversations(reader: PostReader, since: str) -> AsyncIterator[InteractionPage]:
    """Read direct conversations with new messages. An app password without access to them is no error.

    Only the messages show whether both sides wrote; they are counted and not stored.
    """
    try:
        response = await reader.page("chat.bsky.convo.listConvos", [("limit", str(_LIMIT))])
        convos = [each for each in parts_of(response, "convos") if text_of(each, "rev") > since]
        found: list[Interaction] = []
        for convo in [each for each in convos if partner_of(each, reader.account.remote_id)][:_CONVERSATIONS]:
            params = [("convoId", text_of(convo, "id")), ("limit", str(_LIMIT))]
            messages = parts_of(await reader.page("chat.bsky.convo.getMessages", params), "messages")
            found += conversation_interactions(convo, messages, reader.account.remote_id)
    except RateLimited:
        raise
    except SourceError:
        # The other streams worked, so only this permission is missing, or the chat service is down.
        return
    newest = max((text_of(each, "rev") for each in convos), default="")
    yield InteractionPage("conversations", tuple(found), newest or since or "0", DIRECT_COUNTS)

"""Reads the user's lists and the hashtags they follow, and the timelines of both.

https://docs.joinmastodon.org/methods/lists/, https://docs.joinmastodon.org/methods/followed_tags/.
"""

from urllib.parse import quote

from ...models.errors import TRANSIENT_ERRORS, SourceError
from ...models.feed import Feed
from ...models.pages import Page
from ..entities import Entity, text_of
from ..http import Http
from ..http_errors import RequestRejected
from .paging import Pages, ask, entities_in
from .reader import StatusReader


async def read_feeds(http: Http, account: str) -> list[Feed]:
    """The lists and followed hashtags of an account (its key); empty if the server supports neither.

    Raises TRANSIENT_ERRORS.
    """
    lists = await _known_list(http, "/api/v1/lists")
    tags = await _known_list(http, "/api/v1/followed_tags")
    found = [Feed(account, f"list:{text_of(each, 'id')}", "list", text_of(each, "title") or text_of(each, "id"))
             for each in lists if text_of(each, "id")]  # fmt: skip
    names = (text_of(each, "name") for each in tags)
    return found + [Feed(account, f"tag:{name}", "hashtag", f"#{name}") for name in names if name]


async def _known_list(http: Http, path: str) -> list[Entity]:
    try:
        return entities_in(await ask(http, path), http.host)
    except TRANSIENT_ERRORS:
        raise
    except SourceError:
        return []


async def read_feed(http: Http, pages: Pages, reader: StatusReader, feed_id: str, cursor: str | None) -> Page:
    """Read a page of a list or hashtag, newest first. The cursor is the address from the Link header.

    Raises SourceError.
    """
    kind, _, name = feed_id.partition(":")
    if kind not in ("list", "tag") or not name:
        raise SourceError(f"{feed_id[:80]} is neither a list nor a hashtag of {http.host}.")
    try:
        statuses, next_page, complete = await pages.read(f"/api/v1/timelines/{kind}/{quote(name, safe='')}", cursor)
    except RequestRejected as error:
        if error.status == 404:
            if kind == "list":
                problem = "This list was deleted"
            else:
                problem = f"{http.host} does not show this hashtag"
            raise SourceError(f"{problem}. Nothing else is affected.") from None
        raise
    return Page(tuple(await reader.read(statuses)), next_page, complete, http.server_time())

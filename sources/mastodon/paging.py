"""Finds the next page of a list: by its Link header, or by the id of the last item.

https://docs.joinmastodon.org/api/guidelines/#pagination. Some servers and proxies omit the header, garble it, or put
another server's URL in it.
"""

from collections.abc import Sequence
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from ...models.errors import SourceError, UnusableResponse
from ..entities import MOST_ITEMS, Entity, text_of
from ..http import Http, Response
from ..http_errors import RequestRejected
from ..slices import SlicedPages, count_of_slice
from .scopes import permission_for, permission_missing

LIMIT = 40
_SMALLER = (8, 1)


async def ask(http: Http, path: str, params: object = None) -> Response:
    """GET a path. Raises PermissionMissing if the token's scopes do not allow it."""
    try:
        return await http.get(path, params)
    except RequestRejected as error:
        if error.insufficient:
            missing = permission_missing(http.host, permission_for(path))
            http.lacking.setdefault(missing.scope, missing)
            raise missing from None
        raise


def following(response: Response, path: str, cursor: str | None, entities: Sequence[Entity]) -> tuple[str | None, bool]:
    """The address of the next page, and whether the end is certain if there is none.

    `path` is the address of the first page, and `cursor` that of this page (None for the first).
    """
    link = response.links.get("next")
    if not entities or (link is None and "prev" in response.links):
        return None, True
    if link is not None and link != cursor:
        return link, True
    # A page may repeat its first items at its end.
    ids = dict.fromkeys(found for each in entities if (found := text_of(each, "id")))
    last = next(reversed(ids), "")
    if not last or last == _max_id(cursor):
        # The same page again: this server does not support max_id.
        return None, False
    return after(path, last), True


def after(path: str, last: str) -> str:
    """The address of the page of items older than an id."""
    return f"{path}?{urlencode({'limit': LIMIT, 'max_id': last})}"


def _max_id(cursor: str | None) -> str:
    return parse_qs(urlsplit(cursor or "").query).get("max_id", [""])[0]


class Pages:
    """Reads pages of statuses, and splits pages that are longer than requested. Raises SourceError."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._sliced = SlicedPages()

    async def read(self, path: str, cursor: str | None) -> tuple[list[Entity], str | None, bool]:
        """The statuses of a page, the next cursor, and whether the end is certain if there is none."""
        rest = self._sliced.take(cursor)
        if rest is not None:
            statuses, more, complete = rest.items, rest.following, rest.complete
        else:
            response = await self._ask(cursor or _with_limit(path, LIMIT), _SMALLER)
            statuses = entities_in(response, self._http.host)
            more, complete = following(response, path, cursor, statuses)
            if count_of_slice(statuses) < len(statuses):
                statuses = _below(statuses, _max_id(cursor))
        count = count_of_slice(statuses)
        if count == len(statuses):
            return statuses, more, complete
        last = next((found for each in statuses[count - 1 :: -1] if (found := text_of(each, "id"))), "")
        next_slice = after(path, last)
        return self._sliced.cut(statuses, count, next_slice, more, complete=complete), next_slice, True

    async def _ask(self, address: str, smaller: Sequence[int]) -> Response:
        """Request a page, and a smaller one if it is too large, so that a few huge posts do not end all reading."""
        try:
            return await ask(self._http, address)
        except UnusableResponse as error:
            if error.problem != "too_large" or not smaller:
                raise
        return await self._ask(_with_limit(address, smaller[0]), smaller[1:])


def _with_limit(address: str, limit: int) -> str:
    path, _, query = address.partition("?")
    others = [each for each in parse_qsl(query, keep_blank_values=True) if each[0] != "limit"]
    return f"{path}?{urlencode([('limit', str(limit)), *others])}"


def _below(statuses: list[Entity], last: str) -> list[Entity]:
    """The statuses below an id, for a server that ignores max_id and always sends all of them."""
    ids = [text_of(each, "id") for each in statuses]
    if last in ids:
        return statuses[ids.index(last) + 1 :]
    return statuses


def entities_in(response: Response, host: str) -> list[Entity]:
    """The first objects of a list. Raises SourceError if the response is not a list."""
    if response.value is None:
        return []
    if not isinstance(response.value, list):
        raise SourceError(f"{host} did not return a list; check its address.")
    return [each for each in response.value[:MOST_ITEMS] if isinstance(each, dict)]

"""Checks whether stored statuses still exist, and fetches their current text.

https://docs.joinmastodon.org/methods/statuses/#index takes several ids since Mastodon 4.3; other servers take one
id per request. A server without the endpoint returns 404 for everything, so a status counts as deleted only if the same
endpoint finds a status that certainly exists.
"""

from collections.abc import Sequence
from urllib.parse import quote

from ...models.errors import TRANSIENT_ERRORS, SourceError
from ..entities import Entity, text_of
from ..http import Http
from ..http_errors import RequestRejected
from .paging import ask, entities_in

_BATCH = 20
_SINGLY = 10
_PATH = "/api/v1/statuses"


class StatusChecker:
    """Requests statuses by id, and remembers which endpoints the server has."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._batches = True
        self._single: bool | None = None

    async def check(self, ids: Sequence[str], present: str) -> tuple[list[Entity], list[str], list[str]]:
        """The statuses that exist, the ids of deleted ones, and the ids that were not requested.

        Statuses that are still unknown after a request are in none of them.

        `present` is the id of a status that the server has just sent. Raises TRANSIENT_ERRORS.
        """
        found: dict[str, Entity] = {}
        unsure = list(ids)
        if self._batches:
            found = await self._ask_in_batches(ids, present)
            unsure = [each for each in ids if each not in found]
        gone: list[str] = []
        if unsure and self._single is None:
            self._single = await self.find(present) is not None
        if not self._single:
            return list(found.values()), [], []
        for each in unsure[:_SINGLY]:
            try:
                status = await self.find(each)
            except SourceError as error:
                if isinstance(error, TRANSIENT_ERRORS):
                    raise
                continue
            if status is None:
                gone.append(each)
            else:
                found[each] = status
        if gone and await self.find(present) is None:
            # The endpoint has gone since its first use.
            self._single = False
            return list(found.values()), [], []
        return list(found.values()), gone, unsure[_SINGLY:]

    async def find(self, status_id: str) -> Entity | None:
        """Request one status; None if it is deleted. Raises SourceError."""
        try:
            response = await ask(self._http, f"{_PATH}/{quote(status_id, safe='')}")
        except RequestRejected as error:
            if error.status in (404, 410):
                return None
            raise
        if isinstance(response.value, dict):
            return response.value
        return {}

    async def _ask_in_batches(self, ids: Sequence[str], present: str) -> dict[str, Entity]:
        found: dict[str, Entity] = {}
        for start in range(0, len(ids), _BATCH - 1):
            wanted = [present, *ids[start : start + _BATCH - 1]]
            try:
                response = await ask(self._http, _PATH, [("id[]", each) for each in wanted])
                statuses = {text_of(each, "id"): each for each in entities_in(response, self._http.host)}
            except SourceError as error:
                if isinstance(error, TRANSIENT_ERRORS):
                    raise
                statuses = {}
            if present not in statuses:
                self._batches = False
                return found
            found |= {each: statuses[each] for each in wanted[1:] if each in statuses}
        return found

"""Sends likes to a server that speaks Mastodon's client API.

https://docs.joinmastodon.org/methods/statuses/#favourite. Liking or unliking twice is no error, so an action can be
repeated. The response is the status, which contains whether it is liked.
"""

from urllib.parse import quote

from ...models.action import Action, ActionKey, Like, Receipt
from ...models.errors import PostDeleted, Unreachable
from ..entities import flag_of
from ..http import Http
from ..http_errors import RequestRejected
from .paging import ask
from .scopes import lacks_write


class MastodonWriter:
    """The likes of one account. Raises SourceError and nothing else."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Like or unlike a status."""
        name = "favourite" if isinstance(action, Like) else "unfavourite"
        try:
            answer = await self._http.post(f"{_status(action)}/{name}", {})
        except RequestRejected as error:
            if error.insufficient:
                raise lacks_write(self._http.host, "like") from None
            if error.status in (404, 410):
                raise PostDeleted("This post was deleted, or you may no longer see it.") from None
            raise
        if not _is_done(action, answer.value):
            # Some servers return the status from before the action, so request it again.
            found = await self.find(action, key)
            if found is None:
                raise Unreachable(f"{self._http.host} did not confirm the action; quietfeed checks it again.")
        return Receipt()

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Check whether the status is in the state that the action produces."""
        del key
        try:
            answer = await ask(self._http, _status(action))
        except RequestRejected as error:
            if error.status in (404, 410):
                raise PostDeleted("This post was deleted, or you may no longer see it.") from None
            raise
        if _is_done(action, answer.value):
            return Receipt()
        return None


def _status(action: Action) -> str:
    return f"/api/v1/statuses/{quote(action.target.post_id, safe='')}"


def _is_done(action: Action, status: object) -> bool:
    if isinstance(status, dict):
        liked = flag_of(status, "favourited")
    else:
        liked = None
    return liked is isinstance(action, Like)

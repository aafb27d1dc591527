"""Sends actions to a server with Mastodon's client API, by a table with one request per kind of action."""

from ...models.action import Action, ActionKey, Compose, Edit, Receipt
from ...models.action_kinds import kind_of
from ...models.errors import NotPossible
from ...models.writer import Report
from ..http import Http
from ..http_errors import RequestRejected
from .compose import MastodonComposer
from .lists import REQUESTS as LIST_REQUESTS
from .scopes import lacks_write, not_there
from .write_people import REQUESTS as PEOPLE_REQUESTS
from .write_posts import REQUESTS as POST_REQUESTS

_ABSENT = (404, 405, 410, 501)
"""The statuses from a server that lacks an action, or no longer has the person."""

REQUESTS = {**POST_REQUESTS, **PEOPLE_REQUESTS, **LIST_REQUESTS}


class MastodonWriter:
    """The actions of one account. Raises SourceError and nothing else."""

    def __init__(self, http: Http, composer: MastodonComposer) -> None:
        self._http = http
        self._composer = composer

    def report_uploads(self, report: Report) -> None:
        """Call `report` after each piece of a file that is sent."""
        self._composer.report = report

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Send an action."""
        if isinstance(action, Compose):
            return await self._composer.post(action, key)
        if isinstance(action, Edit):
            return await self._composer.edit(action)
        kind = kind_of(action)
        try:
            return await REQUESTS[kind.name].perform(self._http, action, key)
        except RequestRejected as error:
            if error.insufficient:
                raise lacks_write(self._http.host, kind.capability) from None
            if error.status in _ABSENT and kind.subject in ("person", "tag"):
                raise NotPossible(not_there(self._http.host, kind.capability, error.status), error.status) from None
            raise

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Check whether an action took effect on the server. Raises CannotCompare if the server does not show it."""
        if isinstance(action, Compose):
            return await self._composer.find(action, key)
        if isinstance(action, Edit):
            # Repeating an edit is harmless.
            return None
        return await REQUESTS[kind_of(action).name].find(self._http, action, key)

"""Sends actions to the account's server, by a table with one request per kind of action."""

from ...models.account import Account
from ...models.action import Action, ActionKey, Compose, Receipt
from ...models.action_kinds import kind_of
from ...models.errors import PermissionMissing
from ...models.writer import Report
from .client import Client
from .compose import BlueskyComposer
from .lists import REQUESTS as LIST_REQUESTS
from .requests import Repo
from .write_people import REQUESTS as PEOPLE_REQUESTS
from .write_posts import REQUESTS as POST_REQUESTS
from .write_scopes import BLOBS, PURPOSES

REQUESTS = {**POST_REQUESTS, **PEOPLE_REQUESTS, **LIST_REQUESTS}


class BlueskyWriter:
    """The actions of one account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._repo = Repo(client, account.remote_id)
        self._composer = BlueskyComposer(account, self._repo)

    def report_uploads(self, report: Report) -> None:
        """Call `report` after each piece of a file that is sent."""
        self._composer.report = report

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Send an action."""
        kind = kind_of(action)
        try:
            if isinstance(action, Compose):
                return await self._composer.post(action, key)
            return await REQUESTS[kind.name].perform(self._repo, action, key)
        except PermissionMissing as error:
            if error.remedy != "write" or error.scope == BLOBS:
                raise
            raise PermissionMissing(error.host, error.scope, PURPOSES[kind.capability], "write") from None

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Check whether an action took effect on the server. Raises CannotCompare if the server does not show it."""
        if isinstance(action, Compose):
            return await self._composer.find(key)
        return await REQUESTS[kind_of(action).name].find(self._repo, action, key)

"""Sends actions to the account's server, by a table with one request per kind of action."""

from ...models.account import Account
from ...models.action import Action, ActionKey, Compose, Receipt
from ...models.action_kinds import kind_of
from .client import Client
from .compose import BlueskyComposer
from .requests import Repo
from .write_people import REQUESTS as PEOPLE_REQUESTS
from .write_posts import REQUESTS as POST_REQUESTS

REQUESTS = {**POST_REQUESTS, **PEOPLE_REQUESTS}


class BlueskyWriter:
    """The actions of one account. Raises SourceError and nothing else."""

    def __init__(self, account: Account, client: Client) -> None:
        self._repo = Repo(client, account.remote_id)
        self._composer = BlueskyComposer(account, self._repo)

    async def perform(self, action: Action, key: ActionKey) -> Receipt:
        """Send an action."""
        if isinstance(action, Compose):
            return await self._composer.post(action, key)
        return await REQUESTS[kind_of(action).name].perform(self._repo, action, key)

    async def find(self, action: Action, key: ActionKey) -> Receipt | None:
        """Check whether an action took effect on the server. Raises CannotCompare if the server does not show it."""
        if isinstance(action, Compose):
            return await self._composer.find(key)
        return await REQUESTS[kind_of(action).name].find(self._repo, action, key)

"""Asking the account's own server (PDS), which passes questions on to the AppView and to the chat service."""

from collections.abc import Callable, Mapping
from typing import Any

from ...models.account import Account
from ..http import Http

# https://docs.bsky.app/docs/advanced-guides/service-auth: which service a question is passed on to.
_CHAT = {"atproto-proxy": "did:web:api.bsky.chat#bsky_chat"}


class Client:
    """The XRPC queries of one signed-in account. Raises SourceError and nothing else."""

    def __init__(
        self, account: Account, secret: Mapping[str, str], keep: Callable[[dict[str, str]], None] | None = None
    ) -> None:
        self._http = Http(account.server, secret.get("access", ""))
        self._keep = keep

    async def get(self, nsid: str, params: list[tuple[str, str]] | Mapping[str, str]) -> Any:
        """The JSON that a query answers with."""
        headers = _CHAT if nsid.startswith("chat.bsky.") else None
        return (await self._http.get(f"/xrpc/{nsid}", params, headers)).value

    async def close(self) -> None:
        """Close the connection."""
        await self._http.close()

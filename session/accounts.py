"""The signed-in accounts: opening their sources, signing in and out, and where the tokens rest."""

from collections.abc import Mapping

from ..models.account import Account
from ..models.errors import SignInNeeded
from ..models.source import Source
from ..sources import network
from ..store.archive import Archive
from ..store.tokens import TokenStore


class Accounts:
    """The user's own accounts. `opened` hands in sources that need no sign-in (the demo)."""

    def __init__(self, archive: Archive, tokens: TokenStore | None, opened: Mapping[str, Source] | None = None) -> None:
        self._archive = archive
        self._tokens = tokens
        self._opened: dict[str, Source] = dict(opened or {})
        self._all = tuple(archive.accounts())

    def all(self) -> tuple[Account, ...]:
        """The signed-in accounts, in the order they were added."""
        return self._all

    async def source(self, account: Account) -> Source:
        """The open source of an account. Raises SignInNeeded when its token is gone."""
        if account.key not in self._opened:
            secret = self._tokens.find(account.key) if self._tokens else None
            if secret is None:
                raise SignInNeeded(
                    f"There is no token for {account.key} (a locked keyring, perhaps):"
                    f" `quietfeed account add {account.network}` signs in again."
                )
            self._opened[account.key] = network(account.network).open_source(account, secret)
        return self._opened[account.key]

    async def close(self) -> None:
        """Close every open source."""
        for source in self._opened.values():
            await source.close()
        self._opened.clear()

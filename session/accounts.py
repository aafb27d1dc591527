"""The signed-in accounts: their sources, signing in and out, and token storage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cached_property, partial
from typing import TYPE_CHECKING

from ..models.account import Account, accounts_named
from ..models.config import Config
from ..models.errors import NotFound, TokenMissing, UsageError
from ..models.source import has_prices, has_ties
from ..sources import entry, network
from ..sources.registry import capabilities_of, is_archived, is_demo, needs_sign_in
from ..sources.threads import in_daemon_thread
from ..store.archive import Archive
from ..store.tokens import TokenStore
from .account_secrets import AccountSecrets
from .clock import Clock

if TYPE_CHECKING:
    from ..models.signin import Credentials
    from ..models.source import Source
    from .sign_in_flow import SignInFlow
    from .spending import SpendingService


class Accounts:
    """The user's accounts. `opened` contains sources that need no sign-in (the demo)."""

    def __init__(
        self,
        archive: Archive,
        tokens: TokenStore | None,
        opened: Mapping[str, Source] | None = None,
        *,
        config: Config | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._archive = archive
        self._config, self._clock = config or Config(), clock or Clock()
        self._tokens = tokens
        self._opened: dict[str, Source] = dict(opened or {})
        self._all: tuple[Account, ...] = ()
        self._archived: tuple[Account, ...] = ()
        self.on_change: Callable[[], None] = lambda: None
        """Called after accounts were added, changed or removed."""

        self.reload()
        self._opening = asyncio.Lock()

    def all(self) -> tuple[Account, ...]:
        """The signed-in accounts, in the order they were added."""
        return self._all

    def find(self, key: str) -> Account | None:
        """The account with this key; None if it is not signed in."""
        return next((each for each in self._all if each.key == key), None)

    def reload(self) -> None:
        """Reload the accounts from the store, after an import or its undo."""
        stored = self._archive.accounts()
        self._all = tuple(each for each in stored if not is_archived(each))
        self._archived = tuple(each for each in stored if is_archived(each))
        self.on_change()

    def renewable(self) -> tuple[Account, ...]:
        """The accounts that can sign in again."""
        return tuple(each for each in self._all if self.can_sign_in and needs_sign_in(each.network))

    @property
    def archived(self) -> tuple[Account, ...]:
        """The user's accounts that come from an imported archive only. Nothing is fetched for them."""
        return self._archived

    @cached_property
    def spending(self) -> SpendingService:
        """The budget of networks that charge."""
        from .spending import SpendingService

        return SpendingService(self._archive, self._config, self._clock)

    @property
    def is_demo(self) -> bool:
        """Whether these are the accounts of the demo world."""
        return not self.can_sign_in and all(is_demo(each.network) for each in self._all)

    @cached_property
    def flow(self) -> SignInFlow:
        """The steps of signing in."""
        from .sign_in_flow import SignInFlow

        return SignInFlow(self)

    async def source(self, account: Account) -> Source:
        """Open or reuse the source of an account. Raises SignInNeeded if its token is missing."""
        if account.key in self._opened:
            return self._opened[account.key]
        async with self._opening:
            if account.key not in self._opened:
                # In a thread, because importing httpx and reading the keyring would block the screen.
                secret = await in_daemon_thread(partial(self._secret, account))
                if secret is None and not needs_sign_in(account.network):
                    secret = {}
                if secret is None:
                    raise TokenMissing(account.name, f"`quietfeed account add {account.network}`")
                self._opened[account.key] = await asyncio.to_thread(self._open, account, secret)
            return self._opened[account.key]

    async def sources_opened(self) -> None:
        """Wait until no source is being opened."""
        async with self._opening:
            return

    def has_relationships(self, key: str) -> bool:
        """Whether the network of an account has relationships."""
        if key in self._opened:
            return has_ties(self._opened[key])
        if any(each.key == key for each in self._archived):
            return False
        account = self.find(key)
        return account is None or "ties" in capabilities_of(account.network)

    def named(self, name: str) -> list[Account]:
        """Find accounts by handle, user name, key or id. Raises NotFound if none matches."""
        if found := accounts_named((*self._all, *self._archived), name):
            return found
        raise NotFound(f"There is no account {name}: `quietfeed account list` lists them.")

    def one_named(self, name: str) -> Account:
        """Find the only account with a name. Raises NotFound, and UsageError if several accounts have the name."""
        found = self.named(name)
        if len(found) > 1:
            names = ", ".join(each.name for each in found)
            raise UsageError(f"{name} names several accounts ({names}): type the whole name of one.")
        return found[0]

    def _secret(self, account: Account) -> Mapping[str, str] | None:
        if self._tokens is None:
            return None
        return AccountSecrets(self._tokens, account).load()

    def _open(self, account: Account, secret: Mapping[str, str]) -> Source:
        if self._tokens is None:
            store = None
        else:
            store = AccountSecrets(self._tokens, account)
        source = network(account.network).open_source(account, secret, store)
        if has_prices(source):
            source.use_meter(self.spending.meter(account.network))
        return source

    @property
    def can_sign_in(self) -> bool:
        """Whether accounts are stored. False in the demo and in previews."""
        return self._tokens is not None

    def add(self, account: Account) -> Account:
        """Store an account that needs no sign-in. Raises StoreError."""
        self._archive.add_account(account)
        self.reload()
        return next(each for each in self._all if each.key == account.key)

    def set_writing(self, account: Account, writing: bool) -> Account:
        """Enable or disable writing for a signed-in account. Raises StoreError."""
        self._archive.account_table.set_writing(account.key, writing)
        self.reload()
        return next(each for each in self._all if each.key == account.key)

    async def allow_writing(self, account: Account) -> bool:
        """Enable writing if the current sign-in of an account allows it; returns whether it does. Raises StoreError."""
        secret = await in_daemon_thread(partial(self._secret, account))
        if secret is None or not network(account.network).may_write(account, secret):
            return False
        self.set_writing(account, True)
        return True

    async def where(self, account: Account | None = None) -> str:
        """Describe where the token of an account is stored, or where a new token would be stored."""
        if self._tokens is None:
            return "nowhere"
        key = ""
        if account is not None:
            key = account.key
        return await in_daemon_thread(partial(self._tokens.where, key))

    def file_consent(self) -> str:
        """Describe the token file for systems without a keyring, and who could read it."""
        if self._tokens is None:
            return ""
        return f"The token can be stored in the file {self._tokens.file}, which only you may read."

    async def start_of(self, account: Account) -> str:
        """The value that the next sign-in of an account starts with: its server, or the value of the last sign-in."""
        secret = await in_daemon_thread(partial(self._secret, account)) or {}
        if entry(account.network).priced:
            return secret.get("start", "")
        return account.server

    async def accept(self, found: Credentials, *, writing: bool | None, allow_file: bool) -> Account:
        """Store the account and the token of a finished sign-in. `writing` None keeps the previous setting.

        Raises TokenFileNeeded if only the file is left and `allow_file` is false, and StoreError.
        """
        account = self._archive.account_table.stored(found.account)
        before = None
        if account.row_id:
            before = await in_daemon_thread(partial(self._secret, account))
        if self._tokens is not None:
            secrets = AccountSecrets(self._tokens, account)
            await in_daemon_thread(partial(secrets.replace, found.secret, allow_file=allow_file))
        account = self._archive.add_account(account)
        account = self.set_writing(account, account.writing if writing is None else writing)
        # Report missing permissions of the new sign-in again.
        self._archive.set_state(**{missing_permissions_state(account.key): ""})
        self._opened.pop(account.key, None)
        if before is not None and _tokens_in(before).isdisjoint(_tokens_in(found.secret)):
            # The previous sign-in is no longer used.
            await network(account.network).revoke(account.server, before)
        return account

    async def remove(self, account: Account) -> None:
        """Sign out: revoke and delete the token, and delete fetched data. Marks stay; unsent posts become drafts."""
        opened = self._opened.pop(account.key, None)
        try:
            if opened is not None:
                # Closing waits for a running renewal, which stores a token: delete it too.
                await opened.close()
        finally:
            await self._sign_out(account)

    async def _sign_out(self, account: Account) -> None:
        from ..phrases.composing import removed_reasons

        secret = await in_daemon_thread(partial(self._secret, account))
        if secret is not None:
            await network(account.network).revoke(account.server, secret)
        if self._tokens is not None:
            for key in (account.key, *account.former_keys):
                await in_daemon_thread(partial(self._tokens.forget, key))
        self._archive.remove_account(account.key, *removed_reasons(account.name))
        self.reload()

    async def close(self) -> None:
        """Close every open source, even if another cannot be closed."""
        async with AsyncExitStack() as closing:
            for source in self._opened.values():
                closing.push_async_callback(source.close)
            self._opened.clear()
            if "flow" in vars(self):
                closing.push_async_callback(self.flow.close)


def _tokens_in(secret: Mapping[str, str]) -> set[str]:
    return {value for name, value in secret.items() if name in ("token", "access", "refresh")}


def missing_permissions_state(account: str) -> str:
    """The state name for the reported missing permissions of an account."""
    return f"missing_permissions:{account}"

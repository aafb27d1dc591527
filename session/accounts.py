"""The signed-in accounts: their sources, signing in and out, and token storage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import cached_property, partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..models.account import Account, accounts_named
from ..models.config import Config
from ..models.errors import NotFound, SourceError, TokenMissing, UsageError, WrongAccount
from ..models.source import has_prices, has_ties
from ..models.text import clean_handle, clean_line
from ..phrases.errors import permission_warning
from ..sources import entry, network
from ..sources.registry import capabilities_of, is_archived, is_demo, needs_sign_in, write_rules
from ..sources.threads import in_daemon_thread
from ..store.archive import Archive
from ..store.tokens import TokenStore
from .account_secrets import AccountSecrets
from .clock import Clock

if TYPE_CHECKING:
    from ..models.signin import Authorization, Credentials, SignInPrompts
    from ..models.source import Source
    from ..sources.loopback import Listener
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
        self._begun: tuple[str, Authorization] | None = None
        self._finished: Credentials | None = None
        self._wants_writing: bool | None = None
        """Whether the current sign-in requests writing; None keeps the previous setting."""

        self._listener: Listener | None = None
        self._opening = asyncio.Lock()
        self.warnings: tuple[str, ...] = ()
        """Warnings about missing permissions of the last sign-in."""

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

    def prompts(self, name: str) -> SignInPrompts:
        """The sign-in prompts of a network. Raises UsageError if there is no such network."""
        if not needs_sign_in(name):
            raise UsageError(f"There is no sign-in to {entry(name).label}: `quietfeed subscribe URL` adds one.")
        return entry(name).prompts

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

    async def begin(self, name: str, where: str, *, loopback: bool, writing: bool = False) -> str:
        """Begin signing in at a server or with a handle. Returns the address to open.

        With `loopback` a local port waits for the code; `listens` tells whether it could be opened. With
        `writing` the sign-in requests the permission to write and enables writing for the account.
        """
        from ..models.signin import PASTED

        self.check_writing(name, writing)
        await self._stop_listening()
        redirect = PASTED
        if loopback:
            from ..sources.loopback import Listener

            port = entry(name).redirect_port
            self._listener = Listener()
            try:
                await self._listener.start(port)
                redirect = self._listener.redirect
            except SourceError:
                # Another program uses the only port that this network accepts. The user can paste the address.
                if not port:
                    raise
                self._listener = None
        where = clean_handle(where)
        self._wants_writing = None
        if writing:
            self._wants_writing = True
        # Signing in again keeps the previous setting, so its permission is needed. The account is not known yet.
        before = [each for each in self._all if each.network == name and each.writing]
        again = any(each.is_named(where) or where.casefold() in each.server for each in before)
        authorization = await network(name).begin(where, redirect, writing=writing or again)
        self._begun = (name, authorization)
        if self._listener is not None:
            # Before the browser opens, because a browser that blocks returns the code before `wait` is called.
            self._listener.expect(authorization.state, authorization.issuer)
        return authorization.url

    @property
    def listens(self) -> bool:
        """Whether a local port waits for the browser of the current sign-in."""
        return self._listener is not None

    @property
    def browser_returned(self) -> bool:
        """Whether the browser has returned from the current sign-in."""
        return self._listener is not None and self._listener.answered

    async def wait_for_code(self) -> str:
        """Wait up to five minutes for the code from the browser. Raises SignInNeeded if the user declined."""
        if self._listener is None:
            raise UsageError("No sign-in has begun.")
        return await self._listener.code()

    async def finish(self, code: str, handle: str | None = None) -> Account:
        """Finish signing in with the code.

        Raises TokenFileNeeded if the keyring does not accept the token: `use_file` then stores it in the file.
        """
        if self._begun is None:
            raise UsageError("No sign-in has begun.")
        name, authorization = self._begun
        self._count_sign_in(name)
        found = await network(name).finish(authorization, clean_line(code))
        return await self._store(found, handle, allow_file=False)

    async def use_file(self) -> Account:
        """Store the token of the last sign-in in the file, after the user has agreed."""
        if self._finished is None:
            raise UsageError("No sign-in has finished.")
        return await self._store(self._finished, None, allow_file=True)

    async def with_token(
        self,
        name: str,
        server: str | None,
        token: str,
        handle: str | None = None,
        *,
        allow_file: bool = True,
        writing: bool = False,
    ) -> Account:
        """Sign in with a token or app password. If `handle` is given, the token must belong to that person.

        Raises TokenFileNeeded like `finish`, unless `allow_file`.
        """
        self._wants_writing = None
        if writing:
            self._wants_writing = True
        self.check_writing(name, writing)
        self._count_sign_in(name)
        handle = clean_handle(handle or "")
        found = await network(name).with_token(clean_handle(server or ""), token, handle)
        return await self._store(found, handle, allow_file=allow_file)

    def check_writing(self, name: str, writing: bool) -> None:
        """Raise UsageError if writing is wanted on a network that quietfeed only reads."""
        if writing and not write_rules(name).capabilities:
            raise UsageError(f"{entry(name).label} is read-only in quietfeed: writing cannot be allowed.")

    def _count_sign_in(self, name: str) -> None:
        """Count the request of a sign-in on a paid network. Raises BudgetSpent and StoreError."""
        prices = self.spending.prices(name)
        if prices is not None:
            from ..models.paid import Cost

            self.spending.meter(name).reserve(Cost("sign_in", prices.user))

    async def start_of(self, account: Account) -> str:
        """The value that the next sign-in of an account starts with: its server, or the value of the last sign-in."""
        secret = await in_daemon_thread(partial(self._secret, account)) or {}
        if entry(account.network).priced:
            return secret.get("start", "")
        return account.server

    async def _store(self, found: Credentials, handle: str | None, *, allow_file: bool) -> Account:
        account = found.account
        # Compare only the part before the @: the domain of handles may differ from the server's.
        handle = clean_handle(handle or "")
        handle = entry(account.network).handle_in(handle) or handle.removeprefix("@")
        wanted = handle.partition("@")[0].casefold()
        if wanted and wanted not in (account.handle.partition("@")[0].casefold(), account.remote_id.casefold()):
            raise WrongAccount(urlsplit(account.server).netloc, wanted, account.handle)
        account = self._archive.account_table.stored(account)
        before = None
        if account.row_id:
            before = await in_daemon_thread(partial(self._secret, account))
        if self._tokens is not None:
            self._finished = found
            secrets = AccountSecrets(self._tokens, account)
            await in_daemon_thread(partial(secrets.replace, found.secret, allow_file=allow_file))
            self._finished = None
        account = self._archive.add_account(account)
        if self._wants_writing is None:
            account = self.set_writing(account, account.writing)
        else:
            account = self.set_writing(account, self._wants_writing)
        # Report missing permissions of the new sign-in again.
        self._archive.set_state(**{missing_permissions_state(account.key): ""})
        self._opened.pop(account.key, None)
        self._begun = None
        self.warnings = tuple(map(permission_warning, found.lacking))
        if before is not None and _tokens_in(before).isdisjoint(_tokens_in(found.secret)):
            # The previous sign-in is no longer used.
            await network(account.network).revoke(account.server, before)
        return account

    async def remove(self, account: Account) -> None:
        """Sign out: revoke and delete the token, and delete fetched data. Marks stay; unsent posts become drafts."""
        from ..phrases.composing import removed_reasons

        secret = await in_daemon_thread(partial(self._secret, account))
        if secret is not None:
            await network(account.network).revoke(account.server, secret)
        if self._tokens is not None:
            for key in (account.key, *account.former_keys):
                await in_daemon_thread(partial(self._tokens.forget, key))
        if account.key in self._opened:
            # An open source could store a renewed token after the deletion.
            await self._opened.pop(account.key).close()
        self._archive.remove_account(account.key, *removed_reasons(account.name))
        self.reload()

    async def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    async def close(self) -> None:
        """Close every open source, even if another cannot be closed."""
        async with AsyncExitStack() as closing:
            for source in self._opened.values():
                closing.push_async_callback(source.close)
            self._opened.clear()
            await self._stop_listening()


def _tokens_in(secret: Mapping[str, str]) -> set[str]:
    return {value for name, value in secret.items() if name in ("token", "access", "refresh")}


def missing_permissions_state(account: str) -> str:
    """The state name for the reported missing permissions of an account."""
    return f"missing_permissions:{account}"

"""The steps of signing in: in a browser, with a code that the user pastes, or with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..models.account import Account
from ..models.errors import SourceError, UsageError, WrongAccount
from ..models.signin import PASTED, SignInPrompts
from ..models.text import clean_handle, clean_line
from ..phrases.errors import permission_warning
from ..sources import entry, network
from ..sources.registry import needs_sign_in, write_rules

if TYPE_CHECKING:
    from ..models.signin import Authorization, Credentials
    from ..sources.loopback import Listener
    from .accounts import Accounts


class SignInFlow:
    """One sign-in after the other. `accounts` stores the result of each."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._begun: tuple[str, Authorization] | None = None
        self._finished: Credentials | None = None
        self._wants_writing: bool | None = None
        """Whether the current sign-in requests writing; None keeps the previous setting."""

        self._listener: Listener | None = None
        self.warnings: tuple[str, ...] = ()
        """Warnings about missing permissions of the last sign-in."""

    def prompts(self, name: str) -> SignInPrompts:
        """The sign-in prompts of a network. Raises UsageError if there is no such network."""
        if not needs_sign_in(name):
            raise UsageError(f"There is no sign-in to {entry(name).label}: `quietfeed subscribe URL` adds one.")
        return entry(name).prompts

    async def begin(self, name: str, where: str, *, loopback: bool, writing: bool = False) -> str:
        """Begin signing in at a server or with a handle. Returns the address to open.

        With `loopback` a local port waits for the code; `listens` tells whether it could be opened. With
        `writing` the sign-in requests the permission to write and enables writing for the account.
        """
        self.check_writing(name, writing)
        await self.close()
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
        before = [each for each in self._accounts.all() if each.network == name and each.writing]
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
        prices = self._accounts.spending.prices(name)
        if prices is not None:
            from ..models.paid import Cost

            self._accounts.spending.meter(name).reserve(Cost("sign_in", prices.user))

    async def _store(self, found: Credentials, handle: str | None, *, allow_file: bool) -> Account:
        account = found.account
        # Compare only the part before the @: the domain of handles may differ from the server's.
        handle = clean_handle(handle or "")
        handle = entry(account.network).handle_in(handle) or handle.removeprefix("@")
        wanted = handle.partition("@")[0].casefold()
        if wanted and wanted not in (account.handle.partition("@")[0].casefold(), account.remote_id.casefold()):
            raise WrongAccount(urlsplit(account.server).netloc, wanted, account.handle)
        self._finished = found
        account = await self._accounts.accept(found, writing=self._wants_writing, allow_file=allow_file)
        self._begun = self._finished = None
        self.warnings = tuple(map(permission_warning, found.lacking))
        return account

    async def close(self) -> None:
        """Stop waiting for the browser."""
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

"""An Account: one of the user's own sign-ins."""

from collections.abc import Iterable

import msgspec


class Account(msgspec.Struct, frozen=True):
    """Where the user is signed in.

    `server` is the base URL without a trailing slash, `remote_id` the user's own Person id there. These and the network
    identify the account; the handle is a label and may change. `key` identifies the account's rows in the store: it is
    opaque, assigned once, and never changes. `row_id` is 0 until the account is stored.
    """

    network: str
    server: str
    handle: str
    remote_id: str
    key: str = ""
    row_id: int = 0
    scopes: tuple[str, ...] = ()
    """The scopes that the server granted at the last sign-in; empty if it did not list them."""
    writing: bool = False
    """Whether the user enabled writing for this account."""

    former_keys: tuple[str, ...] = ()
    """The keys it had before two entries of it were merged: its token may still be stored under one of them."""

    def __post_init__(self) -> None:
        if not self.key:
            msgspec.structs.force_setattr(self, "key", self.name)

    @property
    def name(self) -> str:
        """The account as the command line prints it, such as "mastodon:ada@example.social"."""
        return f"{self.network}:{self.handle}"

    @property
    def has_global_id(self) -> bool:
        """Whether the remote id is a DID (https://www.w3.org/TR/did-core/), which names one account on every server."""
        return self.remote_id.startswith("did:")

    def is_named(self, name: str) -> bool:
        """Whether the name matches this account: its handle, user name, key, printed name, or either id."""
        return any(_normal(name) in names for names in self._names())

    def _names(self) -> tuple[frozenset[str], ...]:
        """Its names, the more exact ones first. Several accounts may have the same user name or remote id."""
        exact = (self.handle, self.key, self.name)
        groups = (exact, (str(self.row_id),), (self.remote_id, self.handle.partition("@")[0]))
        return tuple(frozenset(each.casefold() for each in group) for group in groups)


def accounts_named(accounts: Iterable[Account], name: str) -> list[Account]:
    """The accounts that a name matches: those whose handle, key or printed name it is, otherwise by the other names."""
    wanted = _normal(name)
    groups: list[list[Account]] = [[], [], []]
    for account in accounts:
        for found, names in zip(groups, account._names(), strict=True):
            if wanted in names:
                found.append(account)
    return next(filter(None, groups), [])


def _normal(name: str) -> str:
    return name.strip().removeprefix("@").casefold()

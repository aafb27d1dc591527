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
        names = (self.handle, self.handle.partition("@")[0], self.key, self.name, self.remote_id, str(self.row_id))
        return name.strip().removeprefix("@").casefold() in {each.casefold() for each in names}


def accounts_named(accounts: Iterable[Account], name: str) -> list[Account]:
    """The accounts that a name matches."""
    return [account for account in accounts if account.is_named(name)]

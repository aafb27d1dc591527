"""The stored secret of one account, as its source loads and renews it."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

import msgspec

from ..models.account import Account
from ..store.tokens import TokenStore


class AccountSecrets(msgspec.Struct, frozen=True):
    """The SecretStore of one account."""

    tokens: TokenStore
    account: Account

    def load(self) -> Mapping[str, str] | None:
        """Load the token, also from a key of an entry that was merged."""
        for key in (self.account.key, *self.account.former_keys):
            if secret := self.tokens.find(key):
                return secret
        return None

    def save(self, secret: Mapping[str, str]) -> None:
        """Store a renewed token; in the file if the keyring fails, because the old token no longer works."""
        self.tokens.save(self.account.key, dict(secret), allow_file=True)

    def replace(self, secret: Mapping[str, str], *, allow_file: bool) -> None:
        """Store the token of a new sign-in, after a running renewal of the old one. Blocks meanwhile.

        Raises TokenFileNeeded if only the file is left and `allow_file` is false, and StoreError.
        """
        with self.lock():
            self.tokens.save(self.account.key, dict(secret), allow_file=allow_file)

    def lock(self) -> AbstractContextManager[None]:
        """Lock the token against renewal by other processes."""
        return self.tokens.lock(self.account.key)

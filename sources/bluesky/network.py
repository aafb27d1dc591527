"""The functions that the registry loads: signing in to Bluesky, and opening its sources."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.signin import SecretStore
from .client import Client
from .oauth import begin, finish
from .public import look
from .signin import revoke, with_token
from .source import Bluesky
from .write_scopes import may_write as scopes_may_write

__all__ = ["begin", "finish", "look", "may_write", "open_source", "revoke", "with_token"]


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Bluesky:
    """The source of a signed-in account. `store` saves renewed tokens."""
    return Bluesky(account, Client(account, secret, store))


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in allows every action that quietfeed has. An app password always does."""
    return secret.get("kind") != "oauth" or scopes_may_write(account.scopes)

"""The functions that the registry loads: signing in to X, and opening its sources."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import UsageError
from ...models.signin import SecretStore
from .client import Client
from .oauth import begin, finish, revoke, with_token
from .source import X

__all__ = ["begin", "finish", "look", "may_write", "open_source", "revoke", "with_token"]


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> X:
    """The source of a signed-in account. `store` saves renewed tokens. It requests nothing before it has a meter."""
    return X(account, Client(account, secret, store))


async def look(handle: str, server: str = "") -> X:
    """Raise UsageError: there is no view without a sign-in."""
    del handle, server
    raise UsageError("X has no timeline without a sign-in: docs/x.md lists the costs.")


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """False: nothing can be written."""
    del account, secret
    return False

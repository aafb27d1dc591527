"""The functions that the registry loads: signing in to Mastodon, and opening its sources."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import UsageError
from ...models.signin import Credentials, SecretStore
from ..http import Http
from . import signin
from .public import look
from .scopes import may_write as scopes_may_write
from .scopes import sign_in_command
from .signin import begin, finish, revoke
from .source import Mastodon

__all__ = ["begin", "finish", "look", "may_write", "open_source", "revoke", "with_token"]


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Mastodon:
    """The source of a signed-in account. Its token does not expire, so `store` is not used."""
    del store
    return Mastodon(account, Http(account.server, secret.get("token", ""), sign_in=sign_in_command(account.server)))


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with a token that the user created. Raises SourceError and UsageError."""
    del handle
    if not server:
        raise UsageError("A token for Mastodon needs --server URL.")
    return await signin.with_token(server, token)


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in allows every action that quietfeed has; True if unknown."""
    del secret
    return scopes_may_write(account.scopes)

"""The functions that the registry loads for subscriptions, which need no sign-in."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import UsageError
from ...models.signin import PASTED, Authorization, Credentials, SecretStore
from .source import Blogs

__all__ = ["begin", "finish", "look", "may_write", "open_source", "revoke", "with_token"]

_NO_SIGN_IN = "Blogs need no sign-in: `quietfeed subscribe URL` adds one."


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Blogs:
    """The source of the subscriptions."""
    del secret, store
    return Blogs(account)


async def look(handle: str, server: str = "") -> Blogs:
    """Raise UsageError: a blog has no timeline of its author's follows."""
    del handle, server
    raise UsageError(_NO_SIGN_IN)


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """False: nothing can be written."""
    del account, secret
    return False


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Raise UsageError: blogs have no sign-in."""
    del where, redirect, writing
    raise UsageError(_NO_SIGN_IN)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Raise UsageError: blogs have no sign-in."""
    del authorization, code
    raise UsageError(_NO_SIGN_IN)


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Raise UsageError: blogs have no sign-in."""
    del server, token, handle
    raise UsageError(_NO_SIGN_IN)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Do nothing: there is no token."""
    del server, secret

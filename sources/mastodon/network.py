"""The functions that the registry loads: signing in to Mastodon, and opening its sources.

A signed-in account needs only `open_source`, so the sign-in and the public view are imported when they are used.
"""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import UsageError
from ...models.signin import PASTED, Authorization, Credentials, SecretStore
from ...models.source import Source
from ..http import Http
from .scopes import may_write as scopes_may_write
from .scopes import sign_in_command
from .source import Mastodon


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Mastodon:
    """The source of a signed-in account. Its token does not expire, so `store` is not used."""
    del store
    return Mastodon(account, Http(account.server, secret.get("token", ""), sign_in=sign_in_command(account.server)))


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Start a browser sign-in at a server; see signin.py."""
    from . import signin

    return await signin.begin(where, redirect, writing=writing)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Exchange the code for a token; see signin.py."""
    from . import signin

    return await signin.finish(authorization, code)


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with a token that the user created. Raises SourceError and UsageError."""
    from . import signin

    del handle
    if not server:
        raise UsageError("A token for Mastodon needs --server URL.")
    return await signin.with_token(server, token)


async def look(handle: str, server: str = "") -> Source:
    """The public view of user@server; see public.py."""
    from . import public

    return await public.look(handle, server)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Revoke the token; see signin.py."""
    from . import signin

    await signin.revoke(server, secret)


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in allows every action that quietfeed has; True if unknown."""
    del secret
    return scopes_may_write(account.scopes)

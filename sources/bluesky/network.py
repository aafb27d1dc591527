"""The functions that the registry loads: signing in to Bluesky, and opening its sources.

A signed-in account needs only `open_source`, so the sign-ins and the public view are imported when they are used.
"""

from collections.abc import Mapping

from ...models.account import Account
from ...models.signin import PASTED, Authorization, Credentials, SecretStore
from ...models.source import Source
from .client import Client
from .source import Bluesky
from .write_scopes import may_write as scopes_may_write


def open_source(account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Bluesky:
    """The source of a signed-in account. `store` saves renewed tokens."""
    return Bluesky(account, Client(account, secret, store))


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Start a browser sign-in with a handle, a DID or a server; see oauth.py."""
    from . import oauth

    return await oauth.begin(where, redirect, writing=writing)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Exchange the code for tokens; see oauth.py."""
    from . import oauth

    return await oauth.finish(authorization, code)


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with a handle and an app password; see signin.py."""
    from . import signin

    return await signin.with_token(server, token, handle)


async def look(handle: str, server: str = "") -> Source:
    """The public view of a handle; see public.py."""
    from . import public

    return await public.look(handle, server)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Revoke the tokens; see signin.py."""
    from . import signin

    await signin.revoke(server, secret)


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in allows every action that quietfeed has. An app password always does."""
    return secret.get("kind") != "oauth" or scopes_may_write(account.scopes)

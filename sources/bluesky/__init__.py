"""Bluesky and every server of the AT Protocol. Imports httpx only when a server is to be asked."""

from collections.abc import Callable, Mapping

from ...models.account import Account
from ...models.signin import PASTED, Authorization, Credentials
from ...models.source import Source
from .reading import read_input

__all__ = ["begin", "finish", "open_source", "read_input", "revoke", "with_token"]


def open_source(
    account: Account, secret: Mapping[str, str], keep: Callable[[dict[str, str]], None] | None = None
) -> Source:
    """The source of a signed-in account. Tokens are renewed as they run out; `keep` is handed the new ones."""
    from .client import Client
    from .source import Bluesky

    return Bluesky(account, Client(account, secret, keep))


async def begin(server: str, redirect: str = PASTED) -> Authorization:
    """Begin signing in: where the user allows quietfeed to read. Raises SourceError."""
    from . import signin

    return await signin.begin(server, redirect)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Finish signing in with the code. Raises SourceError."""
    from . import signin

    return await signin.finish(authorization, code)


async def with_token(server: str, token: str) -> Credentials:
    """Sign in with an app password that the user made. Raises SourceError."""
    from . import signin

    return await signin.with_token(server, token)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Tell the server that the tokens are no longer used."""
    from . import signin

    await signin.revoke(server, secret)

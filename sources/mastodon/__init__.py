"""Mastodon and every server that speaks its client API. Imports httpx only when a server is to be asked."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from ...models.account import Account
from ...models.errors import UsageError
from ...models.signin import PASTED, Authorization, Credentials, SignInPrompts
from ...models.source import Source
from .handles import handle_in
from .parse import read_input
from .rules import WRITE_RULES

__all__ = [
    "WORDS",
    "WRITE_RULES",
    "begin",
    "finish",
    "handle_in",
    "like_interaction_id",
    "look",
    "may_write",
    "open_source",
    "read_input",
    "revoke",
    "with_token",
]

WORDS = SignInPrompts(
    "Mastodon",
    "Which server is your account on?",
    "mastodon.social",
    "Open this address in any browser, allow quietfeed, and paste the code here.",
    "the code",
)


def open_source(
    account: Account,
    secret: Mapping[str, str],
    keep: Callable[[dict[str, str]], None] | None = None,
    kept: Callable[[], Mapping[str, str] | None] | None = None,
    alone: Callable[[], AbstractContextManager[None]] | None = None,
) -> Source:
    """The source of a signed-in account; its token lasts, so nothing is ever kept anew."""
    del keep, kept, alone
    from ..http import Http
    from .scopes import sign_in_command
    from .source import Mastodon

    return Mastodon(account, Http(account.server, secret.get("token", ""), sign_in=sign_in_command(account.server)))


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in may do what quietfeed can do; yes where that is not known."""
    from .scopes import may_write

    del secret
    return may_write(account.scopes)


def like_interaction_id(post_id: str) -> str:
    """The id under which a sync finds the like of a post."""
    return f"favourite:{post_id}"


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Begin signing in: where the user allows quietfeed to read, and with `writing` to act. Raises SourceError."""
    from . import signin

    return await signin.begin(where, redirect, writing=writing)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Finish signing in with the code. Raises SourceError."""
    from . import signin

    return await signin.finish(authorization, code)


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with a token that the user made; whose it is, the server says. Raises SourceError and UsageError."""
    del handle
    if not server:
        raise UsageError("A token for Mastodon needs --server URL.")
    from . import signin

    return await signin.with_token(server, token)


async def look(handle: str, server: str = "") -> Source:
    """Somebody's timeline as the public sees it, without a sign-in. Raises SourceError and UsageError."""
    from . import public

    return await public.look(handle, server)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Tell the server that the token is no longer used."""
    from . import signin

    await signin.revoke(server, secret)

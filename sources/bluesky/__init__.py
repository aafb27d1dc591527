"""Bluesky and every server of the AT Protocol. Imports httpx only when a server is to be asked."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from ...models.account import Account
from ...models.signin import PASTED, Authorization, Credentials, SignInPrompts
from ...models.source import Source
from .handles import handle_in
from .reading import read_input
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
    "Bluesky",
    "What is your handle?",
    "ada.bsky.social",
    "Open this address in any browser and allow quietfeed. The browser then fails to open a page at 127.0.0.1:"
    " copy the address of that page, all of it, and paste it here.",
    "the address",
)


def open_source(
    account: Account,
    secret: Mapping[str, str],
    keep: Callable[[dict[str, str]], None] | None = None,
    kept: Callable[[], Mapping[str, str] | None] | None = None,
    alone: Callable[[], AbstractContextManager[None]] | None = None,
) -> Source:
    """The source of a signed-in account. Tokens are renewed as they run out; `keep` is handed the new ones."""
    from .client import Client
    from .source import Bluesky

    return Bluesky(account, Client(account, secret, keep, kept, alone))


def may_write(account: Account, secret: Mapping[str, str]) -> bool:
    """Whether a sign-in may do what quietfeed can do. An app password always may."""
    from .write_scopes import may_write

    return secret.get("kind") != "oauth" or may_write(account.scopes)


def like_interaction_id(post_id: str) -> str:
    """The id under which a sync finds the like of a post."""
    return f"like:{post_id}"


async def begin(where: str, redirect: str = PASTED, *, writing: bool = False) -> Authorization:
    """Begin signing in with a handle or at a server: where the user allows quietfeed to read, and with `writing` to
    act. Raises SourceError.
    """
    from . import oauth

    return await oauth.begin(where, redirect, writing=writing)


async def finish(authorization: Authorization, code: str) -> Credentials:
    """Finish signing in with the code. Raises SourceError."""
    from . import oauth

    return await oauth.finish(authorization, code)


async def with_token(server: str, token: str, handle: str = "") -> Credentials:
    """Sign in with an app password that the user made. Raises SourceError, and UsageError without a handle."""
    from . import signin

    return await signin.with_token(server, token, handle)


async def look(handle: str, server: str = "") -> Source:
    """Somebody's timeline as the public sees it, without a sign-in. Raises SourceError and UsageError."""
    from . import public

    return await public.look(handle, server)


async def revoke(server: str, secret: Mapping[str, str]) -> None:
    """Tell the server that the tokens are no longer used."""
    from . import signin

    await signin.revoke(server, secret)

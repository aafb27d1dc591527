"""One package per network: its answers in, models out. `SOURCES` says where each is; none is imported unasked."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from ..models.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from ..models.account import Account
    from ..models.capability import WriteRules
    from ..models.post import Post
    from ..models.signin import Authorization, Credentials, SignInPrompts
    from ..models.source import Source

SOURCES = {
    "mastodon": ".mastodon",
    "bluesky": ".bluesky",
}


class Network(Protocol):
    """What the package of a network offers the session, beside the Source itself."""

    WORDS: SignInPrompts
    """What its sign-in asks."""

    def open_source(
        self,
        account: Account,
        secret: Mapping[str, str],
        keep: Callable[[dict[str, str]], None] | None = None,
        kept: Callable[[], Mapping[str, str] | None] | None = None,
        alone: Callable[[], AbstractContextManager[None]] | None = None,
    ) -> Source:
        """The source of a signed-in account.

        `keep` takes a renewed secret, `kept` gives the one kept now, `alone` keeps other processes from renewing it.
        """

    def handle_in(self, text: str) -> str:
        """The handle that a typed or pasted text names, in any form this network's users know; "" for none."""

    WRITE_RULES: WriteRules
    """What it lets its clients write."""

    def may_write(self, account: Account, secret: Mapping[str, str]) -> bool:
        """Whether a sign-in may do what quietfeed can do; yes where that is not known."""

    def like_interaction_id(self, post_id: str) -> str:
        """The id under which a sync finds the like of a post."""

    async def begin(self, where: str, redirect: str = ..., *, writing: bool = ...) -> Authorization:
        """Begin signing in at a server, or with a handle; the code comes back to `redirect`, or is pasted.

        It asks for reading alone, and with `writing` for what actions need too.
        """

    async def finish(self, authorization: Authorization, code: str) -> Credentials:
        """Finish signing in with the code."""

    async def with_token(self, server: str, token: str, handle: str = "") -> Credentials:
        """Sign in with a token or app password that the user made. UsageError where server or handle is missing."""

    async def look(self, handle: str, server: str = "") -> Source:
        """Somebody's timeline as the public sees it, without a sign-in. Raises SourceError and UsageError."""

    async def revoke(self, server: str, secret: Mapping[str, str]) -> None:
        """Tell the server that the token is no longer used."""

    def read_input(self, value: object) -> tuple[list[Post], list[str]]:
        """The posts in an answer of the network's API, and a sentence for each thing in it that could not be read."""


def network(name: str) -> Network:
    """The package of a network by name; raises UsageError where there is none."""
    if name not in SOURCES:
        raise UsageError(f"There is no network {name!r}: quietfeed knows {', '.join(SOURCES)}.")
    module: Network = import_module(SOURCES[name], __name__)
    return module


def handle_in(text: str) -> tuple[str, str]:
    """The network and the handle that a typed or pasted text names; two empty texts where no network knows its form."""
    for name in SOURCES:
        handle = network(name).handle_in(text)
        if handle:
            return name, handle
    return "", ""


def write_rules(name: str) -> WriteRules:
    """What a network lets its clients write."""
    if name in SOURCES:
        return network(name).WRITE_RULES
    from ..models.capability import READ_ONLY, WriteRules

    # The demo world does everything, and asks nobody.
    return WriteRules(frozenset({"like"})) if name == "demo" else READ_ONLY


def like_interaction_id(name: str, post_id: str) -> str:
    """The id under which a sync of a network finds the like of a post."""
    return network(name).like_interaction_id(post_id) if name in SOURCES else f"like:{post_id}"

"""One package for each network: JSON in, models out. registry.py has an entry for each; none is imported unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .registry import NETWORKS, entry, handle_in, like_interaction_id, write_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.account import Account
    from ..models.signin import Authorization, Credentials, SecretStore
    from ..models.source import Source

__all__ = ["NETWORKS", "Network", "entry", "handle_in", "like_interaction_id", "network", "write_rules"]


class Network(Protocol):
    """What the `network` module of a package offers: what asks servers, beside the Source itself."""

    def open_source(self, account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Source:
        """The source of a signed-in account. `store` keeps the secret where it is renewed."""

    def may_write(self, account: Account, secret: Mapping[str, str]) -> bool:
        """Whether a sign-in may do what quietfeed can do; yes where that is not known."""

    async def begin(self, where: str, redirect: str = ..., *, writing: bool = ...) -> Authorization:
        """Begin signing in at a server, or with a handle; the code comes back to `redirect`, or is pasted.

        It asks for reading alone, and with `writing` for what actions need too.
        """

    async def finish(self, authorization: Authorization, code: str) -> Credentials:
        """Finish signing in with the code."""

    async def with_token(self, server: str, token: str, handle: str = "") -> Credentials:
        """Sign in with a token or app password that the user made. UsageError where server or handle is missing."""

    async def look(self, handle: str, server: str = "") -> Source:
        """The timeline of a handle as the public sees it, without a sign-in. Raises SourceError and UsageError."""

    async def revoke(self, server: str, secret: Mapping[str, str]) -> None:
        """Tell the server that the token is no longer used."""


def network(name: str) -> Network:
    """The network module of a network by name. Raises UsageError where there is none."""
    return entry(name).load()

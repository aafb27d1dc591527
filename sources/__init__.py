"""One package for each network: JSON in, models out. registry.py has an entry for each and imports it when needed.

The registry's names below are imported on first use, so that the help of the command line reads facts.py alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models.account import Account
    from ..models.signin import Authorization, Credentials, SecretStore
    from ..models.source import Source
    from .registry import NETWORKS, entry, handle_in, interaction_id, write_rules

__all__ = ["NETWORKS", "Network", "entry", "handle_in", "interaction_id", "network", "write_rules"]


class Network(Protocol):
    """The functions of a network's `network` module: signing in, signing out, and opening sources."""

    def open_source(self, account: Account, secret: Mapping[str, str], store: SecretStore | None = None) -> Source:
        """Open the source of a signed-in account. `store` saves renewed secrets."""

    def may_write(self, account: Account, secret: Mapping[str, str]) -> bool:
        """Whether a sign-in allows every action that quietfeed has; True if unknown."""

    async def begin(self, where: str, redirect: str = ..., *, writing: bool = ...) -> Authorization:
        """Start a browser sign-in.

        `where` is a server or a handle. The code arrives at `redirect`, or the user pastes it. The sign-in requests
        read permissions, and with `writing` also those that actions need. Raises SourceError.
        """

    async def finish(self, authorization: Authorization, code: str) -> Credentials:
        """Exchange the code for credentials. Raises SignInNeeded if the server rejects it."""

    async def with_token(self, server: str, token: str, handle: str = "") -> Credentials:
        """Sign in with a token or app password. Raises UsageError if the server or handle is missing."""

    async def look(self, handle: str, server: str = "") -> Source:
        """Open the public timeline of a handle, without a sign-in. Raises SourceError and UsageError."""

    async def revoke(self, server: str, secret: Mapping[str, str]) -> None:
        """Revoke the token. Errors of the server are ignored."""


def network(name: str) -> Network:
    """Import the `network` module of a network. Raises UsageError if there is no such network."""
    from .registry import entry

    return entry(name).load()


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(".registry", __name__), name)
    globals()[name] = value
    return value

"""Sign-in data: a sign-in in progress, its result, and its stored secret. No repr contains a secret."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec

from ..models.errors import PermissionMissing
from .account import Account

PASTED = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect of a sign-in whose code the user pastes (RFC 6749's out-of-band practice)."""


class SignInPrompts(msgspec.Struct, frozen=True):
    """The texts of one network's sign-in, for the screens and the command line."""

    network: str
    """The network's name as people write it."""
    question: str
    example: str
    """An example answer to the question."""
    paste: str
    """The instructions if no browser can return to quietfeed."""
    pasted: str
    """What the user pastes in that case."""


class Authorization(msgspec.Struct, frozen=True):
    """A sign-in in progress: the address to open, and the values needed to finish it.

    `issuer`, if not "", is the server that must have redirected the browser (RFC 9207); `key` signs token requests
    (RFC 9449); `person` is the id of the account that the sign-in must result in.
    """

    server: str
    url: str
    redirect: str
    client_id: str
    client_secret: str
    verifier: str
    state: str
    issuer: str = ""
    key: str = ""
    person: str = ""
    scopes: str = ""
    """The requested scopes in the network's format."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        public = ("server", "url", "redirect", "issuer", "person", "scopes")
        return [(name, getattr(self, name)) for name in public]

    def __repr__(self) -> str:
        return _repr(self)


class Credentials(msgspec.Struct, frozen=True):
    """A finished sign-in: its account, and the secret to store."""

    account: Account
    secret: dict[str, str]
    lacking: tuple[PermissionMissing, ...] = ()
    """Permissions that the sign-in lacks and that quietfeed can do without."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("account", self.account), ("lacking", self.lacking)]

    def __repr__(self) -> str:
        return _repr(self)


def _repr(shown: Authorization | Credentials) -> str:
    # A struct's own repr would print every field.
    fields = ", ".join(f"{name}={value!r}" for name, value in shown.__rich_repr__())
    return f"{type(shown).__name__}({fields})"


class SecretStore(Protocol):
    """Where the secret of one account is stored. Several processes may use it at once. Methods raise StoreError."""

    def load(self) -> Mapping[str, str] | None:
        """The stored secret; None if there is none."""

    def save(self, secret: Mapping[str, str]) -> None:
        """Store a renewed secret."""

    def lock(self) -> AbstractContextManager[None]:
        """Prevent other processes from renewing the secret; blocks until they are done."""

"""Signing in: what has begun, what it ended in, and where its secret is stored. Secrets stay out of every repr."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec

from .account import Account

PASTED = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect of a sign-in whose code the user pastes (RFC 6749's out-of-band practice)."""


class SignInPrompts(msgspec.Struct, frozen=True):
    """What a sign-in to one network asks, in its own words, for the screens and the command line."""

    network: str
    """The network's name as people write it."""
    question: str
    example: str
    """An answer to the question."""
    paste: str
    """What to do with the address where no browser comes back by itself."""
    pasted: str
    """What is pasted then."""


class Authorization(msgspec.Struct, frozen=True):
    """A sign-in that has begun: the address to open, and what finishing it needs.

    `issuer`, where it is not "", is who must have sent the browser back (RFC 9207); `key` signs for the tokens
    (RFC 9449); `person` is the id of the account that must come out of it.
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
    """What was asked for, as the network writes it."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        public = ("server", "url", "redirect", "issuer", "person", "scopes")
        return [(name, getattr(self, name)) for name in public]

    def __repr__(self) -> str:
        return _repr(self)


class Credentials(msgspec.Struct, frozen=True):
    """A finished sign-in: whose it is, and the secret to keep."""

    account: Account
    secret: dict[str, str]
    warnings: tuple[str, ...] = ()
    """Sentences about permissions that it lacks and that quietfeed can do without."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("account", self.account), ("warnings", self.warnings)]

    def __repr__(self) -> str:
        return _repr(self)


def _repr(shown: Authorization | Credentials) -> str:
    # A struct's own repr would print every field.
    fields = ", ".join(f"{name}={value!r}" for name, value in shown.__rich_repr__())
    return f"{type(shown).__name__}({fields})"


class SecretStore(Protocol):
    """Where the secret of one account is stored. Several programs may use it at once. Methods raise StoreError."""

    def load(self) -> Mapping[str, str] | None:
        """The secret as it is stored now; None where there is none."""

    def save(self, secret: Mapping[str, str]) -> None:
        """Store a renewed secret."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other programs from renewing the secret; entering blocks until they are done."""

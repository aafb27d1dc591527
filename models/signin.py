"""Signing in: what has begun, what it ended in, and where its secret is stored. Secrets stay out of every repr."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from .account import Account

PASTED = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect of a sign-in whose code the user pastes (RFC 6749's out-of-band practice)."""


@dataclass(frozen=True, slots=True)
class SignInPrompts:
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


@dataclass(frozen=True, slots=True)
class Authorization:
    """A sign-in that has begun: the address to open, and what finishing it needs.

    `issuer`, where it is not "", is who must have sent the browser back (RFC 9207); `key` signs for the tokens
    (RFC 9449); `person` is the id of the account that must come out of it.
    """

    server: str
    url: str
    redirect: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    verifier: str = field(repr=False)
    state: str = field(repr=False)
    issuer: str = ""
    key: str = field(default="", repr=False)
    person: str = ""
    scopes: str = ""
    """What was asked for, as the network writes it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A finished sign-in: whose it is, and the secret to keep."""

    account: Account
    secret: dict[str, str] = field(repr=False)
    warnings: tuple[str, ...] = ()
    """Sentences about permissions that it lacks and that quietfeed can do without."""


class SecretStore(Protocol):
    """Where the secret of one account is stored. Several programs may use it at once. Methods raise StoreError."""

    def load(self) -> Mapping[str, str] | None:
        """The secret as it is stored now; None where there is none."""

    def save(self, secret: Mapping[str, str]) -> None:
        """Store a renewed secret."""

    def lock(self) -> AbstractContextManager[None]:
        """Keep other programs from renewing the secret; entering blocks until they are done."""

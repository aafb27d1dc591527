"""A sign-in on its way: what has begun, and what it ended in. Secrets stay out of every repr."""

from dataclasses import dataclass, field

from .account import Account

PASTED = "urn:ietf:wg:oauth:2.0:oob"
"""The redirect of a sign-in whose code the user pastes (RFC 6749's out-of-band practice)."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A sign-in that has begun: the address to open, and what finishing it needs."""

    server: str
    url: str
    redirect: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    verifier: str = field(repr=False)
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A finished sign-in: whose it is, and the secret to keep."""

    account: Account
    secret: dict[str, str] = field(repr=False)

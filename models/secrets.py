"""The secrets that this process has seen, so that none of them is ever printed."""

from collections.abc import Mapping
from urllib.parse import quote

_SHORTEST = 6
"""A shorter text is no secret, and cutting it out would damage words."""
_SECRET_FIELDS = ("token", "access", "refresh", "password", "secret", "key", "verifier")

_seen: set[str] = set()


def remember_secret(value: str) -> None:
    """Cut this value out of everything that `without_secrets` is given from now on."""
    if len(value) >= _SHORTEST:
        _seen.update((value, quote(value, safe="")))


def remember_secrets(fields: Mapping[str, str]) -> None:
    """The same for the secret fields of what a sign-in keeps; its ids and addresses are no secrets."""
    for name, value in fields.items():
        if any(word in name.casefold() for word in _SECRET_FIELDS):
            remember_secret(value)


def without_secrets(text: str) -> str:
    """The text with every known secret replaced: a server may echo what it was sent."""
    for secret in sorted(_seen, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text

"""Collects the secrets of this process, to remove them from all output."""

import re
from collections.abc import Mapping
from urllib.parse import quote

_SHORTEST = 6
"""Shorter texts are not treated as secrets: removing them would damage other words."""
_SECRET_FIELDS = ("token", "access", "refresh", "password", "secret", "key", "verifier")

_seen: set[str] = set()
"""Every secret of the process. It has no owner, because even the last-resort output of a crash must remove them."""


def remember_secret(value: str) -> None:
    """Make `without_secrets` remove this value."""
    if len(value) >= _SHORTEST:
        _seen.update((value, quote(value, safe="", errors="replace")))


def remember_secrets(fields: Mapping[str, str]) -> None:
    """Make `without_secrets` remove the secret fields of a sign-in, but not its ids and addresses."""
    for name, value in fields.items():
        if any(word in name.casefold() for word in _SECRET_FIELDS):
            remember_secret(value)


def without_secrets(text: str) -> str:
    """The text with every known secret replaced: a server may echo a secret in its response."""
    if not _seen:
        return text
    # One pass, the longest first: a secret may be part of another one, or of "[secret]".
    known = "|".join(re.escape(secret) for secret in sorted(_seen, key=len, reverse=True))
    return re.sub(known, "[secret]", text)

"""Handles of X, from addresses of profiles. A bare name is not accepted, because it may be anything."""

import re

_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?:#!/)?@?([A-Za-z0-9_]{1,15})/?(?:[?#].*)?",
    re.IGNORECASE,
)
_NO_PROFILES = frozenset(("home", "search", "explore", "settings", "intent", "i", "share", "hashtag", "login", "about"))
_MIRRORS = ("bird.makeup",)
"""Servers of other networks that copy accounts of X under the same name."""


def handle_in(text: str) -> str:
    """The handle in the address of a profile, in lower case; "" if there is none."""
    found = _PROFILE.fullmatch(text.strip()[:200])
    if found is None or found[1].casefold() in _NO_PROFILES:
        return ""
    return found[1].casefold()


def mirrored(handle: str) -> str:
    """The handle of the account that a mirror of another network copies; "" for any other handle."""
    user, _, host = handle.casefold().partition("@")
    if host in _MIRRORS:
        return user
    return ""

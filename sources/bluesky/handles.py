"""Extracts handles and DIDs from typed or pasted text: ada.bsky.social, at:// URIs, and profile URLs."""

import re
from urllib.parse import unquote

from ...models.text import clean_handle

_HANDLE = re.compile(r"(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:[a-zA-Z0-9.-]{1,253}(%3A\d{1,5})?")
# All apps of the network use /profile/ in profile URLs, like bsky.app.
_PROFILE = re.compile(r"(?:https?://)?[^/\s@]+/profile/([^/?#\s]+)", re.IGNORECASE)
_AT = re.compile("at://", re.IGNORECASE)


def handle_in(text: str) -> str:
    """Extract a bare handle or DID from a text; "" if there is none."""
    bare = clean_handle(text)
    profile = _PROFILE.match(bare)
    if profile:
        bare = unquote(profile[1])
    bare, at_address = _AT.subn("", bare, count=1)
    bare = bare.partition("/")[0] if at_address else bare.rstrip("/")
    bare = bare.removeprefix("@")
    if is_did(bare):
        return bare
    bare = bare.casefold().rstrip(".")
    if _HANDLE.fullmatch(bare):
        return bare
    return ""


def is_did(text: str) -> bool:
    """Whether a text is a DID of a method that the AT Protocol allows."""
    return bool(_PLC.fullmatch(text) or _WEB.fullmatch(text))

"""Extracts handles from typed or pasted text: @ada@there.example, acct: URIs, and profile or post URLs."""

import re
from urllib.parse import unquote

from ...models.text import clean_handle

_USER = re.compile(r"\w(?:[\w.-]{0,126}\w)?")
_HOST = re.compile(r"(?:(?:[\w-]{1,63}\.)+[\w-]{2,63}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])(?::\d{1,5})?")
_SCHEME = re.compile(r"(?:https?|web\+https?)://", re.IGNORECASE)
_ACCT = re.compile(r"acct:(?://)?", re.IGNORECASE)
# The paths of profiles on Mastodon, Pleroma, GoToSocial, Friendica and PeerTube.
_FOLDERS = ("users", "u", "profile", "a", "accounts", "author")
_INTERFACES = ("web", "deck")


def handle_in(text: str) -> str:
    """Extract a handle user@host from a text; "" if there is none."""
    text = _ACCT.sub("", clean_handle(text), count=1)
    address = _SCHEME.sub("", text, count=1)
    host, slash, path = address.partition("/")
    if slash and "@" not in host:
        return _at_address(host, path)
    if address != text:
        return ""
    user, _, host = text.removeprefix("@").partition("@")
    return _checked(user, host.partition("/")[0])


def _at_address(host: str, path: str) -> str:
    parts = [unquote(part) for part in re.split("[?#]", path)[0].split("/") if part]
    if parts and parts[0] in _INTERFACES:
        del parts[0]
    if parts and parts[0].startswith("@"):
        user, _, other = parts[0][1:].partition("@")
        return _checked(user, other or host)
    if parts[:1] == ["profile"] and "." in "".join(parts[1:2]):
        # Profile URLs of the AT Protocol's apps have a domain name here.
        return ""
    if len(parts) > 1 and parts[0] in _FOLDERS:
        return _checked(parts[1].removeprefix("@"), host)
    return ""


def _checked(user: str, host: str) -> str:
    host = host.casefold().rstrip(".")
    if _USER.fullmatch(user) and _HOST.fullmatch(host):
        return f"{user}@{host}"
    return ""

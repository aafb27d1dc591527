"""The OAuth scopes of Mastodon's client API, and the purpose of each.

https://docs.joinmastodon.org/api/oauth-scopes/
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from ...models.capability import Capability
from ...models.errors import PermissionMissing


class Permission(msgspec.Struct, frozen=True):
    """A scope, its purpose (a phrase after "to"), and the paths that need it."""

    scope: str
    purpose: str
    paths: tuple[str, ...]
    required: bool = False
    """Whether quietfeed cannot work without it."""


_API = "/api/v1/"
PERMISSIONS = (
    Permission("read:accounts", "identify your account", ("accounts/verify_credentials",), required=True),
    Permission(
        "read:follows",
        "see who you follow",
        ("accounts/relationships", "accounts/familiar_followers", "followed_tags"),
    ),
    Permission("read:notifications", "see who replies to, mentions and likes you", ("notifications",)),
    Permission("read:favourites", "see whose posts you like", ("favourites",)),
    Permission("read:lists", "read your lists", ("lists", "timelines/list")),
    Permission("read:statuses", "read your timeline", ("timelines", "statuses", "conversations"), required=True),
    Permission("read:accounts", "see people's profiles", ("accounts",)),
)
"""The first entry with a matching path applies. Paths are relative to /api/v1/."""

PROBES = ("/api/v1/timelines/home", "/api/v1/notifications", "/api/v1/favourites", "/api/v1/lists")
"""Paths to try at sign-in if the server does not list the token's scopes."""


def permission_for(path: str) -> Permission:
    """The permission that a path needs."""
    bare = urlsplit(path).path.removeprefix(_API)
    found = next((each for each in PERMISSIONS if any(bare.startswith(start) for start in each.paths)), None)
    return found or Permission("read", "read your account", ())


def missing_from(granted: Iterable[str]) -> list[Permission]:
    """The permissions missing from these scopes, each once. `read` includes every `read:...`."""
    scopes = {each.strip() for each in granted}
    if "profile" in scopes:
        # A token with only "profile" can still identify its account.
        scopes.add("read:accounts")
    lacking = {}
    for each in reversed(PERMISSIONS):
        whole, _, _ = each.scope.partition(":")
        if each.scope not in scopes and whole not in scopes:
            lacking[each.scope] = each
    return list(reversed(lacking.values()))


def sign_in_command(server: str) -> str:
    """The command that signs in again at a server."""
    return f"`quietfeed account add mastodon --server {urlsplit(server).netloc or server}`"


def permission_missing(host: str, permission: Permission) -> PermissionMissing:
    """The error for a request without permission."""
    command = sign_in_command(host)
    return PermissionMissing(host, permission.scope, permission.purpose, "sign_in", command, takes_tokens=True)


READ_SCOPE = "read"
WRITE_SCOPES: dict[Capability, str] = {
    "like": "write:favourites",
    "boost": "write:statuses",
    "bookmark": "write:bookmarks",
    "pin": "write:accounts",
    "vote": "write:statuses",
    "delete": "write:statuses",
    "follow": "write:follows",
    "hide_boosts": "write:follows",
    "follow_requests": "write:follows",
    "follow_tag": "write:follows",
    "mute": "write:mutes",
    "block": "write:blocks",
    "report": "write:reports",
    "note": "write:accounts",
    "change_list": "write:lists",
    "compose": "write:statuses",
    "edit": "write:statuses",
}
"""The scope that each action needs."""

_WRITE_PURPOSES: dict[Capability, str] = {
    "like": "like posts",
    "boost": "boost posts",
    "bookmark": "bookmark posts",
    "pin": "pin posts",
    "vote": "vote in polls",
    "delete": "delete posts",
    "follow": "follow people",
    "hide_boosts": "hide the boosts of a person",
    "follow_requests": "answer follow requests",
    "follow_tag": "follow hashtags",
    "mute": "mute people",
    "block": "block people",
    "report": "report people",
    "note": "write notes on people",
    "change_list": "publish a list of the people you know",
    "compose": "post",
    "edit": "edit posts",
}


MEDIA_SCOPE = "write:media"
"""The scope that attachments need."""


def wanted_scopes(*, writing: bool) -> str:
    """The scopes that a sign-in requests, separated by spaces."""
    if not writing:
        return READ_SCOPE
    return " ".join([READ_SCOPE, *dict.fromkeys(WRITE_SCOPES.values()), MEDIA_SCOPE])


def may_write(granted: Iterable[str]) -> bool:
    """Whether the scopes allow all actions. Unknown scopes count as allowed."""
    scopes = {*granted}
    return not scopes or all(scopes & {"write", needed} for needed in WRITE_SCOPES.values())


def not_there(host: str, capability: Capability, status: int) -> str:
    """The sentence about a server that lacks an action, or the target of the action."""
    return f"{host} cannot {_WRITE_PURPOSES[capability]}, or no longer has this one (it returned {status})."


def lacks_media(host: str) -> PermissionMissing:
    """The error for an upload without permission."""
    return PermissionMissing(host, MEDIA_SCOPE, "attach files", "write")


def lacks_write(host: str, capability: Capability) -> PermissionMissing:
    """The error for an action without permission."""
    return PermissionMissing(host, WRITE_SCOPES[capability], _WRITE_PURPOSES[capability], "write")

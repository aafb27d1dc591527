"""The purpose of each query to an account's server, for errors about missing permissions.

An app password may lack access to direct messages. A browser sign-in has one permission per query
(https://atproto.com/specs/permission).
"""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import parse_qs, urlsplit

from ...models.errors import PermissionMissing
from ..http import Response
from ..http_errors import is_web_page

CHAT = "chat.bsky.convo.listConvos"
_PURPOSES = {
    "app.bsky.feed.getTimeline": "read your timeline",
    "app.bsky.notification.listNotifications": "see who replies to, mentions and likes you",
    "app.bsky.feed.getAuthorFeed": "see who you reply to",
    "app.bsky.feed.getActorLikes": "see whose posts you like",
    "app.bsky.graph.getRelationships": "see who you follow",
    "app.bsky.actor.getProfiles": "see people's profiles",
    "app.bsky.actor.getPreferences": "follow your settings",
    "app.bsky.feed.getPostThread": "read conversations",
    "app.bsky.feed.getPosts": "notice deleted posts",
    "app.bsky.feed.getFeedGenerators": "read your feeds",
    "app.bsky.graph.getList": "read your lists",
    "app.bsky.graph.getLists": "read your lists",
    "app.bsky.labeler.getServices": "read what labels mean",
    **dict.fromkeys(
        (f"app.bsky.graph.get{name}" for name in ("Blocks", "ListBlocks", "ListMutes", "Mutes")),
        "see who you mute and block",
    ),
    "app.bsky.feed.getFeed": "read your feeds",
    "app.bsky.feed.getListFeed": "read your lists",
    CHAT: "see who you exchange direct messages with",
    "chat.bsky.convo.getMessages": "see who you exchange direct messages with",
}
_WANTED = ("app.bsky.notification.listNotifications", "app.bsky.graph.getRelationships", CHAT)


def missing(host: str, nsid: str) -> PermissionMissing:
    """The error of a query without permission."""
    purpose = _PURPOSES.get(nsid, "make this request")
    if nsid.startswith("chat."):
        return PermissionMissing(host, nsid, purpose, "allow_chat")
    return PermissionMissing(host, nsid, purpose, "sign_in", "`quietfeed account add bluesky`")


def optional_missing(host: str, scopes: Collection[str]) -> tuple[PermissionMissing, ...]:
    """The useful permissions that a browser sign-in with these scopes lacks."""
    return tuple(missing(host, nsid) for nsid in not_granted(scopes, _WANTED))


def not_granted(scopes: Collection[str], queries: Iterable[str]) -> list[str]:
    """The queries that a browser sign-in with these scopes does not allow."""
    old = {"transition:generic": "app.", "transition:chat.bsky": "chat."}
    whole = tuple(start for scope, start in old.items() if scope in scopes)
    return [
        nsid for nsid in queries if not nsid.startswith(whole) and not any(f"rpc:{nsid}" in each for each in scopes)
    ]


def scopes_of(secret: Mapping[str, str]) -> list[str]:
    """The scopes that a browser sign-in requested, from its client id on loopback; empty without them."""
    return parse_qs(urlsplit(secret.get("client_id", "")).query).get("scope", [""])[0].split()


def is_missing(response: Response, name: str, detail: str) -> bool:
    """Whether a rejection is about the permissions of the token, not about the token itself."""
    text = f"{name} {detail}".casefold()
    if name == "InvalidToken" and detail.startswith("Bad token"):
        return True
    challenge = response.headers.get("www-authenticate", "")
    return response.status in (400, 401, 403) and (
        name == "ScopeMissingError" or "missing required scope" in text or "insufficient_scope" in challenge
    )


def is_blocked(response: Response) -> bool:
    """Whether the response is the web page of a firewall or proxy."""
    return response.status == 403 and response.value is None and is_web_page(response.headers, response.text)

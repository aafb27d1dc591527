"""What each question to an account's server is for, so that a missing permission can be named.

An app password may be made without access to direct messages; a sign-in in the browser has a permission per question
(https://atproto.com/specs/permission).
"""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import parse_qs, urlsplit

from ...models.errors import PermissionMissing
from ..http import Response
from ..http_errors import is_web_page

CHAT = "chat.bsky.convo.listConvos"
CHAT_HINT = 'an app password made with "Allow access to your direct messages" has it'
_PURPOSES = {
    "app.bsky.feed.getTimeline": "read your timeline",
    "app.bsky.notification.listNotifications": "see who answers, mentions and likes you",
    "app.bsky.feed.getAuthorFeed": "see whom you answer",
    "app.bsky.feed.getActorLikes": "see whose posts you like",
    "app.bsky.graph.getRelationships": "see whom you follow",
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
        "see whom you mute and block",
    ),
    "app.bsky.feed.getFeed": "read your feeds",
    "app.bsky.feed.getListFeed": "read your lists",
    CHAT: "see with whom you talk directly",
    "chat.bsky.convo.getMessages": "see with whom you talk directly",
}
_WANTED = ("app.bsky.notification.listNotifications", "app.bsky.graph.getRelationships", CHAT)


def missing(host: str, nsid: str) -> PermissionMissing:
    """The error of a question that this sign-in has no permission for."""
    purpose = _PURPOSES.get(nsid, "ask this")
    if nsid.startswith("chat."):
        how = CHAT_HINT
    else:
        how = "`quietfeed account add bluesky` signs in again"
    return PermissionMissing(
        f"This sign-in at {host} lacks the permission {nsid}, which quietfeed needs to {purpose}: {how}.",
        nsid,
        purpose,
        how,
    )


def warning(nsid: str) -> str:
    """The sentence about a permission that quietfeed can do without."""
    how = f" ({CHAT_HINT})" if nsid.startswith("chat.") else ""
    return (
        f"This sign-in lacks the permission {nsid}: quietfeed cannot {_PURPOSES[nsid]}{how}."
        " What it would tell counts as unknown, and nobody is hidden for it."
    )


def warnings_for(scopes: Collection[str]) -> tuple[str, ...]:
    """A sentence for each permission that a browser sign-in with these scopes lacks and that is of use."""
    return tuple(map(warning, not_granted(scopes, _WANTED)))


def not_granted(scopes: Collection[str], questions: Iterable[str]) -> list[str]:
    """The questions that a browser sign-in with these scopes may not ask."""
    old = {"transition:generic": "app.", "transition:chat.bsky": "chat."}
    whole = tuple(start for scope, start in old.items() if scope in scopes)
    return [
        nsid for nsid in questions if not nsid.startswith(whole) and not any(f"rpc:{nsid}" in each for each in scopes)
    ]


def scopes_of(secret: Mapping[str, str]) -> list[str]:
    """The scopes that a browser sign-in requested, from its client id on loopback; empty without them."""
    return parse_qs(urlsplit(secret.get("client_id", "")).query).get("scope", [""])[0].split()


def is_missing(answer: Response, name: str, said: str) -> bool:
    """Whether a rejection is about what this token may ask, and not about the token itself."""
    words = f"{name} {said}".casefold()
    if name == "InvalidToken" and said.startswith("Bad token"):
        return True
    challenge = answer.headers.get("www-authenticate", "")
    return answer.status in (400, 401, 403) and (
        name == "ScopeMissingError" or "missing required scope" in words or "insufficient_scope" in challenge
    )


def is_blocked(answer: Response) -> bool:
    """Whether a firewall's or proxy's page stands in the place of the answer."""
    return answer.status == 403 and answer.value is None and is_web_page(answer.headers, answer.text)

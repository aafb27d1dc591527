"""The permissions that actions need (https://atproto.com/specs/permission): record collections and procedures."""

from collections.abc import Collection

COLLECTIONS: dict[str, str] = {
    "like": "app.bsky.feed.like",
    "boost": "app.bsky.feed.repost",
    "follow": "app.bsky.graph.follow",
    "block": "app.bsky.graph.block",
    "delete": "app.bsky.feed.post",
    "change_list": "app.bsky.graph.list",
    "compose": "app.bsky.feed.post",
}
"""The record collection of each action."""

LIST_ITEM = "app.bsky.graph.listitem"
"""The collection of the people in lists."""

PROFILE = "app.bsky.actor.profile"
"""The collection of the record that names the pinned post."""

CALLS: dict[str, str] = {
    "bookmark": "app.bsky.bookmark.createBookmark",
    "unbookmark": "app.bsky.bookmark.deleteBookmark",
    "mute": "app.bsky.graph.muteActor",
    "unmute": "app.bsky.graph.unmuteActor",
    "report": "com.atproto.moderation.createReport",
}
"""The procedures of actions that create no record."""

PURPOSES: dict[str, str] = {
    "like": "like posts",
    "boost": "boost posts",
    "bookmark": "bookmark posts",
    "pin": "pin posts",
    "delete": "delete posts",
    "follow": "follow people",
    "hide_boosts": "hide the boosts of a person",
    "mute": "mute people",
    "block": "block people",
    "report": "report people",
    "change_list": "publish a list of the people you know",
    "compose": "post",
}
"""What each capability does, for errors about missing permissions: a phrase after "to"."""

BLOBS = "blob:*/*"
"""The permission for attachments. Images and videos need no others."""


def scope_of(needs: str) -> str:
    """The permission that a call needs, in the format of a sign-in. `needs` is a collection or a procedure."""
    if needs in CALLS.values():
        return f"rpc:{needs}"
    if ":" in needs:
        return needs
    return f"repo:{needs}"


_VIDEO = ("com.atproto.repo.uploadBlob", "app.bsky.video.getUploadLimits")
"""The method that a service token allows the video service to call."""

_RECORD_ACTIONS = ("create", "delete")
_PROFILE_ACTIONS = ("create", "update")
_GATES = ("app.bsky.feed.threadgate", "app.bsky.feed.postgate")
WRITE_SCOPES = (
    *(
        f"repo:{each}?action=create&action=delete"
        for each in dict.fromkeys((*COLLECTIONS.values(), LIST_ITEM, *_GATES))
    ),
    f"repo:{PROFILE}?action=create&action=update",
    *(f"rpc:{nsid}?aud=*" for nsid in (*CALLS.values(), *_VIDEO)),
    BLOBS,
)
"""The scopes that a sign-in requests when the user enables writing."""


def may_write(granted: Collection[str]) -> bool:
    """Whether the scopes of a browser sign-in allow all actions."""
    if "transition:generic" in granted:
        return True
    records = all(_allows(granted, collection, _RECORD_ACTIONS) for collection in (*COLLECTIONS.values(), LIST_ITEM))
    calls = all(any(each.partition("?")[0] == f"rpc:{nsid}" for each in granted) for nsid in CALLS.values())
    return records and calls and _allows(granted, PROFILE, _PROFILE_ACTIONS)


def _allows(granted: Collection[str], collection: str, wanted: Collection[str]) -> bool:
    for scope in granted:
        name, _, query = scope.partition("?")
        parts = query.split("&")
        named = name in (f"repo:{collection}", "repo:*") or (name == "repo" and f"collection={collection}" in parts)
        actions = {part.removeprefix("action=") for part in parts if part.startswith("action=")}
        if named and (not actions or actions.issuperset(wanted)):
            return True
    return False

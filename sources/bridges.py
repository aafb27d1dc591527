"""Handles of bridges and mirrors: servers that copy accounts of one network to another.

Bridgy Fed (https://fed.brid.gy/docs): ada.example of the AT Protocol is ada.example@bsky.brid.gy in the fediverse, and
ada@server.example is ada.server.example.ap.brid.gy in the AT Protocol. Only the bridge can make such handles.
"""

_FROM_AT = "@bsky.brid.gy"
_FROM_FEDIVERSE = ".ap.brid.gy"
_CONVERTED = "https://bsky.brid.gy/convert/ap/"
_WITHOUT_REPLIES = frozenset(
    {
        *("threads.net", "www.threads.net", "threads.com", "www.threads.com"),
        *("flipboard.com", "bird.makeup", "rss-parrot.net", "mostr.pub", "bsky.brid.gy", "web.brid.gy", "fed.brid.gy"),
    }
)
"""Hosts that federate posts, but few or no likes and replies."""


def original_of(handle: str) -> str:
    """The handle of the account that a bridged one copies; "" for any other handle."""
    handle = handle.casefold()
    if handle.endswith(_FROM_AT):
        return handle.removesuffix(_FROM_AT)
    if handle.endswith(_FROM_FEDIVERSE) and "@" not in handle:
        user, _, server = handle.removesuffix(_FROM_FEDIVERSE).partition(".")
        return f"{user}@{server}" if server else ""
    from .x.handles import mirrored

    return mirrored(handle)


def copies_of(handle: str) -> tuple[str, ...]:
    """The handles that the bridges would give to an account."""
    handle = handle.casefold()
    user, at, server = handle.partition("@")
    if at and server:
        return (f"{user}.{server}{_FROM_FEDIVERSE}",)
    return (f"{handle}{_FROM_AT}",) if "." in handle else ()


def is_bridged(handle: str) -> bool:
    """Whether only Bridgy Fed can have made a handle."""
    handle = handle.casefold()
    return handle.endswith(_FROM_AT) or (handle.endswith(_FROM_FEDIVERSE) and "@" not in handle)


def returns_replies(handle: str) -> bool:
    """Whether the server of a handle sends on the likes and replies of its people.

    People of the fediverse with a copy by Bridgy Fed can only reply if their own server is bridged.
    """
    host = handle.rpartition("@")[2].casefold()
    return host not in _WITHOUT_REPLIES and not host.endswith(_FROM_FEDIVERSE)


def copied_post(uri: str) -> str:
    """The URI of the post of the AT Protocol that a post in the fediverse copies; "" for any other post."""
    return uri.removeprefix(_CONVERTED) if uri.startswith(_CONVERTED) else ""

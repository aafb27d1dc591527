"""Parses accounts of the AT Protocol into People, and builds web URLs.

https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/actor/defs.json
"""

from urllib.parse import quote

from ...models.person import KnownFollowers, Person
from ...models.text import clean, clean_line
from ...models.tie import Relationship
from ..entities import Entity, address_of, count_of, part_of, parts_of, text_of, time_of
from .facets import is_did
from .labels import is_bot

WEB = "https://bsky.app/profile/"
NO_HANDLE = "handle.invalid"
"""The network's placeholder for a handle that does not resolve to its account."""
_LONGEST_NAME = 1_000
_LONGEST_BIO = 20_000
_PAGES = {
    "app.bsky.feed.post": "post",
    "app.bsky.feed.generator": "feed",
    "app.bsky.graph.list": "lists",
    "app.bsky.labeler.service": "",
}


def handle_of(profile: Entity) -> str:
    """The handle, or the DID if the handle is invalid."""
    handle = text_of(profile, "handle").removeprefix("@")
    if handle in ("", NO_HANDLE):
        return text_of(profile, "did")
    return handle


def person_of(profile: Entity) -> Person:
    """Parse any profile view. Basic views have no counts and no bio."""
    did, verification = text_of(profile, "did"), part_of(profile, "verification")
    bio, name = profile.get("description"), profile.get("displayName")
    if "followersCount" in profile and "postsCount" in profile:
        # In a full profile a missing field is empty; in other views it is unknown.
        bio, name = bio or "", name or ""
    handle = handle_of(profile)
    website = address_of(profile, "website")
    # Only a full profile, which has a bio, shows that there is no website.
    links: tuple[str, ...] | None = () if isinstance(bio, str) else None
    if website:
        links = (website,)
    return Person(
        id=did,
        handle=handle,
        name=clean_line(name[:_LONGEST_NAME]) if isinstance(name, str) else None,
        bio=clean(bio[:_LONGEST_BIO]).strip() if isinstance(bio, str) else None,
        network="bluesky",
        url=f"{WEB}{quote(handle, safe=':')}" if handle else "",
        avatar=address_of(profile, "avatar"),
        followers=count_of(profile, "followersCount"),
        following=count_of(profile, "followsCount"),
        posts=count_of(profile, "postsCount"),
        verified=None if verification is None else _is_verified(verification),
        bot=is_bot(profile),
        created_at=time_of(profile, "createdAt"),
        links=links,
        known_followers=_known_followers(profile),
    )


def _known_followers(profile: Entity) -> KnownFollowers | None:
    """The people the user follows among somebody's followers. Only full profiles have them."""
    known = part_of(part_of(profile, "viewer") or {}, "knownFollowers")
    if known is None:
        return None
    ids = tuple(did for each in parts_of(known, "followers") if (did := text_of(each, "did")))
    count = count_of(known, "count")
    return KnownFollowers(len(ids) if count is None else count, ids)


def is_followed(place: Entity) -> bool:
    """Whether the user follows the author of a timeline item."""
    author = part_of(part_of(place, "post") or {}, "author") or {}
    return bool(text_of(part_of(author, "viewer") or {}, "following"))


def somebody(did: str, handle: str = "") -> Person:
    """A Person with only a DID and perhaps a handle."""
    return Person(did, handle, network="bluesky", url=f"{WEB}{quote(handle or did, safe=':')}")


def _is_verified(verification: Entity) -> bool:
    return "valid" in (text_of(verification, "verifiedStatus"), text_of(verification, "trustedVerifierStatus"))


def did_of(uri: str) -> str:
    """The DID in an at:// URI; "" if there is none."""
    if not uri.startswith("at://"):
        return ""
    authority = uri.removeprefix("at://").partition("/")[0]
    if is_did(authority):
        return authority
    return ""


def collection_of(uri: str) -> str:
    """The collection in an at:// URI; "" if there is none."""
    if uri.startswith("at://"):
        return uri.removeprefix("at://").partition("/")[2].partition("/")[0]
    return ""


def web_address_of(uri: str, handle: str = "") -> str:
    """The web page of a post, feed, list or starter pack; "" for other records, which have none."""
    collection, did = collection_of(uri), did_of(uri)
    key = quote(uri.removeprefix("at://").partition("/")[2].partition("/")[2], safe=":")
    who = quote(handle or did, safe=":")
    if collection == "app.bsky.graph.starterpack" and who and key:
        return f"https://bsky.app/starter-pack/{who}/{key}"
    if collection not in _PAGES or not who or not key:
        return ""
    page = _PAGES[collection]
    if page:
        return f"{WEB}{who}/{page}/{key}"
    return f"{WEB}{who}"


def relationship_of(entity: Entity) -> Relationship:
    """Follows and blocks between the user and others; mutes are not included.

    A stranger's entry contains only the DID, which means that neither follows the other.
    """

    def has(*names: str) -> bool:
        return any(text_of(entity, name) for name in names)

    return Relationship(
        text_of(entity, "did"),
        you_follow=has("following"),
        follows_you=has("followedBy"),
        blocking=has("blocking", "blockingByList"),
        blocked_by=has("blockedBy", "blockedByList"),
    )

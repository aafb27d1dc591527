"""Parses accounts and relationships leniently.

https://docs.joinmastodon.org/entities/Account/ and https://docs.joinmastodon.org/entities/Relationship/
"""

import re
from html import unescape
from urllib.parse import urlsplit

from ...models.person import Person
from ...models.text import clean_line
from ...models.tie import Relationship
from ..entities import Entity, address_of, count_of, flag_of, part_of, parts_of, text_of, time_of, web_address
from ..html import read_html

_HREF = re.compile(r"""\bhref=["']([^"'<>]*)""", re.IGNORECASE)
_LONGEST_NOTE = 20_000
_LONGEST_FIELD = 200
_LONGEST_FIELD_HTML = 2_000
_MOST_LINKS = 40


def person_of(account: Entity, host: str = "") -> Person:
    """A Person. `host` completes the handle of an account that is local to the user's server."""
    name = None
    if isinstance(account.get("display_name"), str):
        name = clean_line(text_of(account, "display_name"))
    if name and "<" in name:
        name = clean_line(read_html(name)[0]) or name
    followers, following = count_of(account, "followers_count"), count_of(account, "following_count")
    posts = count_of(account, "statuses_count")
    if not followers and not following and not posts:
        # snac reports 0 for everybody, because it does not count follows.
        followers = following = posts = None
    # Servers send 0 for a count that its owner hides.
    hides = part_of(account, "pleroma") or {}
    if not followers and (flag_of(account, "hide_collections") or flag_of(hides, "hide_followers_count")):
        followers = None
    if not following and (flag_of(account, "hide_collections") or flag_of(hides, "hide_follows_count")):
        following = None
    bio = account.get("note")
    return Person(
        id=text_of(account, "id"),
        handle=handle_of(account, host),
        name=name,
        bio=read_html(bio[:_LONGEST_NOTE])[0] if isinstance(bio, str) else None,
        network="mastodon",
        url=address_of(account, "url"),
        avatar=address_of(account, "avatar_static") or address_of(account, "avatar"),
        followers=followers,
        following=following,
        posts=posts,
        verified=None,
        bot=flag_of(account, "bot"),
        created_at=time_of(account, "created_at"),
        links=_links(account),
    )


def _links(account: Entity) -> tuple[str, ...] | None:
    """The full addresses in a profile's text and fields, which are displayed shortened; other fields as text."""
    if not isinstance(account.get("fields"), list) and not isinstance(account.get("note"), str):
        return None
    found = _addresses(text_of(account, "note"))
    for part in parts_of(account, "fields", _MOST_LINKS):
        value = text_of(part, "value")[:_LONGEST_FIELD_HTML]
        found += _addresses(value) or [read_html(value)[0][:_LONGEST_FIELD]]
    return tuple(dict.fromkeys(clean_line(each) for each in found if each))[:_MOST_LINKS]


def _addresses(html: str) -> list[str]:
    return [address for href in _HREF.findall(html[:_LONGEST_NOTE]) if (address := web_address(unescape(href)))]


def handle_of(account: Entity, host: str = "") -> str:
    """The full handle. A local account gets the host of its own URL, or else the user's server."""
    acct = (text_of(account, "acct") or text_of(account, "username")).removeprefix("@")
    if not acct or "@" in acct:
        return acct
    server = _host(text_of(account, "url")) or _host(text_of(account, "uri")) or host
    if server:
        return f"{acct}@{server}"
    return acct


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def relationship_of(entity: Entity) -> Relationship:
    """Parse the relationship between the user and a person.

    `muting_notifications` alone is not a mute. `showing_reblogs` is false for all people that the user does not follow.
    """
    following, shows_boosts = flag_of(entity, "following"), flag_of(entity, "showing_reblogs")
    return Relationship(
        text_of(entity, "id"),
        you_follow=following,
        follows_you=flag_of(entity, "followed_by"),
        blocking=flag_of(entity, "blocking"),
        blocked_by=flag_of(entity, "blocked_by"),
        muting=flag_of(entity, "muting"),
        domain_blocking=flag_of(entity, "domain_blocking"),
        boosts_muted=None if shows_boosts is None else following is True and not shows_boosts,
        requested=flag_of(entity, "requested"),
    )

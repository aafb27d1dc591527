"""Parses statuses, accounts and relationships leniently.

https://docs.joinmastodon.org/entities/Status/ and the servers that differ from it: GoToSocial, Pleroma, Akkoma,
Pixelfed, Friendica, Sharkey, snac.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import get_args
from urllib.parse import urlsplit

from msgspec.structs import replace

from ...models.errors import RecordError
from ...models.person import Person
from ...models.post import Card, Media, MediaKind, Poll, PollOption, Post, PostCounts, Quote, Span, ViewerState
from ...models.text import clean, clean_line
from ...models.tie import Relationship
from ..entities import (
    Entity,
    address_of,
    count_of,
    flag_of,
    language_of,
    part_of,
    parts_of,
    raw_of,
    text_of,
    time_of,
    web_address,
)
from ..html import read_html
from .interaction_policy import quote_permission, reply_permission

_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)
_HREF = re.compile(r"""\bhref=["']([^"'<>]*)""", re.IGNORECASE)
_LONGEST_NOTE = 20_000
_LONGEST_FIELD = 200
_LONGEST_FIELD_HTML = 2_000
_LONGEST_ALT = 20_000
_LONGEST_WARNING = 1_000
_MOST_OPTIONS = 50
_MOST_LINKS = 40
_MOST_TAGS = 200
_MOST_MEDIA = 40
# https://docs.joinmastodon.org/entities/Quote/#state
_UNSEEN = {
    "pending": "a quoted post whose author has not approved the quote yet",
    "rejected": "a quoted post whose author does not want it quoted",
    "revoked": "a quoted post whose author withdrew permission to quote it",
    "deleted": "a quoted post that was deleted",
    "unauthorized": "a quoted post that you may not see",
    "blocked_account": "a quoted post of somebody you block",
    "blocked_domain": "a quoted post from a server you block",
    "muted_account": "a quoted post of somebody you mute",
}


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


def post_of(status: Entity, account: str = "", host: str = "") -> Post:
    """Parse a Status. A boost becomes the original with its booster. Raises RecordError without an id or author."""
    reblog = part_of(status, "reblog")
    original = status if reblog is None else reblog
    author, status_id = part_of(original, "account"), text_of(status, "id")
    if not status_id:
        raise RecordError("A status has no id")
    if author is None or not text_of(author, "id"):
        raise RecordError(f"Status {status_id} has no author")
    emoji = {text_of(each, "shortcode"): address_of(each, "url") for each in parts_of(original, "emojis")}
    mentions = mentions_in(original)
    handles = {url: handle_of(each, host) for each in mentions if (url := address_of(each, "url"))}
    quote = _quote(original, host)
    content = raw_of(original, "content") or _plain(original)
    text, spans = read_html(content, mentions=handles, emoji=emoji, quoting=quote is not None)
    warning = text_of(original, "spoiler_text")
    if warning and warning == text_of(part_of(original, "friendica") or {}, "title"):
        # Friendica sends the title of an article as its warning.
        text, spans, warning = *_titled(warning, text, spans), ""
    booster = part_of(status, "account") if reblog is not None else None
    if reblog is not None and (booster is None or not text_of(booster, "id")):
        raise RecordError(f"Boost {status_id} has no booster")
    titles, hides = _filters(status, original)
    return Post(
        id=status_id,
        author=person_of(author, host),
        text=text,
        account=account,
        network="mastodon",
        created_at=time_of(original, "created_at"),
        url=address_of(original, "url") or address_of(original, "uri"),
        uri=text_of(original, "uri"),
        lang=language_of(text_of(original, "language")),
        spans=spans,
        links=tuple(dict.fromkeys(span.target for span in spans if span.kind == "link" and span.target)),
        tags=_tags(original),
        media=_attachments(original),
        warning=_warning(warning),
        poll=_poll(part_of(original, "poll")),
        card=_card(part_of(original, "card")),
        quote=quote,
        reply_to=_reply_to(original, mentions, author, host),
        reply_to_id=text_of(original, "in_reply_to_id") or None,
        reply_to_person=text_of(original, "in_reply_to_account_id") or None,
        booster=None if booster is None else person_of(booster, host),
        boosted_at=None if reblog is None else time_of(status, "created_at"),
        original_id="" if reblog is None else text_of(reblog, "id"),
        visibility=text_of(original, "visibility"),
        server_filters=titles,
        server_hides=hides,
        edited_at=time_of(original, "edited_at"),
        counts=PostCounts(*(count_of(original, f"{each}_count") for each in ("replies", "reblogs", "favourites"))),
        viewer=ViewerState(
            flag_of(original, "favourited"),
            flag_of(original, "reblogged"),
            flag_of(original, "bookmarked"),
            pinned=flag_of(original, "pinned"),
            voted=flag_of(part_of(original, "poll") or {}, "voted"),
            reply=reply_permission(original),
            quote=quote_permission(original),
        ),
    )


def _titled(title: str, text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """The text of an article below its title."""
    ahead = len(title) + 2
    moved = (replace(span, start=span.start + ahead, end=span.end + ahead) for span in spans)
    return f"{title}\n\n{text}", (Span(0, len(title), "heading"), *moved)


def _plain(status: Entity) -> str:
    # Pleroma and Akkoma also send the text in this field. Used only if `content` is missing.
    content = part_of(part_of(status, "pleroma") or {}, "content") or {}
    return escape(raw_of(content, "text/plain") or raw_of(status, "text")).replace("\n", "<br>")


def _tags(status: Entity) -> tuple[str, ...] | None:
    if not isinstance(status.get("tags"), list):
        return None
    return tuple(name for tag in parts_of(status, "tags", _MOST_TAGS) if (name := text_of(tag, "name")))


def _attachments(status: Entity) -> tuple[Media, ...] | None:
    if not isinstance(status.get("media_attachments"), list):
        return None
    return tuple(_media(each) for each in parts_of(status, "media_attachments", _MOST_MEDIA))


def _media(attachment: Entity) -> Media:
    kind = text_of(attachment, "type")
    alt = clean(raw_of(attachment, "description")[:_LONGEST_ALT]).strip()
    url = address_of(attachment, "url") or address_of(attachment, "remote_url")
    preview = address_of(attachment, "preview_url")
    return Media(next((each for each in _MEDIA_KINDS if each == kind), "unknown"), alt, url, preview)


def _warning(text: str) -> str:
    """A content warning, cut so that it does not fill the screen."""
    if len(text) > _LONGEST_WARNING:
        return f"{text[:_LONGEST_WARNING]} […]"
    return text


def _poll(poll: Entity | None) -> Poll | None:
    if poll is None:
        return None
    options = tuple(
        PollOption(text_of(each, "title"), count_of(each, "votes_count"))
        for each in parts_of(poll, "options", _MOST_OPTIONS)
    )
    expires, expired = time_of(poll, "expires_at"), flag_of(poll, "expired")
    multiple, voters = bool(flag_of(poll, "multiple")), count_of(poll, "voters_count")
    return Poll(options, multiple, expires, expired, voters, text_of(poll, "id"))


def _card(card: Entity | None) -> Card | None:
    if card is None or not address_of(card, "url"):
        return None
    return Card(address_of(card, "url"), text_of(card, "title"), text_of(card, "description"))


def _quote(status: Entity, host: str) -> Quote | None:
    """Parse Mastodon's quote entity (4.4), and the older form in which `quote` (or Pleroma's) is the status itself."""
    quote = part_of(status, "quote") or part_of(part_of(status, "pleroma") or {}, "quote")
    if quote is None:
        return None
    quoted = part_of(quote, "quoted_status") or (quote if "content" in quote else None)
    author = part_of(quoted, "account") if quoted else None
    if quoted is None or author is None:
        return Quote("", _UNSEEN.get(text_of(quote, "state"), "a quoted post that is not visible to you"))
    return Quote(handle_of(author, host), read_html(raw_of(quoted, "content"))[0], address_of(quoted, "url"))


def _reply_to(status: Entity, mentions: list[Entity], author: Entity, host: str) -> str | None:
    if not text_of(status, "in_reply_to_id"):
        return None
    wanted = text_of(status, "in_reply_to_account_id")
    if wanted and wanted == text_of(author, "id"):
        return handle_of(author, host)
    named = [handle_of(each, host) for each in mentions if text_of(each, "id") in (wanted, "")]
    if wanted and len(set(named)) == 1:
        return named[0]
    return ""


def mentions_in(status: Entity) -> list[Entity]:
    """The mentions in a status. snac numbers them from "0" instead of using ids of people; such ids are ignored."""
    found = parts_of(status, "mentions")
    if [text_of(each, "id") for each in found] == [str(place) for place in range(len(found))]:
        return [{**each, "id": ""} for each in found]
    return found


def _filters(status: Entity, original: Entity) -> tuple[tuple[str, ...], bool]:
    """The titles of the server-side filters that matched (v2), and whether one of them hides the post."""
    matched = parts_of(status, "filtered") + (parts_of(original, "filtered") if original is not status else [])
    filters = [found for each in matched if (found := part_of(each, "filter")) is not None]
    titles = tuple(dict.fromkeys(text_of(each, "title") or "without a name" for each in filters))
    return titles, any(text_of(each, "filter_action") == "hide" for each in filters)


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

"""Parses statuses leniently.

https://docs.joinmastodon.org/entities/Status/ and the servers that differ from it: GoToSocial, Pleroma, Akkoma,
Pixelfed, Friendica, Sharkey, snac.
"""

from html import escape
from typing import get_args

from ...models.errors import RecordError
from ...models.post import Card, Media, MediaKind, Poll, PollOption, Post, PostCounts, Quote, ViewerState
from ...models.text import clean
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
)
from ..html import read_html
from ..html_tidy import below_title
from .interaction_policy import quote_permission, reply_permission
from .people import handle_of, person_of

_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)
_LONGEST_ALT = 20_000
_LONGEST_WARNING = 1_000
_MOST_OPTIONS = 50
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


def post_of(status: Entity, account: str = "", host: str = "") -> Post:
    """Parse a Status. A boost becomes the original with its booster.

    `account` is the key of the user's account that sees it. `host` completes the handles of people on the user's
    server. Raises RecordError without an id, author or booster.
    """
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
        text, spans, warning = *below_title(warning, text, spans), ""
    booster, boosted_at, original_id = None, None, ""
    if reblog is not None:
        by = part_of(status, "account")
        if by is None or not text_of(by, "id"):
            raise RecordError(f"Boost {status_id} has no booster")
        booster, boosted_at, original_id = person_of(by, host), time_of(status, "created_at"), text_of(reblog, "id")
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
        booster=booster,
        boosted_at=boosted_at,
        original_id=original_id,
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

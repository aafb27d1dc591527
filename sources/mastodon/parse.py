"""The client API's JSON as models: statuses, accounts, relationships, notifications. Tolerant of everything.

https://docs.joinmastodon.org/entities/Status/ and the servers that differ from it: GoToSocial, Pleroma, Akkoma,
Pixelfed, snac.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlsplit

from ...models.errors import RecordError
from ...models.person import Person
from ...models.post import Card, Media, MediaKind, Poll, PollOption, Post, Quote
from ...models.text import clean, clean_line
from ...models.tie import Interaction, Relationship
from .entities import Entity, count_of, flag_of, html_of, part_of, parts_of, text_of, time_of
from .html import read_html

_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)
_NOTIFICATIONS = {"mention": "mention", "favourite": "like", "reblog": "boost", "follow": "follow"}
_DEPTH = 12


def person_of(account: Entity, host: str = "") -> Person:
    """A Person. `host` completes the handle of an account that is local to the user's server."""
    name, _ = read_html(text_of(account, "display_name")) if "<" in text_of(account, "display_name") else ("", ())
    followers, following = count_of(account, "followers_count"), count_of(account, "following_count")
    posts = count_of(account, "statuses_count")
    if not followers and not following and not posts:
        # snac says 0 for everybody: that is a server that does not count, not a world of hermits.
        followers = following = posts = None
    bio = account.get("note")
    return Person(
        id=text_of(account, "id"),
        handle=handle_of(account, host),
        name=clean_line(name or text_of(account, "display_name")),
        bio=read_html(bio)[0] if isinstance(bio, str) else None,
        network="mastodon",
        url=text_of(account, "url"),
        avatar=text_of(account, "avatar_static") or text_of(account, "avatar"),
        followers=followers,
        following=following,
        posts=posts,
        verified=None,
        bot=flag_of(account, "bot"),
        created_at=time_of(account, "created_at"),
    )


def handle_of(account: Entity, host: str = "") -> str:
    """The handle in full: a local account's gets the host of its address, or the user's own server's."""
    acct = (text_of(account, "acct") or text_of(account, "username")).removeprefix("@")
    if not acct or "@" in acct:
        return acct
    return (
        f"{acct}@{host}" if (host := host or _host(text_of(account, "url")) or _host(text_of(account, "uri"))) else acct
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def post_of(status: Entity, account: str = "", host: str = "") -> Post:
    """A Post from a Status; a boost is the original with its booster. RecordError where it has no id or no author."""
    reblog = part_of(status, "reblog")
    original = status if reblog is None else reblog
    author, status_id = part_of(original, "account"), text_of(status, "id")
    if not status_id:
        raise RecordError("a status without an id")
    if author is None or not text_of(author, "id"):
        raise RecordError(f"status {status_id} has no author")
    emoji = {text_of(each, "shortcode"): text_of(each, "url") for each in parts_of(original, "emojis")}
    mentions = parts_of(original, "mentions")
    handles = {text_of(each, "url"): handle_of(each, host) for each in mentions if text_of(each, "url")}
    text, spans = read_html(html_of(original, "content") or _plain(original), mentions=handles, emoji=emoji)
    booster = part_of(status, "account") if reblog is not None else None
    titles, hides = _filters(status, original)
    return Post(
        id=status_id,
        author=person_of(author, host),
        text=text,
        account=account,
        network="mastodon",
        created_at=time_of(original, "created_at"),
        url=text_of(original, "url") or text_of(original, "uri"),
        uri=text_of(original, "uri"),
        lang=text_of(original, "language") or None,
        spans=spans,
        links=tuple(dict.fromkeys(span.target for span in spans if span.kind == "link" and span.target)),
        tags=tuple(text_of(tag, "name") for tag in parts_of(original, "tags")),
        media=tuple(_media(each) for each in parts_of(original, "media_attachments")),
        warning=clean_line(text_of(original, "spoiler_text")),
        poll=_poll(part_of(original, "poll")),
        card=_card(part_of(original, "card")),
        quote=_quote(original, host),
        reply_to=_reply_to(original, mentions, author, host),
        reply_to_id=text_of(original, "in_reply_to_id") or None,
        reply_to_person=text_of(original, "in_reply_to_account_id") or None,
        booster=None if booster is None else person_of(booster, host),
        boosted_at=None if reblog is None else time_of(status, "created_at"),
        original_id="" if reblog is None else text_of(reblog, "id"),
        visibility=text_of(original, "visibility"),
        server_filters=titles,
        server_hides=hides,
    )


def _plain(status: Entity) -> str:
    # Pleroma and Akkoma keep the text a second time; a server that leaves `content` out has nothing to lose.
    pleroma = part_of(status, "pleroma") or {}
    content = part_of(pleroma, "content") or {}
    return text_of(content, "text/plain") or html_of(status, "text")


def _media(attachment: Entity) -> Media:
    kind = text_of(attachment, "type")
    alt = clean(html_of(attachment, "description")).strip()
    url = text_of(attachment, "url") or text_of(attachment, "remote_url")
    return next((Media(each, alt, url) for each in _MEDIA_KINDS if each == kind), Media("unknown", alt, url))


def _poll(poll: Entity | None) -> Poll | None:
    if poll is None:
        return None
    options = tuple(
        PollOption(text_of(each, "title"), count_of(each, "votes_count")) for each in parts_of(poll, "options")
    )
    expires, expired = time_of(poll, "expires_at"), flag_of(poll, "expired")
    return Poll(options, bool(flag_of(poll, "multiple")), expires, expired, count_of(poll, "voters_count"))


def _card(card: Entity | None) -> Card | None:
    if card is None or not text_of(card, "url"):
        return None
    return Card(text_of(card, "url"), text_of(card, "title"), text_of(card, "description"))


def _quote(status: Entity, host: str) -> Quote | None:
    """Mastodon 4.5's quote entity, and the older shapes where `quote` (or Akkoma's) is the status itself."""
    quote = part_of(status, "quote") or part_of(part_of(status, "pleroma") or {}, "quote")
    if quote is None:
        return None
    quoted = part_of(quote, "quoted_status") or (quote if "content" in quote else None)
    author = part_of(quoted, "account") if quoted else None
    if quoted is None or author is None:
        state = text_of(quote, "state") or "not available"
        return Quote("", f"a quoted post that cannot be seen ({state})")
    return Quote(handle_of(author, host), read_html(html_of(quoted, "content"))[0], text_of(quoted, "url"))


def _reply_to(status: Entity, mentions: list[Entity], author: Entity, host: str) -> str | None:
    if not text_of(status, "in_reply_to_id"):
        return None
    wanted = text_of(status, "in_reply_to_account_id")
    if wanted and wanted == text_of(author, "id"):
        return handle_of(author, host)
    return next((handle_of(each, host) for each in mentions if text_of(each, "id") == wanted), "")


def _filters(status: Entity, original: Entity) -> tuple[tuple[str, ...], bool]:
    """The titles of the server's own filters that matched (v2), and whether one of them hides."""
    matched = parts_of(status, "filtered") + (parts_of(original, "filtered") if original is not status else [])
    filters = [found for each in matched if (found := part_of(each, "filter")) is not None]
    titles = tuple(dict.fromkeys(text_of(each, "title") or "without a name" for each in filters))
    return titles, any(text_of(each, "filter_action") == "hide" for each in filters)


def relationship_of(entity: Entity) -> Relationship:
    """Who follows whom."""
    return Relationship(text_of(entity, "id"), flag_of(entity, "following"), flag_of(entity, "followed_by"))


def notification_of(entity: Entity, own_id: str, host: str) -> Interaction | None:
    """What a notification says passed from somebody to the user; None for kinds that make no tie."""
    account, at, kind = part_of(entity, "account"), time_of(entity, "created_at"), text_of(entity, "type")
    if account is None or at is None or kind not in _NOTIFICATIONS or not text_of(account, "id"):
        return None
    person = person_of(account, host)
    name = f"notification:{text_of(entity, 'id')}"
    if kind == "mention":
        answers = text_of(part_of(entity, "status") or {}, "in_reply_to_account_id") == own_id
        return Interaction(name, person, "reply" if answers else "mention", "to_you", at)
    if kind == "favourite":
        return Interaction(name, person, "like", "to_you", at)
    return Interaction(name, person, "boost" if kind == "reblog" else "follow", "to_you", at)


def own_status_interactions(status: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """Whom one of the user's own statuses answered, mentioned or boosted."""
    at, status_id = time_of(status, "created_at"), text_of(status, "id")
    if at is None or not status_id:
        return
    reblog = part_of(status, "reblog")
    if reblog is not None:
        author = part_of(reblog, "account")
        if author is not None and text_of(author, "id") not in ("", own_id):
            yield Interaction(f"status:{status_id}", person_of(author, host), "boost", "from_you", at)
        return
    answered = text_of(status, "in_reply_to_account_id")
    mentions = {text_of(each, "id"): each for each in parts_of(status, "mentions")}
    for person_id in dict.fromkeys([answered, *mentions]):
        if person_id and person_id != own_id:
            person = person_of(mentions.get(person_id, {"id": person_id}), host)
            kind: Any = "reply" if person_id == answered else "mention"
            yield Interaction(f"status:{status_id}:{person_id}", person, kind, "from_you", at)


def liked_interaction(status: Entity, own_id: str, host: str) -> Interaction | None:
    """Whom the user liked. A server does not say when, so the status' own time stands for it."""
    author, at = part_of(status, "account"), time_of(status, "created_at")
    if author is None or at is None or text_of(author, "id") in ("", own_id):
        return None
    return Interaction(f"favourite:{text_of(status, 'id')}", person_of(author, host), "like", "from_you", at)


def conversation_interactions(conversation: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """Who is in a direct conversation with the user. One count a conversation, dated by its last status."""
    at: datetime | None = time_of(part_of(conversation, "last_status") or {}, "created_at")
    conversation_id = text_of(conversation, "id")
    if at is None or not conversation_id:
        return
    for account in parts_of(conversation, "accounts"):
        person = person_of(account, host)
        if person.id and person.id != own_id:
            yield Interaction(f"conversation:{conversation_id}:{person.id}", person, "direct", "to_you", at)


def read_input(value: object) -> tuple[list[Post], list[str]]:
    """All statuses in an answer of the API, wherever in it they stand, and a sentence for each that cannot be read.

    An answer without any status in it (accounts, filters, an error) is told in one sentence where it is an error of
    the server, and is otherwise simply empty.
    """
    posts: dict[str, Post] = {}
    troubles: list[str] = []
    if isinstance(value, Mapping) and isinstance(value.get("error"), str):
        return [], [f"the server answered with an error: {clean_line(value['error'])[:200]}"]
    for status in _statuses(value, 0):
        try:
            post = post_of(status)
        except RecordError as error:
            troubles.append(str(error))
        else:
            posts.setdefault(post.id, post)
    if not isinstance(value, Mapping | list):
        troubles.append("neither a JSON array nor an object")
    return list(posts.values()), troubles


def _statuses(value: object, depth: int) -> Iterator[Entity]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _statuses(each, depth + 1)
    elif isinstance(value, Mapping):
        if "content" in value and "account" in value and ("uri" in value or "visibility" in value):
            yield value
            return
        for each in value.values():
            if isinstance(each, Mapping | list):
                yield from _statuses(each, depth + 1)

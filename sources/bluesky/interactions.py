"""Parses interactions from notifications, the user's posts, the user's likes, and conversations."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ...models.person import Person
from ...models.tie import Interaction, InteractionKind
from ..entities import Entity, part_of, parts_of, text_of, time_of
from .facets import mentioned
from .people import did_of, person_of, somebody

# https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications; other reasons are not interactions.
_NOTIFICATIONS: dict[str, InteractionKind] = {
    "reply": "reply",
    "mention": "mention",
    "quote": "mention",
    "like": "like",
    "repost": "boost",
    "follow": "follow",
}
_TID_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def notification_interactions(notification: Entity, own_id: str) -> Iterator[Interaction]:
    """The interaction in a notification, if its reason is one."""
    author, at = part_of(notification, "author") or {}, time_of(notification, "indexedAt")
    kind, uri = _NOTIFICATIONS.get(text_of(notification, "reason")), text_of(notification, "uri")
    if at is not None and kind is not None and uri and text_of(author, "did") not in ("", own_id):
        yield Interaction(f"notification:{uri}", person_of(author), kind, "to_you", at)


def own_post_interactions(item: Entity, own_id: str) -> Iterator[Interaction]:
    """The replies, quotes, mentions or repost in one of the user's posts."""
    view, reason = part_of(item, "post") or {}, part_of(item, "reason") or {}
    uri, author = text_of(view, "uri"), part_of(view, "author") or {}
    if not uri:
        return
    if text_of(part_of(reason, "by") or {}, "did") == own_id:
        at = time_of(reason, "indexedAt")
        if at is not None and text_of(author, "did") not in ("", own_id):
            yield Interaction(f"repost:{uri}", person_of(author), "boost", "from_you", at)
        return
    record, at = part_of(view, "record") or {}, time_of(view, "indexedAt")
    if at is None or text_of(author, "did") != own_id:
        return
    for person, kind in _addressed(record, view, item):
        if person.id not in ("", own_id):
            yield Interaction(f"post:{uri}:{person.id}", person, kind, "from_you", at)


def _addressed(record: Entity, view: Entity, item: Entity) -> Iterator[tuple[Person, InteractionKind]]:
    """The people that a post addresses, each once: by reply, by mention, then by quote."""
    seen: set[str] = set()
    answered = part_of(part_of(item, "reply") or {}, "parent") or {}
    uri = text_of(part_of(part_of(record, "reply") or {}, "parent") or {}, "uri") or text_of(answered, "uri")
    mentions = mentioned(record)
    if person_id := did_of(uri):
        seen.add(person_id)
        yield _person(part_of(answered, "author") or {}, person_id, mentions), "reply"
    for person_id in mentions.keys() - seen:
        seen.add(person_id)
        yield somebody(person_id, mentions[person_id]), "mention"
    quoted = _quoted(part_of(view, "embed") or {}) or {}
    person_id = did_of(text_of(quoted, "uri")) or text_of(part_of(quoted, "author") or {}, "did")
    if person_id and person_id not in seen:
        yield _person(part_of(quoted, "author") or {}, person_id, mentions), "mention"


def _person(profile: Entity, person_id: str, mentions: dict[str, str]) -> Person:
    if text_of(profile, "did") == person_id and text_of(profile, "handle"):
        return person_of(profile)
    return somebody(person_id, mentions.get(person_id, ""))


def _quoted(embed: Entity) -> Entity | None:
    """The quoted post in an embed, or its placeholder. Quoted feeds and lists address nobody."""
    inner = part_of(embed, "record") or {}
    record = inner
    if not text_of(inner, "uri"):
        record = part_of(inner, "record") or {}
    if text_of(record, "$type").startswith("app.bsky.embed.record#"):
        return record
    return None


def liked_interactions(item: Entity, own_id: str) -> Iterator[Interaction]:
    """A like by the user. Its time comes from the key of the like's record, or else from the post.

    The id is built from the post, because liking a post again creates a new record.
    """
    view = part_of(item, "post") or {}
    author, uri = part_of(view, "author") or {}, text_of(view, "uri")
    written = time_of(view, "indexedAt")
    liked = tid_time(text_of(part_of(view, "viewer") or {}, "like").rpartition("/")[2])
    at = written
    if liked is not None and (written is None or liked >= written):
        at = liked
    if at is not None and uri and text_of(author, "did") not in ("", own_id):
        yield Interaction(f"like:{uri}", person_of(author), "like", "from_you", at)


def tid_time(key: str) -> datetime | None:
    """The time in a record key (https://atproto.com/specs/tid); None if it is not a TID or lies in the future."""
    if len(key) != 13 or any(letter not in _TID_LETTERS for letter in key):
        return None
    number = 0
    for letter in key:
        number = number * 32 + _TID_LETTERS.index(letter)
    # The lowest ten bits identify a clock; the others count microseconds.
    try:
        at = _EPOCH + timedelta(microseconds=number >> 10)
    except OverflowError:
        return None
    if at > datetime.now(UTC) + timedelta(minutes=5):
        return None
    return at


def partner_of(convo: Entity, own_id: str) -> Person | None:
    """The other person of a conversation between two; None for groups and pending requests."""
    members = parts_of(convo, "members")
    others = [each for each in members if text_of(each, "did") not in ("", own_id)]
    group = text_of(part_of(convo, "kind") or {}, "$type").endswith("#groupConvo")
    if group or len(members) != 2 or len(others) != 1 or text_of(convo, "status") == "request":
        return None
    return person_of(others[0])


def conversation_interactions(convo: Entity, messages: list[Entity], own_id: str) -> Iterator[Interaction]:
    """Direct conversations: one interaction per side, dated by that side's newest message.

    Only if both sides wrote, because anybody can start a conversation, and spammers do.
    """
    person, convo_id = partner_of(convo, own_id), text_of(convo, "id")
    sent = [(at, text_of(part_of(each, "sender") or {}, "did")) for each in messages if (at := time_of(each, "sentAt"))]
    if person is None or not convo_id or {sender for _, sender in sent} != {person.id, own_id}:
        return
    theirs = max(at for at, sender in sent if sender == person.id)
    yours = max(at for at, sender in sent if sender == own_id)
    yield Interaction(f"conversation:{convo_id}", person, "direct", "to_you", theirs)
    yield Interaction(f"conversation:{convo_id}:you", person, "direct", "from_you", yours)

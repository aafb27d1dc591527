"""Parses interactions from notifications, the user's statuses, likes and conversations."""

from collections.abc import Iterable, Iterator

from ...models.tie import Interaction, InteractionKind
from ..entities import Entity, flag_of, part_of, parts_of, text_of, time_of
from .parse import mentions_in
from .people import person_of

# https://docs.joinmastodon.org/entities/Notification/#type, and the reactions of Pleroma and Iceshrimp.
_NOTIFICATIONS: dict[str, InteractionKind] = {
    "mention": "mention",
    "quote": "mention",
    "favourite": "like",
    "emoji_reaction": "like",
    "pleroma:emoji_reaction": "like",
    "reaction": "like",
    "reblog": "boost",
    "follow": "follow",
}


def notification_interactions(entity: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """The interaction in a notification; none for kinds that do not affect ties."""
    account, at = part_of(entity, "account"), time_of(entity, "created_at")
    kind, notification_id = _NOTIFICATIONS.get(text_of(entity, "type")), text_of(entity, "id")
    if account is None or at is None or kind is None or not notification_id or text_of(account, "id") in ("", own_id):
        return
    if kind == "mention" and text_of(part_of(entity, "status") or {}, "in_reply_to_account_id") == own_id:
        kind = "reply"
    yield Interaction(f"notification:{notification_id}", person_of(account, host), kind, "to_you", at)


def own_status_interactions(status: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """The replies, mentions or boost in one of the user's statuses."""
    at, status_id = time_of(status, "created_at"), text_of(status, "id")
    if at is None or not status_id:
        return
    reblog = part_of(status, "reblog")
    if reblog is not None:
        author = part_of(reblog, "account") or {}
        if text_of(author, "id") not in ("", own_id):
            person = person_of(author, host)
            yield Interaction(f"status:{status_id}:{person.id}", person, "boost", "from_you", at)
        return
    answered = text_of(status, "in_reply_to_account_id")
    mentions = {text_of(each, "id"): each for each in mentions_in(status)}
    for person_id in dict.fromkeys([answered, *mentions]):
        if person_id not in ("", own_id):
            person = person_of(mentions.get(person_id, {"id": person_id}), host)
            kind: InteractionKind = "mention"
            if text_of(status, "visibility") == "direct":
                kind = "direct"
            elif person_id == answered:
                kind = "reply"
            yield Interaction(f"status:{status_id}:{person_id}", person, kind, "from_you", at)


def liked_interactions(status: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """A like by the user. Servers do not return its time, so the time of the status is used."""
    author, at, status_id = part_of(status, "account") or {}, time_of(status, "created_at"), text_of(status, "id")
    if at is not None and status_id and text_of(author, "id") not in ("", own_id):
        yield Interaction(f"favourite:{status_id}", person_of(author, host), "like", "from_you", at)


def likes_in(statuses: Iterable[Entity], own_id: str, host: str) -> Iterator[Interaction]:
    """The likes by the user that a timeline shows. Some servers have no list of favourites."""
    for status in statuses:
        original = part_of(status, "reblog") or status
        if flag_of(original, "favourited") is True:
            yield from liked_interactions(original, own_id, host)


def follows_ended(notifications: Iterable[Entity]) -> bool:
    """Whether follows ended that are not listed: a server was blocked, or an account was suspended."""
    return any(text_of(each, "type") == "severed_relationships" for each in notifications)


def conversation_interactions(conversation: Entity, own_id: str, host: str) -> Iterator[Interaction]:
    """The last message of a direct conversation, if the user wrote it or it replies to the user.

    Messages by others count once per conversation, because a direct reply to a public post also starts a conversation.
    Messages by the user have the id that `own_status_interactions` gives them, so that they count once.
    """
    last = part_of(conversation, "last_status") or {}
    at, conversation_id, status_id = time_of(last, "created_at"), text_of(conversation, "id"), text_of(last, "id")
    sender = text_of(part_of(last, "account") or {}, "id")
    answered = text_of(last, "in_reply_to_account_id")
    if at is None or not conversation_id:
        return
    for account in parts_of(conversation, "accounts"):
        person = person_of(account, host)
        if person.id in ("", own_id):
            continue
        if sender == own_id and status_id:
            yield Interaction(f"status:{status_id}:{person.id}", person, "direct", "from_you", at)
        elif sender == person.id and answered == own_id:
            yield Interaction(f"conversation:{conversation_id}:{person.id}", person, "direct", "to_you", at)

"""The parts of posts as records: spans, labels, media, polls, counts and so on. Invalid records raise RecordError."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from ..models.errors import RecordError
from ..models.post import (
    LABEL_EFFECTS,
    PERMISSIONS,
    Card,
    Label,
    LabelEffect,
    Media,
    MediaKind,
    Permission,
    Poll,
    PollOption,
    PostCounts,
    PostRef,
    Quote,
    Span,
    SpanKind,
    ViewerState,
)
from ..models.text import clean
from .fields import Record, count_field, each_field, flag_field, get_field, text_field, time_field, write_time

_SPAN_KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)


def span_from_record(record: Record) -> Span:
    start, end = count_field(record, "start"), count_field(record, "end")
    for kind in _SPAN_KINDS:
        if record.get("kind") == kind and start is not None and end is not None:
            return Span(start, end, kind, text_field(record, "target"))
    raise RecordError('"spans" need a start, an end and a known kind')


def label_from_record(record: Record) -> Label:
    effect: LabelEffect = "inform"
    for known in LABEL_EFFECTS:
        if record.get("does") == known:
            effect = known
    return Label(
        text_field(record, "name"),
        text_field(record, "by"),
        effect,
        bool(flag_field(record, "chosen")),
        bool(flag_field(record, "quoted")),
    )


def _media(record: Record) -> Media:
    alt = clean(get_field(record, "alt", str, "a string") or "")
    url, preview = text_field(record, "url"), text_field(record, "preview")
    for kind in _MEDIA_KINDS:
        if record.get("kind") == kind:
            return Media(kind, alt, url, preview)
    return Media("unknown", alt, url, preview)


def attachments_from_record(record: Mapping[str, Any]) -> tuple[Media, ...] | None:
    # docs/cli.md defines only a count. quietfeed's own export adds the descriptions.
    if record.get("attachments") is not None:
        return each_field(record, "attachments", _media)
    count = count_field(record, "media")
    if count is None:
        return None
    return (Media("unknown"),) * min(count, 100)


def _poll_option(record: Record) -> PollOption:
    return PollOption(text_field(record, "text"), count_field(record, "votes"))


def poll_from_record(record: Record) -> Poll:
    return Poll(
        options=each_field(record, "options", _poll_option),
        multiple=bool(flag_field(record, "multiple")),
        expires_at=time_field(record, "expires_at"),
        expired=flag_field(record, "expired"),
        voters=count_field(record, "voters"),
        id=text_field(record, "id"),
    )


def card_from_record(record: Record) -> Card:
    return Card(text_field(record, "url"), text_field(record, "title"), text_field(record, "description"))


def quote_from_record(record: Record) -> Quote:
    return Quote(
        text_field(record, "handle"), clean(get_field(record, "text", str, "a string") or ""), text_field(record, "url")
    )


def ref_from_record(record: Record) -> PostRef:
    return PostRef(text_field(record, "uri"), text_field(record, "cid"))


def counts_from_record(record: Record) -> PostCounts:
    return PostCounts(count_field(record, "replies"), count_field(record, "boosts"), count_field(record, "likes"))


def _permission(record: Record, name: str) -> Permission:
    given = text_field(record, name)
    return next((each for each in PERMISSIONS if each == given), "")


def viewer_from_record(record: Record) -> ViewerState:
    return ViewerState(
        liked=flag_field(record, "liked"),
        boosted=flag_field(record, "boosted"),
        bookmarked=flag_field(record, "bookmarked"),
        like_id=text_field(record, "like_id"),
        boost_id=text_field(record, "boost_id"),
        bookmark_id=text_field(record, "bookmark_id"),
        pinned=flag_field(record, "pinned"),
        voted=flag_field(record, "voted"),
        reply=_permission(record, "reply"),
        quote=_permission(record, "quote"),
    )


def label_to_record(label: Label) -> Record:
    # Records use the field "does" and the value "note", which were the first names of these.
    record = part_to_record(label)
    effect = record.pop("effect")
    if effect == "inform":
        effect = "note"
    return {**record, "does": effect}


def part_to_record(part: Card | Label | Quote | Media | Span | PostRef) -> Record:
    return msgspec.structs.asdict(part)


def known_to_record(part: PostCounts | ViewerState) -> Record | None:
    """The known fields of a part; None if all are unknown."""
    values = msgspec.structs.asdict(part)
    return {name: value for name, value in values.items() if value not in (None, "")} or None


def poll_to_record(poll: Poll) -> Record:
    record: Record = {
        "options": [{"text": option.text, "votes": option.votes} for option in poll.options],
        "multiple": poll.multiple,
        "expires_at": write_time(poll.expires_at),
        "expired": poll.expired,
        "voters": poll.voters,
        "id": poll.id or None,
    }
    return {key: value for key, value in record.items() if value is not None}

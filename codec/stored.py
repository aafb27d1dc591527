"""Posts and people in the format of the store, which needs no validation when they are read back.

A stored record has the keys of codec/records.py, without those that the store has in columns. A record that does not
decode in this format (it is damaged, or another version wrote it) goes through the strict reader, which accepts it or
raises.
"""

import json
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from ..models.errors import RecordError
from ..models.person import Person
from ..models.post import Card, Label, LabelEffect, Media, Poll, Post, PostCounts, PostRef, Quote, Span, ViewerState
from .fields import Record
from .records import person_from_record, post_from_record

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_NO_COUNTS, _NO_VIEWER = PostCounts(), ViewerState()


class _LabelRecord(msgspec.Struct, frozen=True):
    name: str
    by: str = ""
    does: Literal["note", "inform", "warn", "hide"] = "inform"
    chosen: bool = False
    quoted: bool = False


class _PostRecord(msgspec.Struct, frozen=True):
    id: str
    text: str
    network: str = ""
    created_at: _Time | None = None
    url: str = ""
    uri: str = ""
    lang: str | None = None
    links: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    media: int | None = None
    attachments: tuple[Media, ...] | None = None
    spans: tuple[Span, ...] = ()
    warning: str = ""
    poll: Poll | None = None
    card: Card | None = None
    quote: Quote | None = None
    reply_to: str | None = None
    reply_to_id: str | None = None
    reply_to_person: str | None = None
    reposted_at: _Time | None = None
    original_id: str = ""
    visibility: str = ""
    server_filters: tuple[str, ...] = ()
    server_hides: bool = False
    labels: tuple[_LabelRecord, ...] = ()
    edited_at: _Time | None = None
    deleted_at: _Time | None = None
    cid: str = ""
    root: PostRef | None = None
    counts: PostCounts = _NO_COUNTS
    viewer: ViewerState = _NO_VIEWER
    comments: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()


_POST = msgspec.json.Decoder(_PostRecord)
_PERSON = msgspec.json.Decoder(Person)
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeError)


def post_from_stored(data: str, account: str, author: Person | None, booster: Person | None) -> Post:
    """A stored post with its people; if `author` is None, the one in the record. Raises RecordError."""
    try:
        record = _POST.decode(data)
    except _DECODE_ERRORS:
        return _strictly(data, account, author, booster)
    media = record.attachments
    if media is None and record.media is not None:
        media = (Media("unknown"),) * min(max(record.media, 0), 100)
    if author is None or (record.poll is not None and _has_no_zone(record.poll.expires_at)):
        return _strictly(data, account, author, booster)
    return Post(
        id=record.id,
        author=author,
        text=record.text,
        account=account,
        network=record.network,
        created_at=record.created_at,
        url=record.url,
        uri=record.uri,
        lang=record.lang,
        spans=record.spans,
        links=record.links,
        tags=record.tags,
        media=media,
        warning=record.warning,
        poll=record.poll,
        card=record.card,
        quote=record.quote,
        reply_to=record.reply_to,
        reply_to_id=record.reply_to_id,
        reply_to_person=record.reply_to_person,
        booster=booster,
        boosted_at=record.reposted_at,
        original_id=record.original_id,
        visibility=record.visibility,
        server_filters=record.server_filters,
        server_hides=record.server_hides,
        labels=tuple(map(_label, record.labels)),
        edited_at=record.edited_at,
        deleted_at=record.deleted_at,
        cid=record.cid,
        root=record.root,
        counts=record.counts,
        viewer=record.viewer,
        comments=record.comments,
        same_as=record.same_as,
    )


def record_to_stored(record: Record) -> str:
    """Encode a record for the store."""
    return msgspec.json.encode(record).decode()


def person_from_stored(data: str) -> Person:
    """A stored person. Raises RecordError."""
    try:
        person = _PERSON.decode(data)
    except _DECODE_ERRORS:
        person = None
    if person is None or not person.id or _has_no_zone(person.created_at) or _has_no_zone(person.counted_at):
        record = _object(data)
        network = record.get("network")
        if not isinstance(network, str):
            network = ""
        return person_from_record(record, network)
    return person


def _label(record: _LabelRecord) -> Label:
    effect: LabelEffect
    if record.does == "note":
        effect = "inform"
    else:
        effect = record.does
    return Label(record.name, record.by, effect, record.chosen, record.quoted)


def _strictly(data: str, account: str, author: Person | None, booster: Person | None) -> Post:
    post = post_from_record(_object(data))
    return msgspec.structs.replace(post, account=account, author=author or post.author, booster=booster)


def _object(data: str) -> Record:
    try:
        record = json.loads(data)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise RecordError("a stored record is not a JSON object")
    return record


def _has_no_zone(at: datetime | None) -> bool:
    return at is not None and at.tzinfo is None

"""Posts, people, ties and marks in the format of the store, decoded by msgspec.

A stored record has the keys of codec/records.py; posts lack those that the store has in columns. A record that does
not decode in this format (it is damaged, or another version wrote it) is read by codec/records.py and
codec/contexts.py, which return a value or raise.
"""

import json
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from ..models.context import Habits, PostContext
from ..models.errors import RecordError
from ..models.mark import Mark
from ..models.person import Person
from ..models.post import Card, Label, LabelEffect, Media, Poll, Post, PostCounts, PostRef, Quote, Span, ViewerState
from ..models.tie import NO_TIE, Tie
from ..models.verdict import Category
from .contexts import context_from_record, context_to_record
from .fields import Record
from .people import person_from_record
from .records import post_from_record
from .ties import tie_from_record

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


class _ContextRecord(msgspec.Struct, frozen=True):
    """The additional keys of the record of a marked post."""

    account: str = ""
    network: str = ""
    author: Person | None = None
    reposter: Person | None = None
    tie: Tie = NO_TIE
    reposter_tie: Tie | None = None
    habits: tuple[int, int, int, int, float, tuple[float, float, float, float] | None] | None = None


class _GuessRecord(msgspec.Struct, frozen=True):
    guess: Category | None = None


_NOBODY = Person("", "")
_POST = msgspec.json.Decoder(_PostRecord)
_PERSON = msgspec.json.Decoder(Person)
_TIE = msgspec.json.Decoder(Tie)
_CONTEXT = msgspec.json.Decoder(_ContextRecord)
_GUESS = msgspec.json.Decoder(_GuessRecord)
_DECODE_ERRORS = (msgspec.MsgspecError, UnicodeError)


def post_from_stored(data: str, account: str, author: Person | None, booster: Person | None) -> Post:
    """A stored post with its people; if `author` is None, the one in the record. Raises RecordError."""
    try:
        record = _POST.decode(data)
    except _DECODE_ERRORS:
        return _strictly(data, account, author, booster)
    if author is None or _poll_lacks_zone(record.poll):
        return _strictly(data, account, author, booster)
    return _post(record, account, author, booster)


def _post(record: _PostRecord, account: str, author: Person, booster: Person | None) -> Post:
    media = record.attachments
    if media is None and record.media is not None:
        media = (Media("unknown"),) * min(max(record.media, 0), 100)
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


def mark_from_stored(data: str | bytes, category: Category, at: datetime) -> Mark:
    """A stored mark, from the record of its post and context. Raises RecordError."""
    return Mark(context_from_stored(data), category, at, _guess(data))


def context_from_stored(data: str | bytes) -> PostContext:
    """A post with its ties and its author's habits. Raises RecordError."""
    try:
        context = _context(_POST.decode(data), _CONTEXT.decode(data))
    except _DECODE_ERRORS:
        context = None
    if context is None:
        return context_from_record(_object(data))
    return context


def _context(post: _PostRecord, record: _ContextRecord) -> PostContext | None:
    """The context; None if the record has to be read field by field."""
    people = [person for person in (record.author, record.reposter) if person is not None]
    ties = (record.tie, record.reposter_tie or NO_TIE)
    if any(map(_incomplete, people)) or any(map(_tie_lacks_zone, ties)) or _poll_lacks_zone(post.poll):
        return None
    author = msgspec.structs.replace(record.author or _NOBODY, network=record.network)
    booster = record.reposter and msgspec.structs.replace(record.reposter, network=record.network)
    return PostContext(
        post=_post(post, record.account, author, booster),
        tie=record.tie,
        booster_tie=record.reposter_tie,
        habits=record.habits and Habits(*record.habits),
    )


def _guess(data: str | bytes) -> Category | None:
    try:
        return _GUESS.decode(data).guess
    except _DECODE_ERRORS:
        return None


def mark_to_stored(mark: Mark) -> str:
    """Encode the post of a mark with its context and the guess. The store has columns for the rest."""
    return record_to_stored(context_to_record(mark.context) | {"guess": mark.guess})


def tie_from_stored(data: str) -> Tie:
    """A stored tie. Raises RecordError."""
    try:
        tie = _TIE.decode(data)
    except _DECODE_ERRORS:
        return tie_from_record(_object(data))
    if _tie_lacks_zone(tie):
        return tie_from_record(_object(data))
    return tie


def record_to_stored(record: Record) -> str:
    """Encode a record for the store."""
    return msgspec.json.encode(record).decode()


def person_from_stored(data: str) -> Person:
    """A stored person. Raises RecordError."""
    try:
        person = _PERSON.decode(data)
    except _DECODE_ERRORS:
        person = None
    if person is None or _incomplete(person):
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


def _object(data: str | bytes) -> Record:
    try:
        record = json.loads(data)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise RecordError("a stored record is not a JSON object")
    return record


def _incomplete(person: Person) -> bool:
    return not person.id or _lacks_zone(person.created_at) or _lacks_zone(person.counted_at)


def _tie_lacks_zone(tie: Tie) -> bool:
    return any(map(_lacks_zone, (tie.first_contact, tie.last_contact, tie.last_to_you, tie.last_from_you)))


def _poll_lacks_zone(poll: Poll | None) -> bool:
    return poll is not None and _lacks_zone(poll.expires_at)


def _lacks_zone(at: datetime | None) -> bool:
    return at is not None and at.tzinfo is None

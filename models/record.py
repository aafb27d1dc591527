"""Records: posts, ties and verdicts as the command line reads and writes them (docs/cli.md is the contract).

A record is a JSON object. What it leaves out is not known. Reading raises RecordError with what is wrong in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any, TypeVar, get_args

from .errors import RecordError
from .person import Person
from .post import LABEL_EFFECTS, Card, Label, Media, MediaKind, Poll, PollOption, Post, Quote, Span, SpanKind
from .text import clean, clean_line
from .tie import NO_TIE, Tie
from .verdict import CATEGORIES, Category, Level, Verdict

Record = dict[str, Any]
T = TypeVar("T")

# A tie's counts: the word of the record, then the word of the model.
TIE_COUNTS = {
    "replies_to_you": "replies_to_you",
    "replies_from_you": "replies_from_you",
    "mentions_to_you": "mentions_to_you",
    "mentions_from_you": "mentions_from_you",
    "likes_to_you": "likes_to_you",
    "likes_from_you": "likes_from_you",
    "reposts_of_you": "boosts_to_you",
    "reposts_by_you": "boosts_from_you",
    "direct": "direct",
}
_LARGEST = 2**53
_TIE_TIMES = ("first_contact", "last_contact", "last_to_you", "last_from_you")
_SPAN_KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)


def read_time(value: str) -> datetime:
    """An ISO 8601 date or date-time as an aware time in UTC; without a zone it is taken as UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise RecordError(f"{clean_line(value)[:40]!r} is not a date like 2026-01-02T03:04:05Z") from None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise RecordError(f"{value!r} is outside the calendar") from None


def known_time(value: str) -> datetime | None:
    """The same, None for a time of the first or the last year of the calendar: there servers put what they do not
    know ("0001-01-01T00:00:00Z"), and another zone's local time would fall off the edge.
    """
    at = read_time(value)
    return at if MINYEAR < at.year < MAXYEAR else None


def write_time(at: datetime | None) -> str | None:
    """A time as the record writes it, "2026-01-02T03:04:05Z" (with microseconds where it has them)."""
    return at.isoformat().replace("+00:00", "Z") if at else None


def _get(record: Mapping[str, Any], key: str, kinds: type | tuple[type, ...], what: str) -> Any:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise RecordError(f'"{key}" should be {what}, not {type(value).__name__}')
    return value


def _text(record: Mapping[str, Any], key: str) -> str:
    return clean_line(_get(record, key, str, "a string") or "")


def _flag(record: Mapping[str, Any], key: str) -> bool | None:
    value: bool | None = _get(record, key, bool, "true or false")
    return value


def _count(record: Mapping[str, Any], key: str) -> int | None:
    value = _get(record, key, (int, float), "a number")
    if value is None:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        raise RecordError(f'"{key}" should be a finite number')
    # Some servers hide a count by answering -1: that is not known, not less than nobody; nor is what nothing counts.
    return int(value) if 0 <= value <= _LARGEST else None


def _time(record: Mapping[str, Any], key: str) -> datetime | None:
    value = _get(record, key, str, "a date")
    return known_time(value) if value else None


def _strings(record: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    values = _get(record, key, list, "a list of strings")
    if values is None:
        return None
    if not all(isinstance(value, str) for value in values):
        raise RecordError(f'"{key}" should be a list of strings')
    return tuple(clean_line(value) for value in values)


def _each(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> tuple[T, ...]:
    values = _get(record, key, list, "a list of objects") or []
    if not all(isinstance(value, dict) for value in values):
        raise RecordError(f'"{key}" should be a list of objects')
    return tuple(read(value) for value in values)


def person_from_record(record: Mapping[str, Any], network: str = "") -> Person:
    """A Person from the record's "author" or "reposter". Where there is no id, the handle stands for it."""
    handle = _text(record, "handle").removeprefix("@")
    bio = _get(record, "bio", str, "a string")
    return Person(
        id=_text(record, "id") or handle,
        handle=handle,
        name=_text(record, "name"),
        bio=None if bio is None else clean(bio),
        network=network,
        url=_text(record, "url"),
        avatar=_text(record, "avatar"),
        followers=_count(record, "followers"),
        following=_count(record, "following"),
        posts=_count(record, "posts"),
        verified=_flag(record, "verified"),
        bot=_flag(record, "bot"),
        created_at=_time(record, "created_at"),
        links=_strings(record, "links"),
        counted_at=_time(record, "counted_at"),
    )


def person_to_record(person: Person) -> Record:
    """A Person as the record writes it; what is not known is left out."""
    record: Record = {
        "handle": person.handle,
        "id": person.id,
        "name": person.name,
        "bio": person.bio,
        "url": person.url or None,
        "avatar": person.avatar or None,
        "followers": person.followers,
        "following": person.following,
        "posts": person.posts,
        "verified": person.verified,
        "bot": person.bot,
        "created_at": write_time(person.created_at),
        "links": None if person.links is None else list(person.links),
        "counted_at": write_time(person.counted_at),
    }
    return {key: value for key, value in record.items() if value is not None}


def tie_from_record(record: Mapping[str, Any]) -> Tie:
    """A Tie from the record's "tie" or from a line of a ties file."""
    counts = {ours: _count(record, theirs) for theirs, ours in TIE_COUNTS.items()}
    times = {key: _time(record, key) for key in _TIE_TIMES}
    flags = {key: bool(_flag(record, key)) for key in ("vouched", "not_known", "contact")}
    known: Record = {**counts, **times, **flags}
    return Tie(you_follow=_flag(record, "you_follow"), follows_you=_flag(record, "follows_you"), **known)


def tie_to_record(tie: Tie) -> Record:
    """A Tie as the record writes it; what is not known is left out."""
    record: Record = {"you_follow": tie.you_follow, "follows_you": tie.follows_you}
    record |= {theirs: getattr(tie, ours) for theirs, ours in TIE_COUNTS.items()}
    record |= {key: write_time(getattr(tie, key)) for key in _TIE_TIMES}
    record |= {key: getattr(tie, key) or None for key in ("vouched", "not_known", "contact")}
    return {key: value for key, value in record.items() if value is not None}


def _span(record: Record) -> Span:
    start, end = _count(record, "start"), _count(record, "end")
    for kind in _SPAN_KINDS:
        if record.get("kind") == kind and start is not None and end is not None:
            return Span(start, end, kind, _text(record, "target"))
    raise RecordError('"spans" need a start, an end and a known kind')


def _label(record: Record) -> Label:
    does = record.get("does")
    effect = next((effect for effect in LABEL_EFFECTS if does == effect), LABEL_EFFECTS[0])
    return Label(
        _text(record, "name"), _text(record, "by"), effect, bool(_flag(record, "chosen")), bool(_flag(record, "quoted"))
    )


def _media(record: Record) -> Media:
    alt = clean(_get(record, "alt", str, "a string") or "")
    url, preview = _text(record, "url"), _text(record, "preview")
    for kind in _MEDIA_KINDS:
        if record.get("kind") == kind:
            return Media(kind, alt, url, preview)
    return Media("unknown", alt, url, preview)


def _attachments(record: Mapping[str, Any]) -> tuple[Media, ...] | None:
    # The contract has a bare count; our own export keeps the descriptions beside it.
    if record.get("attachments") is not None:
        return _each(record, "attachments", _media)
    count = _count(record, "media")
    return None if count is None else (Media("unknown"),) * min(count, 100)


def _poll_option(record: Record) -> PollOption:
    return PollOption(_text(record, "text"), _count(record, "votes"))


def _poll(record: Record) -> Poll:
    return Poll(
        options=_each(record, "options", _poll_option),
        multiple=bool(_flag(record, "multiple")),
        expires_at=_time(record, "expires_at"),
        expired=_flag(record, "expired"),
        voters=_count(record, "voters"),
    )


def _card(record: Record) -> Card:
    return Card(_text(record, "url"), _text(record, "title"), _text(record, "description"))


def _quote(record: Record) -> Quote:
    return Quote(_text(record, "handle"), clean(_get(record, "text", str, "a string") or ""), _text(record, "url"))


def _part(record: Mapping[str, Any], key: str, read: Callable[[Record], T]) -> T | None:
    value = _get(record, key, dict, "an object")
    return None if value is None else read(value)


def post_from_record(record: Any) -> Post:
    """A Post from a record; `id` and `text` are required.

    Raises RecordError where the record is not an object, lacks one of them, or holds a value of a wrong kind.
    """
    if not isinstance(record, dict):
        raise RecordError("a post record is a JSON object")
    post_id = record.get("id")
    if isinstance(post_id, int) and not isinstance(post_id, bool):
        post_id = str(post_id)
    if not isinstance(post_id, str) or not clean_line(post_id):
        raise RecordError('"id" is missing')
    if not isinstance(record.get("text"), str):
        raise RecordError('"text" is missing' if record.get("text") is None else '"text" should be a string')
    network = _text(record, "network")
    author = _part(record, "author", lambda part: person_from_record(part, network))
    text = clean(record["text"])
    spans = tuple(span for span in _each(record, "spans", _span) if span.start < span.end <= len(text))
    reply_to = _get(record, "reply_to", str, "a handle")
    return Post(
        id=clean_line(post_id),
        author=author or Person(id="", handle="", network=network),
        text=text,
        account=_text(record, "account"),
        network=network,
        created_at=_time(record, "created_at"),
        url=_text(record, "url"),
        uri=_text(record, "uri"),
        lang=_text(record, "lang") or None,
        spans=spans,
        links=_strings(record, "links"),
        tags=_strings(record, "tags"),
        media=_attachments(record),
        warning=_text(record, "warning"),
        poll=_part(record, "poll", _poll),
        card=_part(record, "card", _card),
        quote=_part(record, "quote", _quote),
        reply_to=None if reply_to is None else clean_line(reply_to).removeprefix("@"),
        reply_to_id=_text(record, "reply_to_id") or None,
        reply_to_person=_text(record, "reply_to_person") or None,
        booster=_part(record, "reposter", lambda part: person_from_record(part, network)),
        boosted_at=_time(record, "reposted_at"),
        original_id=_text(record, "original_id"),
        visibility=_text(record, "visibility"),
        server_filters=_strings(record, "server_filters") or (),
        server_hides=bool(_flag(record, "server_hides")),
        labels=tuple(_each(record, "labels", _label)),
    )


def post_to_record(post: Post) -> Record:
    """A Post as a record; reading it back gives an equal Post. What is not known or empty is left out."""
    record: Record = {
        "id": post.id,
        "text": post.text,
        "account": post.account,
        "network": post.network,
        "created_at": write_time(post.created_at),
        "url": post.url,
        "uri": post.uri,
        "lang": post.lang,
        "links": None if post.links is None else list(post.links),
        "tags": None if post.tags is None else list(post.tags),
        "media": None if post.media is None else len(post.media),
        "attachments": [_shallow(medium) for medium in post.media or ()] or None,
        "spans": [_shallow(span) for span in post.spans] or None,
        "warning": post.warning,
        "poll": _poll_record(post.poll) if post.poll else None,
        "card": {"url": post.card.url, "title": post.card.title, "description": post.card.description}
        if post.card
        else None,
        "quote": _shallow(post.quote) if post.quote else None,
        "reply_to_id": post.reply_to_id,
        "reply_to_person": post.reply_to_person,
        "author": person_to_record(post.author) if post.author.handle or post.author.id else None,
        "reposter": person_to_record(post.booster) if post.booster else None,
        "reposted_at": write_time(post.boosted_at),
        "original_id": post.original_id,
        "visibility": post.visibility,
        "server_filters": list(post.server_filters) or None,
        "server_hides": post.server_hides or None,
        "labels": [_label_record(label) for label in post.labels] or None,
    }
    kept = {key: value for key, value in record.items() if value is not None and value != ""}
    kept["text"] = post.text
    if post.reply_to is not None:
        kept["reply_to"] = post.reply_to
    return kept


def _label_record(label: Label) -> Record:
    # Records say what a label does in the words they were first written with.
    record = _shallow(label)
    record["effect"] = "note" if label.effect == "inform" else label.effect
    return {"does" if name == "effect" else name: value for name, value in record.items()}


def _shallow(part: Card | Label | Quote | Media | Span) -> Record:
    return {name.name: getattr(part, name.name) for name in fields(part)}


def _poll_record(poll: Poll) -> Record:
    record: Record = {
        "options": [{"text": option.text, "votes": option.votes} for option in poll.options],
        "multiple": poll.multiple,
        "expires_at": write_time(poll.expires_at),
        "expired": poll.expired,
        "voters": poll.voters,
    }
    return {key: value for key, value in record.items() if value is not None}


def judged_from_record(record: Any) -> tuple[Post, Tie, Category | None]:
    """What `judge` reads from a line: the post, its tie (NO_TIE where it carries none) and its mark, if it has one."""
    post = post_from_record(record)
    tie = _part(record, "tie", tie_from_record) or NO_TIE
    return post, tie, category_from_record(record)


def category_from_record(record: Mapping[str, Any]) -> Category | None:
    """The record's "mark"; RecordError where it is no category."""
    mark = record.get("mark")
    if mark is None:
        return None
    for category in CATEGORIES:
        if mark == category:
            return category
    raise RecordError(f'"mark" should be one of {", ".join(CATEGORIES)}')


def verdict_to_record(verdict: Verdict, level: Level) -> Record:
    """A Verdict as the record writes it, read at `level`, without the post's id. The rounded scores still sum to 1."""
    scores = {category: round(verdict.scores[category], 6) for category in CATEGORIES}
    largest = max(scores, key=scores.__getitem__)
    scores[largest] = round(scores[largest] + 1 - sum(scores.values()), 6)
    return {
        "show": verdict.shown_at(level),
        "category": verdict.category,
        "probability": scores[verdict.category],
        "cause": verdict.cause,
        "scores": scores,
        "reasons": [{"text": reason.text, "weight": round(reason.weight, 3)} for reason in verdict.reasons],
    }

"""Records: posts, ties and verdicts as the command line reads and writes them (docs/cli.md is the contract).

A record is a JSON object. Missing fields are unknown. Reading raises RecordError, which describes the invalid field.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec

from ..models.errors import RecordError
from ..models.person import Person
from ..models.post import (
    LABEL_EFFECTS,
    LEAVES,
    Card,
    Label,
    LabelEffect,
    Leave,
    Media,
    MediaKind,
    Poll,
    PollOption,
    Post,
    PostCounts,
    PostRef,
    Quote,
    Span,
    SpanKind,
    ViewerState,
)
from ..models.text import clean, clean_line
from ..models.tie import NO_TIE, Tie
from ..models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from .fields import (
    Record,
    count_field,
    each_field,
    flag_field,
    get_field,
    part_field,
    strings_field,
    text_field,
    time_field,
    write_time,
)

# A tie's counts: the field of the record, then the field of the model.
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
    "direct_to_you": "direct_to_you",
    "direct_from_you": "direct_from_you",
}
_TIE_TIMES = ("first_contact", "last_contact", "last_to_you", "last_from_you")
_SPAN_KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
_MEDIA_KINDS: tuple[MediaKind, ...] = get_args(MediaKind)


def person_from_record(record: Mapping[str, Any], network: str = "") -> Person:
    """A Person from the record's "author" or "reposter". The handle replaces a missing id."""
    handle = text_field(record, "handle").removeprefix("@")
    bio = get_field(record, "bio", str, "a string")
    if bio is not None:
        bio = clean(bio)
    name = get_field(record, "name", str, "a string")
    if name is not None:
        name = clean_line(name)
    return Person(
        id=text_field(record, "id") or handle,
        handle=handle,
        name=name,
        bio=bio,
        network=network,
        url=text_field(record, "url"),
        avatar=text_field(record, "avatar"),
        followers=count_field(record, "followers"),
        following=count_field(record, "following"),
        posts=count_field(record, "posts"),
        verified=flag_field(record, "verified"),
        bot=flag_field(record, "bot"),
        created_at=time_field(record, "created_at"),
        links=strings_field(record, "links"),
        counted_at=time_field(record, "counted_at"),
    )


def person_to_record(person: Person) -> Record:
    """A Person as a record, without unknown fields."""
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
        "links": _optional_list(person.links),
        "counted_at": write_time(person.counted_at),
    }
    return {key: value for key, value in record.items() if value is not None}


def tie_from_record(record: Mapping[str, Any]) -> Tie:
    """A Tie from the record's "tie" or from a line of a ties file."""
    counts = {ours: count_field(record, theirs) for theirs, ours in TIE_COUNTS.items()}
    times = {key: time_field(record, key) for key in _TIE_TIMES}
    flags = {key: bool(flag_field(record, key)) for key in ("vouched", "not_known", "contact")}
    known: Record = {**counts, **times, **flags}
    return Tie(you_follow=flag_field(record, "you_follow"), follows_you=flag_field(record, "follows_you"), **known)


def tie_to_record(tie: Tie) -> Record:
    """A Tie as a record, without unknown fields."""
    record: Record = {"you_follow": tie.you_follow, "follows_you": tie.follows_you}
    record |= {theirs: getattr(tie, ours) for theirs, ours in TIE_COUNTS.items()}
    record |= {key: write_time(getattr(tie, key)) for key in _TIE_TIMES}
    record |= {key: getattr(tie, key) or None for key in ("vouched", "not_known", "contact")}
    return {key: value for key, value in record.items() if value is not None}


def _span(record: Record) -> Span:
    start, end = count_field(record, "start"), count_field(record, "end")
    for kind in _SPAN_KINDS:
        if record.get("kind") == kind and start is not None and end is not None:
            return Span(start, end, kind, text_field(record, "target"))
    raise RecordError('"spans" need a start, an end and a known kind')


def _label(record: Record) -> Label:
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


def _attachments(record: Mapping[str, Any]) -> tuple[Media, ...] | None:
    # The contract has only a count; our own export adds the descriptions.
    if record.get("attachments") is not None:
        return each_field(record, "attachments", _media)
    count = count_field(record, "media")
    if count is None:
        return None
    return (Media("unknown"),) * min(count, 100)


def _poll_option(record: Record) -> PollOption:
    return PollOption(text_field(record, "text"), count_field(record, "votes"))


def _poll(record: Record) -> Poll:
    return Poll(
        options=each_field(record, "options", _poll_option),
        multiple=bool(flag_field(record, "multiple")),
        expires_at=time_field(record, "expires_at"),
        expired=flag_field(record, "expired"),
        voters=count_field(record, "voters"),
        id=text_field(record, "id"),
    )


def _card(record: Record) -> Card:
    return Card(text_field(record, "url"), text_field(record, "title"), text_field(record, "description"))


def _quote(record: Record) -> Quote:
    return Quote(
        text_field(record, "handle"), clean(get_field(record, "text", str, "a string") or ""), text_field(record, "url")
    )


def _post_ref(record: Record) -> PostRef:
    return PostRef(text_field(record, "uri"), text_field(record, "cid"))


def _post_counts(record: Record) -> PostCounts:
    return PostCounts(count_field(record, "replies"), count_field(record, "boosts"), count_field(record, "likes"))


def _leave(record: Record, name: str) -> Leave:
    given = text_field(record, name)
    return next((each for each in LEAVES if each == given), "")


def _viewer(record: Record) -> ViewerState:
    return ViewerState(
        liked=flag_field(record, "liked"),
        boosted=flag_field(record, "boosted"),
        bookmarked=flag_field(record, "bookmarked"),
        like_id=text_field(record, "like_id"),
        boost_id=text_field(record, "boost_id"),
        bookmark_id=text_field(record, "bookmark_id"),
        pinned=flag_field(record, "pinned"),
        voted=flag_field(record, "voted"),
        reply=_leave(record, "reply"),
        quote=_leave(record, "quote"),
    )


def post_from_record(record: Any) -> Post:
    """A Post from a record; `id` and `text` are required.

    Raises RecordError if the record is not an object, lacks one of them, or contains a value of a wrong type.
    """
    if not isinstance(record, dict):
        raise RecordError("a post record is a JSON object")
    post_id = record.get("id")
    if isinstance(post_id, int) and not isinstance(post_id, bool):
        post_id = str(post_id)
    if not isinstance(post_id, str) or not clean_line(post_id):
        raise RecordError('"id" is missing')
    if record.get("text") is None:
        raise RecordError('"text" is missing')
    if not isinstance(record["text"], str):
        raise RecordError('"text" should be a string')
    network = text_field(record, "network")
    author = part_field(record, "author", lambda part: person_from_record(part, network))
    text = clean(record["text"])
    spans = tuple(span for span in each_field(record, "spans", _span) if span.start < span.end <= len(text))
    reply_to = get_field(record, "reply_to", str, "a handle")
    if reply_to is not None:
        reply_to = clean_line(reply_to).removeprefix("@")
    return Post(
        id=clean_line(post_id),
        author=author or Person(id="", handle="", network=network),
        text=text,
        account=text_field(record, "account"),
        network=network,
        created_at=time_field(record, "created_at"),
        url=text_field(record, "url"),
        uri=text_field(record, "uri"),
        lang=text_field(record, "lang") or None,
        spans=spans,
        links=strings_field(record, "links"),
        tags=strings_field(record, "tags"),
        media=_attachments(record),
        warning=text_field(record, "warning"),
        poll=part_field(record, "poll", _poll),
        card=part_field(record, "card", _card),
        quote=part_field(record, "quote", _quote),
        reply_to=reply_to,
        reply_to_id=text_field(record, "reply_to_id") or None,
        reply_to_person=text_field(record, "reply_to_person") or None,
        booster=part_field(record, "reposter", lambda part: person_from_record(part, network)),
        boosted_at=time_field(record, "reposted_at"),
        original_id=text_field(record, "original_id"),
        visibility=text_field(record, "visibility"),
        server_filters=strings_field(record, "server_filters") or (),
        server_hides=bool(flag_field(record, "server_hides")),
        labels=tuple(each_field(record, "labels", _label)),
        edited_at=time_field(record, "edited_at"),
        deleted_at=time_field(record, "deleted_at"),
        cid=text_field(record, "cid"),
        root=part_field(record, "root", _post_ref),
        counts=part_field(record, "counts", _post_counts) or PostCounts(),
        viewer=part_field(record, "viewer", _viewer) or ViewerState(),
        comments=strings_field(record, "comments") or (),
        same_as=strings_field(record, "same_as") or (),
    )


def post_to_record(post: Post) -> Record:
    """A Post as a record, without unknown and empty fields. `post_from_record` returns an equal Post."""
    author = None
    if post.author.handle or post.author.id:
        author = person_to_record(post.author)
    media_count = None
    if post.media is not None:
        media_count = len(post.media)
    record: Record = {
        "id": post.id,
        "text": post.text,
        "account": post.account,
        "network": post.network,
        "created_at": write_time(post.created_at),
        "url": post.url,
        "uri": post.uri,
        "lang": post.lang,
        "links": _optional_list(post.links),
        "tags": _optional_list(post.tags),
        "media": media_count,
        "attachments": [_shallow(medium) for medium in post.media or ()] or None,
        "spans": [_shallow(span) for span in post.spans] or None,
        "warning": post.warning,
        "poll": post.poll and _poll_record(post.poll),
        "card": post.card and _shallow(post.card),
        "quote": post.quote and _shallow(post.quote),
        "reply_to_id": post.reply_to_id,
        "reply_to_person": post.reply_to_person,
        "author": author,
        "reposter": post.booster and person_to_record(post.booster),
        "reposted_at": write_time(post.boosted_at),
        "original_id": post.original_id,
        "visibility": post.visibility,
        "server_filters": list(post.server_filters) or None,
        "server_hides": post.server_hides or None,
        "labels": [_label_record(label) for label in post.labels] or None,
        "edited_at": write_time(post.edited_at),
        "deleted_at": write_time(post.deleted_at),
        "cid": post.cid,
        "root": post.root and _shallow(post.root),
        "counts": _known(post.counts),
        "viewer": _known(post.viewer),
        "comments": list(post.comments) or None,
        "same_as": list(post.same_as) or None,
    }
    known = {key: value for key, value in record.items() if value is not None and value != ""}
    known["text"] = post.text
    if post.reply_to is not None:
        known["reply_to"] = post.reply_to
    return known


def _label_record(label: Label) -> Record:
    # Records use the field "does" and the value "note", which were the first names of these.
    record = _shallow(label)
    effect = record.pop("effect")
    if effect == "inform":
        effect = "note"
    return {**record, "does": effect}


def _optional_list(values: tuple[str, ...] | None) -> list[str] | None:
    if values is None:
        return None
    return list(values)


def _shallow(part: Card | Label | Quote | Media | Span | PostRef) -> Record:
    return msgspec.structs.asdict(part)


def _known(part: PostCounts | ViewerState) -> Record | None:
    """The known fields of a part; None if all are unknown."""
    values = msgspec.structs.asdict(part)
    return {name: value for name, value in values.items() if value not in (None, "")} or None


def _poll_record(poll: Poll) -> Record:
    record: Record = {
        "options": [{"text": option.text, "votes": option.votes} for option in poll.options],
        "multiple": poll.multiple,
        "expires_at": write_time(poll.expires_at),
        "expired": poll.expired,
        "voters": poll.voters,
        "id": poll.id or None,
    }
    return {key: value for key, value in record.items() if value is not None}


def judged_from_record(record: Any) -> tuple[Post, Tie, Category | None]:
    """Read a line of `judge`'s input: the post, its tie (NO_TIE if missing) and its mark (None if missing)."""
    post = post_from_record(record)
    tie = part_field(record, "tie", tie_from_record) or NO_TIE
    return post, tie, category_from_record(record)


def category_from_record(record: Mapping[str, Any]) -> Category | None:
    """The record's "mark". Raises RecordError if it is not a category."""
    mark = record.get("mark")
    if mark is None:
        return None
    for category in CATEGORIES:
        if mark == category:
            return category
    raise RecordError(f'"mark" should be one of {", ".join(CATEGORIES)}')


def verdict_to_record(verdict: Verdict, level: Level, text: Callable[[Reason], str]) -> Record:
    """A Verdict at `level` as a record, without the post's id. The rounded scores still sum to 1."""
    scores = {category: round(verdict.scores[category], 6) for category in CATEGORIES}
    largest = max(scores, key=scores.__getitem__)
    scores[largest] = round(scores[largest] + 1 - sum(scores.values()), 6)
    return {
        "show": verdict.shown_at(level),
        "category": verdict.category,
        "probability": scores[verdict.category],
        "cause": verdict.cause,
        "scores": scores,
        "reasons": [{"text": text(reason), "weight": round(reason.weight, 3)} for reason in verdict.reasons],
    }

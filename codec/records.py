"""Records: posts, ties and verdicts as the command line reads and writes them (docs/cli.md is the contract).

A record is a JSON object. Missing fields are unknown. Reading raises RecordError, which describes the invalid field.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..models.errors import RecordError
from ..models.person import Person
from ..models.post import (
    Post,
    PostCounts,
    ViewerState,
)
from ..models.text import clean, clean_line
from ..models.tie import NO_TIE, Tie
from ..models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from .fields import (
    Record,
    each_field,
    flag_field,
    get_field,
    optional_list,
    part_field,
    strings_field,
    text_field,
    time_field,
    write_time,
)
from .people import person_from_record, person_to_record
from .post_parts import (
    attachments_from_record,
    card_from_record,
    counts_from_record,
    known_to_record,
    label_from_record,
    label_to_record,
    part_to_record,
    poll_from_record,
    poll_to_record,
    quote_from_record,
    ref_from_record,
    span_from_record,
    viewer_from_record,
)
from .ties import tie_from_record


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
    spans = tuple(span for span in each_field(record, "spans", span_from_record) if span.start < span.end <= len(text))
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
        media=attachments_from_record(record),
        warning=text_field(record, "warning"),
        poll=part_field(record, "poll", poll_from_record),
        card=part_field(record, "card", card_from_record),
        quote=part_field(record, "quote", quote_from_record),
        reply_to=reply_to,
        reply_to_id=text_field(record, "reply_to_id") or None,
        reply_to_person=text_field(record, "reply_to_person") or None,
        booster=part_field(record, "reposter", lambda part: person_from_record(part, network)),
        boosted_at=time_field(record, "reposted_at"),
        original_id=text_field(record, "original_id"),
        visibility=text_field(record, "visibility"),
        server_filters=strings_field(record, "server_filters") or (),
        server_hides=bool(flag_field(record, "server_hides")),
        labels=tuple(each_field(record, "labels", label_from_record)),
        edited_at=time_field(record, "edited_at"),
        deleted_at=time_field(record, "deleted_at"),
        cid=text_field(record, "cid"),
        root=part_field(record, "root", ref_from_record),
        counts=part_field(record, "counts", counts_from_record) or PostCounts(),
        viewer=part_field(record, "viewer", viewer_from_record) or ViewerState(),
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
        "links": optional_list(post.links),
        "tags": optional_list(post.tags),
        "media": media_count,
        "attachments": [part_to_record(medium) for medium in post.media or ()] or None,
        "spans": [part_to_record(span) for span in post.spans] or None,
        "warning": post.warning,
        "poll": post.poll and poll_to_record(post.poll),
        "card": post.card and part_to_record(post.card),
        "quote": post.quote and part_to_record(post.quote),
        "reply_to_id": post.reply_to_id,
        "reply_to_person": post.reply_to_person,
        "author": author,
        "reposter": post.booster and person_to_record(post.booster),
        "reposted_at": write_time(post.boosted_at),
        "original_id": post.original_id,
        "visibility": post.visibility,
        "server_filters": list(post.server_filters) or None,
        "server_hides": post.server_hides or None,
        "labels": [label_to_record(label) for label in post.labels] or None,
        "edited_at": write_time(post.edited_at),
        "deleted_at": write_time(post.deleted_at),
        "cid": post.cid,
        "root": post.root and part_to_record(post.root),
        "counts": known_to_record(post.counts),
        "viewer": known_to_record(post.viewer),
        "comments": list(post.comments) or None,
        "same_as": list(post.same_as) or None,
    }
    known = {key: value for key, value in record.items() if value is not None and value != ""}
    known["text"] = post.text
    if post.reply_to is not None:
        known["reply_to"] = post.reply_to
    return known


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

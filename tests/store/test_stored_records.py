"""Records in the store: read back equal, readable if an older version wrote them, set aside if damaged."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.codec.contexts import context_from_record, context_to_record
from quietfeed.codec.people import person_to_record
from quietfeed.codec.records import post_from_record, post_to_record
from quietfeed.codec.stored import (
    mark_from_stored,
    mark_to_stored,
    person_from_stored,
    post_from_stored,
    record_to_stored,
    tie_from_stored,
)
from quietfeed.codec.ties import tie_from_record, tie_to_record
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.errors import RecordError
from quietfeed.models.mark import Mark
from quietfeed.models.person import KnownFollowers, Person
from quietfeed.models.post import (
    Card,
    Label,
    Media,
    Poll,
    PollOption,
    Post,
    PostCounts,
    PostRef,
    Quote,
    Span,
    ViewerState,
)
from quietfeed.models.tie import NO_TIE, Tie

NOW = datetime(2026, 5, 1, 12, 0, 0, 250, UTC)
ADA = Person(
    "9",
    "ada@here.example",
    "Ada",
    "likes tea",
    "demo",
    followers=0,
    links=(),
    created_at=NOW,
    counted_at=NOW,
    known_followers=KnownFollowers(7, ("8",)),
)
FULL = Post(
    "1",
    ADA,
    "Grüße 🎉\nto all",
    account="a",
    network="demo",
    created_at=NOW,
    lang="de",
    spans=(Span(0, 5, "link", "https://here.example"),),
    links=("https://here.example",),
    tags=(),
    media=(Media("image", "a cat", "https://here.example/cat"), Media("unknown")),
    poll=Poll((PollOption("yes", 3), PollOption("no")), expires_at=NOW, voters=3),
    card=Card("https://here.example", "Tea"),
    quote=Quote("bob@here.example", "so"),
    reply_to="",
    booster=replace(ADA, id="8", handle="bob@here.example"),
    boosted_at=NOW,
    server_filters=("tea",),
    server_hides=True,
    labels=(Label("rude", "them", "hide", chosen=True), Label("odd", effect="inform")),
    deleted_at=NOW,
    root=PostRef("u", "c"),
    counts=PostCounts(likes=0),
    viewer=ViewerState(liked=True, like_id="l"),
)


def stored(post: Post) -> str:
    record = post_to_record(post)
    return record_to_stored(
        {key: value for key, value in record.items() if key not in ("author", "reposter", "account")}
    )


@pytest.mark.parametrize("post", [FULL, Post("2", ADA, ""), replace(FULL, media=(), links=None, labels=(), poll=None)])
def test_a_stored_post_reads_back_equal(post: Post) -> None:
    assert post_from_stored(stored(post), post.account, post.author, post.booster) == post


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.booleans(), st.integers(0, 2**53))
def test_any_text_reads_back(text: str, liked: bool, likes: int) -> None:
    post = replace(FULL, text=text, spans=(), counts=PostCounts(likes=likes), viewer=ViewerState(liked=liked))
    assert post_from_stored(stored(post), "a", post.author, post.booster) == post


def test_a_stored_person_reads_back_equal() -> None:
    assert person_from_stored(record_to_stored(person_to_record(ADA) | {"network": ADA.network})) == ADA


@pytest.mark.parametrize(
    "record",
    [
        {"id": "1", "text": "plain"},
        {"id": "1", "text": "a bare count", "media": 2},
        {"id": "1", "text": "no pictures", "media": 0},
        {"id": "1", "text": "an older word", "labels": [{"name": "rude", "by": "them", "does": "note"}]},
        {"id": 7, "text": "a number as id"},
        {"id": "1", "text": "no zone", "created_at": "2026-05-01T12:00:00"},
        {"id": "1", "text": "no zone", "poll": {"options": [{"text": "yes"}], "expires_at": "2026-05-01T12:00:00"}},
        {"id": "1", "text": "an unknown kind", "attachments": [{"kind": "hologram", "alt": "so"}]},
        {"id": "1", "text": "an unknown effect", "labels": [{"name": "rude", "does": "sing"}]},
        {"id": "1", "text": "a newer key", "mood": {"deep": [1, 2]}},
    ],
)
def test_records_of_other_versions_read_as_the_strict_reader_reads_them(record: dict[str, object]) -> None:
    strict = replace(post_from_record(record), account="a", author=ADA)
    assert post_from_stored(json.dumps(record), "a", ADA, None) == strict


@pytest.mark.parametrize(
    "data", ["", "[]", "{", '{"id": "1"}', '{"id": "1", "text": 3}', '{"text": "x"}', "null", "{]}"]
)
def test_a_damaged_record_is_set_aside(data: str) -> None:
    with pytest.raises(RecordError):
        post_from_stored(data, "a", ADA, None)


@pytest.mark.parametrize("data", ["", "[]", '{"handle": 3}', '{"id": []}'])
def test_a_damaged_person_is_set_aside(data: str) -> None:
    with pytest.raises(RecordError):
        person_from_stored(data)


def test_a_person_without_an_id_or_a_zone_reads_as_before() -> None:
    assert person_from_stored('{"handle": "ada@here.example"}').id == "ada@here.example"
    assert person_from_stored('{"id": "1", "handle": "a", "created_at": "2026-05-01"}').created_at is not None
    assert person_from_stored('{"id":"1","handle":"a","created_at":"2026-05-01T00:00:00"}').created_at == datetime(
        2026, 5, 1, tzinfo=UTC
    )


TIE = Tie(
    you_follow=True, follows_you=False, boosts_to_you=2, boosts_from_you=0, last_contact=NOW, vouched=True, contact=True
)
CONTEXT = PostContext(FULL, TIE, NO_TIE, Habits(12, 3, 2, 1, 4.5, (0.5, -1.0, 0.0, 2.25)))


@pytest.mark.parametrize(
    "context",
    [CONTEXT, PostContext(replace(FULL, booster=None)), PostContext(Post("2", Person("", "", network="demo"), ""))],
)
def test_a_stored_mark_reads_back_equal(context: PostContext) -> None:
    post = replace(context.post, network="demo")
    mark = Mark(replace(context, post=post), "sales", NOW, "person")
    assert mark_from_stored(mark_to_stored(mark), "sales", NOW) == mark


@pytest.mark.parametrize(
    "change",
    [
        {"guess": "poetry"},
        {"author": {"handle": "@ada@here.example"}},
        {"reposter": {"handle": "bob@here.example", "created_at": "2026-05-01"}},
        {"tie": {"last_contact": "2026-05-01T12:00:00", "replies_to_you": 2.0}},
        {"tie": None},
        {"habits": [1.0, 2, 3, 4, 5, None]},
        {"id": 7},
    ],
)
def test_marks_of_other_versions_read_as_the_strict_reader_reads_them(change: dict[str, object]) -> None:
    record = context_to_record(CONTEXT) | change
    mark = mark_from_stored(json.dumps(record), "spam", NOW)
    assert mark == Mark(context_from_record(record), "spam", NOW, None)


@pytest.mark.parametrize("data", ["", "[]", '{"id": "1"}', '{"id": "1", "text": "x", "habits": 3}'])
def test_a_damaged_mark_is_set_aside(data: str) -> None:
    with pytest.raises(RecordError):
        mark_from_stored(data, "spam", NOW)


@pytest.mark.parametrize("tie", [TIE, NO_TIE])
def test_a_stored_tie_reads_back_equal(tie: Tie) -> None:
    assert tie_from_stored(record_to_stored(tie_to_record(tie))) == tie


@pytest.mark.parametrize("record", [{"replies_to_you": 2.0}, {"last_contact": "2026-05-01"}, {"newer": 1}])
def test_ties_of_other_versions_read_as_the_strict_reader_reads_them(record: dict[str, object]) -> None:
    assert tie_from_stored(json.dumps(record)) == tie_from_record(record)

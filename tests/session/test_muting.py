"""Muting: overrides every tie and vouch, for a time, is undone exactly, and is never used for training."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.filters.judge import judge
from quietfeed.models.context import PostContext
from quietfeed.models.joined import Handle
from quietfeed.models.mark import Mute, UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import FOREVER, Tie
from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost, hide_cause
from quietfeed.models.weights import Linear, Weights
from quietfeed.phrases.mutes import format_expiry
from quietfeed.phrases.reasons import reason_text
from quietfeed.session import Session
from quietfeed.session.clock import Clock
from quietfeed.store.archive import Archive

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ADA = Person(id="1", handle="ada@here.example", name="Ada")
BO = Person(id="2", handle="bo@there.example", name="Bo")
FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=20, replies_from_you=20, vouched=True)
MUTED = Tie(you_follow=True, follows_you=True, replies_to_you=20, replies_from_you=20, vouched=True, muted=FOREVER)
POST = Post("1", ADA, "see you at seven", "me")
NOTHING = Weights(Linear())


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        (PostContext(POST, FRIEND), None),
        (PostContext(POST, MUTED), "muted by you until you unmute them"),
        (
            PostContext(Post("2", BO, "hi", "me", booster=ADA), FRIEND, MUTED),
            "boosted by Ada, muted by you until you unmute",
        ),
        (PostContext(Post("2", ADA, "hi", "me", booster=BO), MUTED, FRIEND), "muted by you until you unmute them"),
    ],
)
def test_a_mute_hides_a_friend_and_what_they_boost(context: PostContext, kind: str | None) -> None:
    verdict = judge(context, NOTHING, now=NOW)
    assert verdict.shown_at(Level.everything)
    assert verdict.shown_at(Level.noise) == (kind is None)
    if kind is not None:
        assert reason_text(verdict.reasons[0]).startswith(kind)
        assert hide_cause(verdict) == "muted"


def test_a_mark_on_the_post_overrides_the_mute() -> None:
    verdict = judge(PostContext(POST, MUTED), NOTHING, marks=UserMarks({POST.key: "person"}), now=NOW)
    assert verdict.strictest_level == Level.known


def test_the_end_of_a_mute_is_shown_in_words() -> None:
    now = datetime(2026, 5, 4, 12, 0).astimezone()
    assert format_expiry(now + timedelta(hours=1), now) == "until 13:00"
    assert format_expiry(now + timedelta(days=4, hours=2), now) == f"until {now + timedelta(days=4, hours=2):%A} 14:00"
    assert format_expiry(now + timedelta(days=7), now) == f"until 11 {now:%b} 12:00"
    assert format_expiry(now + timedelta(days=365), now) == f"until 4 {now:%b} 2027 12:00"
    assert format_expiry(FOREVER, now) == "until you unmute them"


def test_only_current_mutes_are_kept_and_one_for_a_handle_follows_the_handle() -> None:
    archive = Archive(None)
    archive.mutes.set(Mute("me", "1", ADA.handle, NOW + timedelta(hours=1), NOW))
    archive.mutes.set(Mute("", "", "BO@there.example", FOREVER, NOW))
    ties = archive.ties.of("me", {"1": ADA.handle, "2": BO.handle})
    assert (ties["1"].muted, ties["2"].muted) == (NOW + timedelta(hours=1), FOREVER)
    assert not archive.mutes.expire(NOW)
    assert archive.mutes.expire(NOW + timedelta(hours=1))
    assert [mute.handle for mute in archive.mutes.all()] == ["BO@there.example"]
    assert archive.mutes.replace([Handle("me", "2", BO.handle)], [])
    assert archive.mutes.all() == []


@pytest.fixture
def archive() -> Archive:
    return Archive(None)


@pytest.fixture
def demo(demo_world: Callable[..., Session], archive: Archive) -> Session:
    return demo_world(now=NOW, archive=archive)


def a_known(session: Session) -> JudgedPost:
    return next(
        judged for judged in session.timeline.posts if judged.tie_name == "close" and judged.post.booster is None
    )


def test_a_mute_hides_all_of_a_person_teaches_nothing_and_is_undone_exactly(demo: Session, archive: Archive) -> None:
    judged = a_known(demo)
    before = {each.key: each.verdict for each in demo.timeline.posts}
    state = archive.marks.state()
    effect = demo.people.mute(judged.key, FOREVER)
    assert (effect.kind, effect.names, effect.until) == ("mute", (judged.post.author.handle,), FOREVER)
    theirs = [each for each in demo.timeline.posts if each.post.author.id == judged.post.author.id]
    assert len(theirs) > 1
    assert not any(each.verdict.shown_at(Level.noise) for each in theirs)
    assert demo.timeline.counts().hidden["muted"] >= len(theirs)
    assert demo.marks.count == 0
    assert archive.marks.state() == state
    assert not demo.learning.pending
    assert not {each.key for each in theirs} & set(demo.timeline.training_queue(500))
    demo.history.undo()
    assert {each.key: each.verdict for each in demo.timeline.posts} == before


def test_undo_of_a_second_mute_restores_the_first(demo: Session) -> None:
    key = a_known(demo).key
    later = datetime.now(UTC) + timedelta(days=30)
    demo.people.mute(key, later)
    demo.people.mute(key, None)
    judged = demo.timeline.get(key)
    assert judged is not None
    assert judged.tie.muted is None
    demo.history.undo()
    judged = demo.timeline.get(key)
    assert judged is not None
    assert judged.tie.muted == later


def test_an_expired_mute_is_reported_and_shows_the_posts(demo_world: Callable[..., Session]) -> None:
    time = datetime.now(UTC)
    demo = demo_world(now=NOW, clock=Clock(lambda: time))
    key = a_known(demo).key
    demo.people.mute(key, time + timedelta(hours=1))
    assert demo.people.end_due_mutes() == []
    time += timedelta(days=1)
    (change,) = demo.people.end_due_mutes()
    assert key in change.showed


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_mute_without_end_is_shown_in_every_time_zone(
    demo: Session, archive: Archive, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    record = {"handle": "x@y.example", "word": "vouched", "marked_at": "0001-01-01T00:00:00Z"}
    mute = {"handle": "x@y.example", "muted_until": "9999-12-31T23:00:00Z", "marked_at": "0001-01-01T00:00:00Z"}
    assert demo.transfer.import_records([(1, record), (2, mute)])[1] == []
    kept = archive.mutes.all()[0]
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert format_expiry(kept.until, datetime.now(UTC)) == "until you unmute them"
    assert kept.at.astimezone().year > 2000
    assert archive.person_marks.all()[0].at.astimezone().year > 2000
    monkeypatch.undo()
    time.tzset()


def test_mutes_are_exported_with_the_marks(demo: Session, demo_world: Callable[..., Session]) -> None:
    demo.people.mute(a_known(demo).key, FOREVER)
    records: list[dict[str, object]] = list(demo.transfer.export("marks"))
    assert [record["muted_until"] for record in records] == ["forever"]
    past = {**records[0], "handle": "x@y.example", "person": "", "muted_until": "2020-01-01T00:00:00Z"}
    bad = {**records[0], "muted_until": "soon"}
    there = Archive(None)
    other = demo_world(now=NOW, archive=there)
    take: Callable[..., tuple[dict[str, int], list[tuple[int, str]]]] = other.transfer.import_records
    counts, errors = take([*enumerate([*records, *records, past], 1), (4, bad)])
    assert counts["marks"] == 3
    assert [number for number, _ in errors] == [4]
    assert [mute.until for mute in there.mutes.all()] == [FOREVER]

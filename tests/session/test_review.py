"""Contradictory marks, the weekly safety check with its estimate, and the preview of other levels."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.models.config import Config
from quietfeed.models.review import Estimate
from quietfeed.models.verdict import Category, Level
from quietfeed.models.view import JudgedPost
from quietfeed.phrases.review import contradiction_text, estimate_text, preview_text
from quietfeed.session import Session
from quietfeed.session.clock import Clock
from quietfeed.session.estimate import LEAST_CHANCE, Answers, estimate
from quietfeed.session.safety import SAMPLE
from quietfeed.session.what_if import preview_certainties, preview_levels
from quietfeed.store.archive import Archive

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Demo = Callable[..., Session]


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def clock(self) -> Clock:
        return Clock(lambda: self.now)


def by(session: Session, author: str) -> list[JudgedPost]:
    return [judged for judged in session.timeline.posts if judged.post.author.id == author]


def hidden_authors(session: Session) -> list[list[JudgedPost]]:
    """The posts that a guess hides, by author, those with most posts first."""
    found: dict[str, list[JudgedPost]] = {}
    for judged in session.timeline.posts:
        if judged.verdict.cause in ("classifier", "rule") and not judged.verdict.shown_at(session.timeline.level):
            found.setdefault(judged.post.author.id, []).append(judged)
    return sorted(found.values(), key=len, reverse=True)


def mark(session: Session, hands: Hands, judged: JudgedPost, category: Category, seconds: float = 5) -> None:
    hands.now += timedelta(seconds=seconds)
    session.marks.set(judged.key, category)


def test_contradicting_marks_on_one_author_are_one_question(demo_world: Demo) -> None:
    hands = Hands()
    session = demo_world(now=NOW, clock=hands.clock())
    first, second, third, *_ = hidden_authors(session)[0]
    mark(session, hands, first, "sales")
    mark(session, hands, second, "person")
    assert session.contradictions.find() == []
    mark(session, hands, third, "sales")
    (found,) = session.contradictions.find()
    assert contradiction_text(found) == (
        f"@{first.post.author.handle}: you marked 3 posts both ways: 2 sales and 1 person"
    )
    session.contradictions.settle(found, "sales")
    assert {each.category for each in session.marks.all()} == {"sales"}
    assert session.contradictions.find() == []
    session.history.undo()
    assert sorted(each.category for each in session.marks.all()) == ["person", "sales", "sales"]
    assert session.contradictions.find() == [], "it is never asked twice"


def test_a_kept_contradiction_is_no_question_after_a_restart(demo_world: Demo) -> None:
    hands, archive = Hands(), Archive(None)
    session = demo_world(now=NOW, clock=hands.clock(), archive=archive)
    for judged, category in zip(hidden_authors(session)[0], ("person", "sales", "sales"), strict=False):
        mark(session, hands, judged, category)  # type: ignore[arg-type]
    (found,) = session.contradictions.find()
    session.contradictions.keep(found)
    assert session.contradictions.find() == []
    assert "wire" in str(archive.get_state("settled_contradictions"))
    archive.set_state(settled_contradictions="{")
    assert session.contradictions.find() == [found], "a damaged list loses answers, not the program"


def test_a_key_that_was_held_down_is_a_question_and_a_selection_is_none(demo_world: Demo) -> None:
    hands = Hands()
    session = demo_world(now=NOW, clock=hands.clock())
    posts = [each[0] for each in hidden_authors(session)[:12]]
    session.marks.set_all([each.key for each in posts[:6]], "spam")
    assert session.contradictions.find() == []
    for judged in posts[6:11]:
        mark(session, hands, judged, "celebrity", 0.05)
    (found,) = session.contradictions.find()
    assert contradiction_text(found) == f"{len(found.keys)} celebrity within 0.2 seconds: was a key held down?"
    assert {judged.key for judged in posts[6:11]} <= set(found.keys)
    session.contradictions.settle(found, None)
    assert session.marks.count == 6


def test_a_check_is_offered_once_a_week_and_the_first_after_a_week(demo_world: Demo) -> None:
    hands = Hands()
    session = demo_world(now=NOW, clock=hands.clock())
    assert session.safety.offer() == 0
    hands.now += timedelta(days=6)
    assert session.safety.offer() == 0
    hands.now += timedelta(days=1)
    assert session.safety.offer() == SAMPLE
    assert session.safety.offer() == 0
    session.safety.posts()
    hands.now += timedelta(days=8)
    assert session.safety.offer() == SAMPLE


def test_a_check_samples_the_least_certain_guesses(demo_world: Demo) -> None:
    session = demo_world(now=NOW)
    keys = session.safety.posts()
    assert len(keys) == len(set(keys)) == SAMPLE
    chances = {judged.key: judged.verdict.scores["person"] for each in hidden_authors(session) for judged in each}
    # Below the least chance that is told apart, the newest come first.
    asked = [max(chances[key], LEAST_CHANCE) for key in keys]
    assert asked == sorted(asked, reverse=True)
    assert asked[0] == max(chances.values())
    assert session.safety.posts() == keys, "the running check goes on"


def test_the_answers_of_a_check_make_an_estimate_and_can_be_undone(demo_world: Demo) -> None:
    hands = Hands()
    session = demo_world(now=NOW, clock=hands.clock())
    keys = session.safety.posts()
    assert session.safety.estimate() is None
    session.safety.keep_hidden(keys[0])
    assert session.safety.answer(keys[0]) == "right"
    session.history.undo()
    assert session.safety.answer(keys[0]) is None
    session.marks.set(keys[0], "person")
    assert session.safety.answer(keys[0]) == "wrong"
    for key in keys[1:]:
        session.safety.keep_hidden(key)
    found = session.safety.estimate()
    assert found is not None
    assert found.asked == SAMPLE
    assert found.low <= found.about <= found.high < 50
    assert not set(session.safety.posts()) & set(keys), "the next check asks about others"
    assert session.safety.estimate() == found


def test_a_damaged_state_is_replaced(demo_world: Demo) -> None:
    archive = Archive(None)
    session = demo_world(now=NOW, archive=archive)
    archive.set_state(safety_check='{"began": 5}')
    assert session.safety.estimate() is None
    assert session.safety.offer() == 0
    assert len(session.safety.posts()) == SAMPLE


def answers(wrong: int, asked: int = 12, expected: float = 0.6) -> Answers:
    return Answers(NOW, asked, wrong, expected, 1_000, 10.0)


@pytest.mark.parametrize(
    ("checks", "about", "low", "high"),
    [
        ([answers(0)], 0, 0, 7),
        ([answers(1)], 2, 0, 10),
        ([answers(0), answers(0), answers(1), answers(0)], 0, 0, 3),
        ([answers(12)], 20, 10, 35),
    ],
)
def test_the_estimate_corrects_what_the_filter_expected(checks: list[Answers], about: int, low: int, high: int) -> None:
    assert estimate(checks) == Estimate(12 * len(checks), about, low, high)


def test_the_estimate_in_words() -> None:
    assert estimate_text(Estimate(24, 1, 0, 5)) == (
        "about 1 of 100 posts hidden by a guess was by a person (between 0 and 5), from 24 answers"
    )
    assert estimate_text(Estimate(3, 1, 0, 40)) == "3 answers so far: too few for an estimate"
    assert estimate_text(None) == "no hidden post has been checked yet"


def test_the_preview_of_a_level_is_what_choosing_it_does(demo_world: Demo) -> None:
    session = demo_world(now=NOW)
    session.timeline.set_level(Level.quiet)
    for preview in preview_levels(session.timeline.posts, Level.quiet, session.links.handles_of):
        change = session.timeline.set_level(preview.level)
        assert (preview.appear, preview.vanish) == (len(change.showed), len(change.hid))
        session.timeline.set_level(Level.quiet)
        if preview.level == Level.everything:
            assert preview_text(preview).startswith(
                f"{preview.appear} posts by {preview.authors} accounts would appear"
            )
            assert "wire@newsdesk.example 32" in preview_text(preview)


@pytest.mark.parametrize("percent", [70, 99])
def test_the_preview_of_a_certainty_is_what_choosing_it_does(demo_world: Demo, percent: int) -> None:
    session, chosen = demo_world(now=NOW), demo_world(now=NOW, config=Config(hide_above=percent))
    for each in (session, chosen):
        each.timeline.set_level(Level.noise)
        # The fixture copies verdicts.
        each._loaded.judge_again([judged.key for judged in each.timeline.posts])
    previews = {each.percent: each for each in preview_certainties(session.timeline, session.links.handles_of)}
    before, after = session.timeline.shown(), chosen.timeline.shown()
    assert (previews[percent].appear, previews[percent].vanish) == (len(after - before), len(before - after))
    assert before != after
    assert session.timeline.certainty not in previews


def test_a_training_keeps_the_own_certainty(demo_world: Demo) -> None:
    session = demo_world(now=NOW, config=Config(hide_above=97))
    session.marks.set(session.timeline.posts[0].key, "person")
    session.learning.train_pending()
    assert session.timeline.certainty == 97


def test_the_mark_that_makes_a_contradiction_says_so_once(demo_world: Demo) -> None:
    session = demo_world(now=NOW)
    posts = hidden_authors(session)[0][:5]
    said: list[Category] = ["person", "sales", "sales", "sales", "person"]
    changes = [session.marks.set(post.key, category) for post, category in zip(posts, said, strict=True)]
    assert [change.contradicts for change in changes] == [False, False, True, False, False]
    assert [each.kind for each in session.contradictions.find()][:1] == ["author"]

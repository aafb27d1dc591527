"""The figures of the quiet report: consecutive days, and the guesses before each mark."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from quietfeed.models.context import PostContext
from quietfeed.models.joined import PersonKey
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import JudgedPost
from quietfeed.session import Session
from quietfeed.session.report import guesses, make_report

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.astimezone().date()
"""The report counts by the user's own days."""
SCORES: dict[Category, float] = {"person": 1.0, "celebrity": 0.0, "sales": 0.0, "spam": 0.0}


def judged(number: int, at: datetime | None) -> JudgedPost:
    post = Post(str(number), Person("ada", "ada@here.example", "Ada"), "hello", "demo:me", "mastodon", at)
    return JudgedPost(post, Verdict(Level.known, "person", SCORES, (), "tie"))


def alone(person: PersonKey) -> tuple[PersonKey, ...]:
    """Nobody is joined."""
    return (person,)


def hidden(account: str, person_id: str, handle: str, number: int) -> JudgedPost:
    post = Post(f"{person_id}{number}", Person(person_id, handle), "hello", account, "mastodon", NOW)
    return JudgedPost(post, Verdict(Level.everything, "sales", SCORES, (), "classifier"))


def test_the_report_counts_a_linked_person_once() -> None:
    here, there = ("one", "ada"), ("two", "did:plc:ada")
    posts = [hidden(*here, "ada@here.example", 1), hidden(*there, "ada.example", 2), hidden(*there, "ada.example", 3)]
    posts += [hidden("one", "7", "bo@here.example", 4), hidden("three", "9", "bo@here.example", 5)]
    apart = make_report(posts, Level.quiet, alone).accounts
    assert [each[:2] for each in apart] == [
        (("ada.example",), 2),
        (("bo@here.example",), 2),
        (("ada@here.example",), 1),
    ]
    both = (here, there)
    joined = make_report(posts, Level.quiet, lambda person: both if person in both else (person,)).accounts
    assert joined == ((("ada@here.example", "ada.example"), 3, "sales"), (("bo@here.example",), 2, "sales"))


def marked(guess: Category | None, word: Category, number: int = 0) -> Mark:
    return Mark(PostContext(judged(number, NOW).post), word, NOW + timedelta(seconds=number), guess)


def test_the_report_includes_days_without_posts() -> None:
    posts = [judged(1, NOW), judged(2, NOW - timedelta(days=3)), judged(3, None)]
    days = make_report(posts, Level.quiet, alone).days
    assert [(day, shown) for day, shown, _ in days] == [
        (TODAY, 1),
        (TODAY - timedelta(days=1), 0),
        (TODAY - timedelta(days=2), 0),
        (TODAY - timedelta(days=3), 1),
    ]


def test_the_days_are_the_newest_fourteen() -> None:
    days = make_report([judged(n, NOW - timedelta(days=n * 5)) for n in range(9)], Level.quiet, alone).days
    assert len(days) == 14
    assert days[0][0] == TODAY
    assert make_report([], Level.quiet, alone).days == ()


def test_guesses_are_counted_over_the_newest_marks_and_in_stretches() -> None:
    marks = [marked("person", "sales", n) for n in range(10)] + [marked("sales", "sales", n) for n in range(10, 25)]
    found = guesses(marks, 5)
    assert (found.of, found.right) == (20, 15)
    assert found.blocks == (0.0, 0.0, 1.0, 1.0, 1.0)
    assert len(guesses(marks * 20, 9).blocks) <= 9


def test_marks_of_which_no_guess_is_known_count_for_nothing() -> None:
    assert guesses([marked(None, "spam"), marked("spam", "spam")], 9).of == 1
    assert guesses([], 9) == guesses([marked(None, "spam")], 9)


def test_the_guess_of_a_post_is_the_one_before_its_first_mark(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    post = next(each for each in session.timeline.posts if each.verdict.category == "person")
    session.marks.set(post.key, "spam")
    session.marks.set(post.key, "sales")
    assert [(mark.category, mark.guess) for mark in session.marks.all()] == [("sales", "person")]
    session.history.undo()
    assert [(mark.category, mark.guess) for mark in session.marks.all()] == [("spam", "person")]

"""The training queue offers authors, and a mark reports its effect on its author's other posts."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec.structs import replace

from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import Change, JudgedPost
from quietfeed.phrases.changes import change_text
from quietfeed.session import Session
from quietfeed.session.training import training_queue

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def unsure(author: str, number: int, text: str, person: float = 0.5, category: Category = "sales") -> JudgedPost:
    scores: dict[Category, float] = dict.fromkeys(("person", "celebrity", "sales", "spam"), 0.0)
    scores |= {"person": person, category: 1 - person}
    post = Post(f"{author}{number}", Person(author, f"{author}@here.example"), text, "me", "mastodon", NOW)
    return JudgedPost(post, Verdict(Level.quiet, category, scores, (), "unsure"))


def authors(queue: list[tuple[str, str]]) -> list[str]:
    return [key[1].rstrip("0123456789") for key in queue]


def test_the_queue_begins_with_the_author_for_whom_a_mark_changes_most() -> None:
    one = [unsure("one", 1, "a single post that nobody could be sure about", 0.5)]
    many = [unsure("many", n, f"number {n} of the things that are for sale in shop {n * 7}", 0.3) for n in range(6)]
    assert authors(training_queue([*one, *many], 10)) == ["many", "one"]


def test_near_copies_by_others_count_for_the_post_that_is_offered() -> None:
    text = "win a brand new phone today, just follow this account and answer with your favourite colour {}"
    copies = [unsure(f"bot{letter}", 1, text.format(letter), 0.5) for letter in "abcdef"]
    several = [unsure("ada", n, f"my thought {n} about gardens and the {n * 3} birds in them", 0.5) for n in range(3)]
    queue = authors(training_queue([*several, *copies], 10))
    assert queue[0].startswith("bot")
    assert queue[1:] == ["ada"], "the other copies would teach nothing"


def test_nothing_is_offered_when_the_filter_is_sure_of_everything() -> None:
    assert training_queue([unsure("ada", 1, "hello there", 0.0001)], 10) == []


def test_the_first_ten_are_of_different_authors_and_of_several_kinds(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    first = [session.timeline.get(key) for key in session.timeline.training_queue()[:10]]
    # The base model is sure of most posts of the demo.
    assert len(first) >= 8
    assert len({each.post.author.handle for each in first if each}) == len(first)
    assert len({each.verdict.category for each in first if each}) >= 3


def test_a_mark_announces_how_many_more_are_needed_and_that_is_true(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    session.timeline.set_level(Level.quiet)
    hidden: dict[str, list[JudgedPost]] = {}
    for judged in session.timeline.posts:
        if judged.verdict.cause == "classifier":
            hidden.setdefault(judged.post.author.handle, []).append(judged)
    announced = 0
    for handle, posts in hidden.items():
        change = session.marks.set(posts[0].key, "person")
        more = change.marks_more
        if len(posts) < 8 or not more:
            continue
        announced += 1
        assert not change.decided
        for judged in posts[1 : 1 + more]:
            change = session.marks.set(judged.key, "person")
        assert change.decided >= 0.66 * (len(posts) - 1 - more)
        words = change_text(change, NOW)
        assert f"shown from now on: {change.decided} posts of @{handle}" in words or "are already shown" in words
    assert announced


def test_the_sentences_of_the_effect() -> None:
    assert change_text(Change("mark", category="spam", count=1, marks_more=2, left=5), NOW) == (
        "marked spam: hidden · two more marks of this kind hide their other 5 posts"
    )
    assert "two more marks of this kind hide their next posts" in change_text(
        Change("mark", category="spam", count=1, marks_more=2, left=2), NOW
    )
    shown = Change("mark", category="person", count=1, level=Level.quiet, decided=3, names=("ada@here.example",))
    assert change_text(shown, NOW) == ("marked person: it stays · 3 other posts of @ada@here.example are already shown")
    assert change_text(replace(shown, was_hidden=True), NOW).startswith("marked person: shown again · ")
    new = replace(shown, showed=(("me", "1"),), accounts=1)
    assert change_text(new, NOW) == "marked person: it stays · shown from now on: 3 posts of @ada@here.example"


def test_nothing_is_announced_where_a_mark_changes_nothing(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    friend = next(judged for judged in session.timeline.posts if judged.tie_name == "close")
    assert not session.marks.set(friend.key, "person").decided
    session.timeline.set_level(Level.everything)
    hidden = next(judged for judged in session.timeline.posts if judged.verdict.cause == "classifier")
    change = session.marks.set(hidden.key, "sales")
    assert not change.decided
    assert not change.marks_more


def test_a_hidden_post_that_is_marked_person_is_shown_again(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    hidden = next(judged for judged in session.timeline.posts if not judged.verdict.shown_at(session.timeline.level))
    shown = next(judged for judged in session.timeline.posts if judged.verdict.shown_at(session.timeline.level))
    assert change_text(session.marks.set(hidden.key, "person"), NOW).startswith("marked person: shown again")
    assert change_text(session.marks.set(shown.key, "person"), NOW).startswith("marked person: it stays")

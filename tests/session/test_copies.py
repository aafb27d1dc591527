"""One mark applies to all near-copies of a campaign by strangers, and to no other posts."""

from collections.abc import Callable
from datetime import UTC, datetime

from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import TieName
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import Change, JudgedPost
from quietfeed.phrases.changes import change_text
from quietfeed.session import Session
from quietfeed.session.copies import find_copies

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Win a brand new phone today! Follow this account, share the post and answer with your favourite colour {}"


def post(author: str, text: str, category: Category = "spam", tie: TieName = "stranger") -> JudgedPost:
    scores: dict[Category, float] = dict.fromkeys(("person", "celebrity", "sales", "spam"), 0.0)
    scores |= {category: 1.0}
    made = Post(author, Person(author, f"{author}@here.example"), text, "me", "mastodon", NOW)
    return JudgedPost(made, Verdict(Level.quiet, category, scores, (), "unsure"), tie_name=tie)


def test_copies_by_strangers_are_found_and_nothing_else() -> None:
    first = post("first", TEXT.format("@ada https://one.example/1"))
    campaign = [post(f"bot{n}", TEXT.format(f"@user{n} https://shop{n}.example/{n * 77}")) for n in range(5)]
    others = [
        post("friend", TEXT.format("blue"), tie="known"),
        post("acquaintance", TEXT.format("blue"), tie="acquaintance"),
        post("victim", TEXT.format("blue"), "person"),
        post("other", "My favourite colour is green, and today I follow the path along the river with my new camera"),
    ]
    assert find_copies([first, *campaign, *others], first.post) == [each.key for each in campaign]


def test_a_greeting_has_no_copies() -> None:
    greetings = [post(f"p{n}", "Good morning everybody, have a nice day!") for n in range(4)]
    assert find_copies(greetings, greetings[0].post) == []


def test_one_mark_marks_a_campaign_and_one_undo_removes_all(demo_world: Callable[..., Session]) -> None:
    session = demo_world(now=NOW)
    copies = {judged.key: find_copies(session.timeline.posts, judged.post) for judged in session.timeline.posts}
    key = max(copies, key=lambda each: len(copies[each]))
    assert copies[key]
    change = session.marks.set(key, "spam")
    assert change.copies == len(copies[key])
    assert session.marks.count == 1 + change.copies
    noun = "near-copy" if change.copies == 1 else "near-copies"
    assert f"marked spam: hidden, and {change.copies} {noun}" in change_text(change, NOW)
    assert [each.guess for each in session.marks.all()].count(None) == change.copies, "they are no measured guesses"
    session.history.undo()
    assert session.marks.count == 0


def test_a_mark_as_person_is_for_one_post(demo_world: Callable[..., Session]) -> None:
    session = demo_world(now=NOW)
    for judged in session.timeline.posts[:40]:
        assert session.marks.set(judged.key, "person").copies == 0


def test_the_copies_in_words() -> None:
    words = change_text(Change("mark", category="spam", count=1, copies=14), NOW)
    assert words == "marked spam: hidden, and 14 near-copies"

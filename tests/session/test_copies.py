"""One mark applies to all near-copies of a campaign by strangers, and to no other posts."""

from collections.abc import Callable
from datetime import UTC, datetime

from quietfeed.models.account import Account
from quietfeed.models.config import Config
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Relationship, TieName
from quietfeed.models.verdict import Category, Level, Verdict
from quietfeed.models.view import Change, JudgedPost
from quietfeed.phrases.changes import change_text
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.copies import find_copies
from quietfeed.store.archive import Archive

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEXT = "Win a brand new phone today! Follow this account, share the post and answer with your favourite colour {}"
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://{}.example"


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


def campaign(archive: Archive, *relationships: Relationship) -> Session:
    """Sales posts with one text by two authors, whose relationships the server has returned in part."""
    account = archive.add_account(Account("mastodon", "https://here.example", "me@here.example", "1"))
    posts = [Post(each, Person(each, f"{each}@here.example", followers=9, following=2_000, posts=9),
                  SELLS.format(each), account.key, "mastodon", NOW) for each in ("seller", "friend")]  # fmt: skip
    archive.posts.save(account.key, posts, NOW)
    archive.ties.save_relationships(account.key, relationships, NOW)
    session = Session(archive, Config(), Accounts(archive, None), None)
    session.timeline.load()
    return session


def test_no_mark_covers_a_copy_by_somebody_whose_relationship_is_unknown() -> None:
    stranger, friend = Relationship("seller", False, False), Relationship("friend", False, False)
    told = campaign(Archive(None), stranger, friend)
    key = next(each.key for each in told.timeline.posts if each.post.id == "seller")
    assert told.marks.set(key, "sales").copies == 1
    untold = campaign(Archive(None), stranger)
    assert untold.marks.set(key, "sales").copies == 0
    posts = {each.post.id: each for each in untold.timeline.posts}
    assert posts["friend"].verdict.strictest_level == Level.known
    assert (posts["friend"].mark, posts["friend"].tie_name) == (None, "stranger")


def test_a_mark_as_person_is_for_one_post(demo_world: Callable[..., Session]) -> None:
    session = demo_world(now=NOW)
    for judged in session.timeline.posts[:40]:
        assert session.marks.set(judged.key, "person").copies == 0


def test_the_copies_in_words() -> None:
    words = change_text(Change("mark", category="spam", count=1, copies=14), NOW)
    assert words == "marked spam: hidden, and 14 near-copies"

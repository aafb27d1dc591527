"""Every kind of change has a sentence, made only from values."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from quietfeed.models.tie import FOREVER
from quietfeed.models.verdict import Level
from quietfeed.models.view import Change, ChangeKind
from quietfeed.phrases.changes import as_sentence, change_parts, change_text, learned_text, listed, short_text
from quietfeed.phrases.posts import unfolded_text
from quietfeed.phrases.review import offer_text

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = (("a", "1"), ("a", "2"))
ADA, SKY = "ada@here.example", "ada.example"

POST = f"the post of {ADA}"

CHANGES: list[tuple[Change, str]] = [
    (Change("mark", category="spam", count=1), "marked spam: hidden"),
    (Change("mark", category="person", level=Level.quiet, count=1), "marked person: it stays"),
    (Change("mark", category="person", level=Level.quiet, count=1, was_hidden=True), "marked person: shown again"),
    (
        Change("mark", category="sales", level=Level.everything, count=1),
        "marked sales: still shown at level everything",
    ),
    (Change("mark", category="person"), "marked person"),
    (Change("unmark"), "mark removed"),
    (Change("unmark", undone=True), "undone: mark removed"),
    (Change("marks", category="sales", count=1), "marked 1 post sales"),
    (Change("marks", category="sales", count=3), "marked 3 posts sales"),
    (Change("marks_removed", count=2), "removed the marks of 2 posts"),
    (Change("checked"), "right to hide: it stays hidden"),
    (Change("marks_restored", count=2, undone=True), "undone: restored the marks of 2 posts"),
    (Change("vouched", names=(ADA,)), f"{ADA} is always shown from now on"),
    (Change("not_known", names=(ADA,)), f"{ADA} no longer counts as somebody you know"),
    (Change("person", names=(ADA,)), f"{ADA} is judged like everybody else again"),
    (Change("mute", names=(ADA,), until=FOREVER), f"{ADA} is muted until you unmute them"),
    (Change("unmute", names=(ADA,)), f"{ADA} is no longer muted"),
    (Change("not_muted", names=(ADA,)), f"{ADA} was not muted"),
    (Change("not_marked", names=(ADA,)), f"{ADA} was already judged like everybody else"),
    (Change("mutes_expired", showed=KEYS, accounts=1), "a mute has ended"),
    (Change("takeover_over", names=("Ada",)), "Ada posts as usual again, and is no longer muted"),
    (Change("link", names=(ADA, SKY)), f"{ADA} and {SKY} are one person now"),
    (Change("unlink", names=(ADA, SKY)), f"{ADA} and {SKY} are separate people again"),
    (
        Change("distinct", names=(ADA, SKY)),
        f"{ADA} and {SKY} are separate people; quietfeed does not propose them again",
    ),
    (Change("links_restored", names=(ADA, SKY), undone=True), f"undone: {ADA} and {SKY} are as before"),
    (Change("already_linked", names=(ADA, SKY)), f"{ADA} and {SKY} are already joined"),
    (Change("handle_confirmed", names=(ADA,)), f"{ADA} is the person you vouched for: the vouch stays"),
    (Change("handle_denied", names=(ADA,)), f"{ADA} is somebody else: the vouch does not apply to this account"),
    (Change("not_linked", names=(ADA,)), f"{ADA} is not joined with anybody"),
    (Change("level", level=Level.noise, hid=KEYS, accounts=2), "level noise"),
    (Change("read", count=1), "marked 1 post read"),
    (Change("unread", count=2), "marked 2 posts unread"),
    (Change("already_read"), "everything here is already read"),
    (Change("learned"), "learned"),
    (Change("post_withdrawn", undone=True), "undone: the post is not sent; its draft is saved"),
    (Change("posted", count=1), "sending the post"),
    (Change("posted", count=3), "sending 3 posts"),
    (Change("action", names=(POST,), action="like"), f"liking {POST} …"),
    (Change("action", names=(POST,), action="unlike"), f"undoing the like of {POST} …"),
    (
        Change("action_withdrawn", names=(POST,), action="like"),
        f"the like was not sent yet and is dropped: post of {ADA}",
    ),
    (Change("already_done", names=(POST,), action="like"), f"{POST} is already liked"),
    (
        Change("done_before", names=("#tea",), action="follow_tag", undone=True),
        "nothing to undo: you already follow #tea",
    ),
    (Change("forgotten"), "forgotten"),
    (Change("imported", names=("a.zip",)), "imported a.zip"),
    (Change("import_undone", names=("a.zip",), undone=True), "undone: the import of a.zip"),
    (Change("already_imported", names=("a.zip",)), "everything in a.zip is already imported"),
    (Change("subscribed", names=("Tea", "Ink")), "subscribed to Tea and Ink"),
    (Change("unsubscribed", names=("Tea",), count=3), "unsubscribed from Tea: 3 posts removed"),
    (
        Change("own_blog", names=("Tea",)),
        "Tea is your own blog: comments and links there count toward your ties",
    ),
    (Change("not_own_blog", names=("Tea",)), "Tea is no longer your own blog"),
    (Change("already_subscribed", names=("A", "B", "C", "D")), "you already subscribed to A, B and 2 more"),
]


@pytest.mark.parametrize(("change", "sentence"), CHANGES, ids=[sentence for _, sentence in CHANGES])
def test_a_change_in_words(change: Change, sentence: str) -> None:
    assert change_text(change, NOW) == sentence


def test_every_kind_of_change_has_a_row_here() -> None:
    assert {change.kind for change, _ in CHANGES} == set(get_args(ChangeKind))


@pytest.mark.parametrize(
    ("hid", "showed", "accounts", "words"),
    [
        (1, 0, 1, "hid 1 more like this, from 1 account"),
        (2, 0, 2, "hid 2 more like this, from 2 accounts"),
        (0, 2, 1, "brought back 2, from 1 account"),
        (2, 2, 3, "hid 2 more like this and brought back 2, from 3 accounts"),
    ],
)
def test_other_changes_are_counted(hid: int, showed: int, accounts: int, words: str) -> None:
    change = Change("mark", None, KEYS[:hid], KEYS[:showed], accounts, category="sales", count=1)
    assert change_parts(change, NOW) == ["marked sales: hidden", words]


def test_the_marked_posts_themselves_are_not_counted_among_the_others() -> None:
    change = Change("marks", KEYS[0], KEYS, accounts=1, category="sales", count=2, marked=KEYS)
    assert change_text(change, NOW) == "marked 2 posts sales"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (1, "1 more mark on their posts lets the filter hide others like it"),
        (2, "2 more marks on their posts let the filter hide others like it"),
    ],
)
def test_marks_that_a_known_author_needs_are_counted(missing: int, words: str) -> None:
    change = Change("mark", category="spam", count=1, marks_missing=missing)
    assert change_parts(change, NOW) == ["marked spam: hidden", words]


def test_a_mute_does_not_call_other_posts_alike() -> None:
    change = Change("mute", None, KEYS, accounts=1, names=(ADA,), until=NOW + timedelta(hours=1))
    assert change_parts(change, NOW)[1] == "hid 2 more, from 1 account"


def test_the_author_is_named_after_a_mark_only() -> None:
    mark = Change("mark", category="spam", count=1)
    assert change_text(mark, NOW, "Ada") == "marked spam: hidden · post by Ada"
    assert change_text(Change("vouched", names=(ADA,)), NOW, "Ada") == f"{ADA} is always shown from now on"


def test_a_learned_change_names_its_cause() -> None:
    learned = Change("learned", hid=KEYS, accounts=2)
    more = "hid 2 more like this, from 2 accounts"
    mark = Change("mark", category="sales")
    assert learned_text(mark, learned) == f"marked sales: {more}"
    assert learned_text(replace(mark, undone=True), learned) == f"undone: {more}"
    assert learned_text(Change("unmark"), learned) == f"mark removed: {more}"
    assert learned_text(Change("vouched", names=(ADA,)), learned) == f"vouched for {ADA}: {more}"
    assert learned_text(None, learned) == f"learned: {more}"
    assert learned_text(mark, Change("learned")) == "learned"


@pytest.mark.parametrize("kind", get_args(ChangeKind))
def test_every_change_is_named_in_short(kind: ChangeKind) -> None:
    assert short_text(Change(kind, names=(ADA,), category="spam", count=1, level=Level.quiet, until=NOW))


def test_names_are_listed() -> None:
    assert [listed(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]


def test_one_post_is_singular() -> None:
    assert unfolded_text(1, "z") == "unfolded 1 hidden post: z on it folds it again"
    assert unfolded_text(2, "z").startswith("unfolded 2 hidden posts: ")
    assert offer_text(1, "H") == "Safety check: should this post stay hidden? H shows it."


def test_a_handle_at_the_beginning_of_a_sentence_stays_as_it_is() -> None:
    assert as_sentence("bob@here.example is muted") == "bob@here.example is muted."
    assert as_sentence("ada.example is muted") == "ada.example is muted."
    assert as_sentence("marked spam: hidden") == "Marked spam: hidden."

"""Blocks and mutes on the user's server hide posts, with that as the cause, and nothing else of the server does."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge
from quietfeed.models.context import PostContext
from quietfeed.models.mark import NO_MARKS, UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Post, Quote
from quietfeed.models.tie import NO_TIE, Tie
from quietfeed.models.verdict import Level, Verdict
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 30, tzinfo=UTC)
FRIEND = Tie(you_follow=True, follows_you=True)
ADA, BO = Person("2", "ada@here.example"), Person("3", "bo@here.example", "Bo")
PLAIN = Post("1", ADA, "The heron is back at the canal.", account="a")
QUOTING = Post("1", ADA, "Look at this", account="a", quote=Quote("x.example", "a heron"))
BOOST = Post("1", ADA, "The heron is back at the canal.", account="a", booster=BO, boosted_at=NOW, original_id="0")


def verdict(post: Post, tie: Tie, booster_tie: Tie | None = None, marks: UserMarks = NO_MARKS) -> Verdict:
    return judge(PostContext(post, tie, booster_tie), base_model(), marks=marks, now=NOW)


@pytest.mark.parametrize(
    ("post", "tie", "booster_tie", "cause", "words"),
    [
        (PLAIN, replace(FRIEND, blocking=True), None, "server_block", "you block them on your server"),
        (PLAIN, replace(FRIEND, blocked_by=True), None, "server_block", "they block you"),
        (PLAIN, replace(FRIEND, domain_blocking=True), None, "server_block", "you block their server"),
        (
            PLAIN,
            Tie(blocking=True, list_title="Noise"),
            None,
            "server_block",
            'you block them on your server through the list "Noise"',
        ),
        (PLAIN, replace(FRIEND, muting=True), None, "server_mute", "you muted them on your server"),
        (
            PLAIN,
            Tie(muting=True, list_title="Noise"),
            None,
            "server_mute",
            'you muted them on your server through the list "Noise"',
        ),
        (PLAIN, Tie(muting=True, vouched=True), None, "server_mute", "you muted them on your server"),
        (PLAIN, Tie(blocking=True, muting=True), None, "server_block", "you block them on your server"),
        (QUOTING, replace(FRIEND, quotes_muted=True), None, "server_mute", "you muted their quotes on your server"),
        (
            BOOST,
            FRIEND,
            replace(FRIEND, boosts_muted=True),
            "server_mute",
            "boosted by Bo: you muted their boosts on your server",
        ),
        (BOOST, FRIEND, Tie(muting=True), "server_mute", "boosted by Bo: you muted them on your server"),
        (BOOST, FRIEND, Tie(blocking=True), "server_block", "boosted by Bo: you block them on your server"),
    ],
)
def test_a_block_or_mute_hides(post: Post, tie: Tie, booster_tie: Tie | None, cause: str, words: str) -> None:
    found = verdict(post, tie, booster_tie)
    assert (found.strictest_level, found.cause) == (Level.everything, cause)
    assert [reason_text(reason) for reason in found.reasons] == [words]


@pytest.mark.parametrize(
    ("post", "tie", "booster_tie"),
    [
        (PLAIN, replace(FRIEND, boosts_muted=True, quotes_muted=True), None),
        (BOOST, replace(FRIEND, boosts_muted=True), FRIEND),
        (BOOST, FRIEND, replace(FRIEND, quotes_muted=True)),
        (QUOTING, replace(FRIEND, boosts_muted=True), None),
        (PLAIN, replace(FRIEND, blocking=False, muting=False, blocked_by=False, domain_blocking=False), None),
    ],
)
def test_a_partial_mute_hides_nothing_else(post: Post, tie: Tie, booster_tie: Tie | None) -> None:
    assert verdict(post, tie, booster_tie).strictest_level == Level.known


def test_a_mark_brings_one_post_back() -> None:
    marks = UserMarks(posts={PLAIN.key: "person"})
    assert verdict(PLAIN, Tie(blocking=True), marks=marks).strictest_level == Level.known


def test_a_pending_relationship_lifts_no_block() -> None:
    context = PostContext(PLAIN, Tie(blocking=True), relationship_known=False)
    assert judge(context, base_model(), now=NOW).cause == "server_block"
    assert judge(PostContext(PLAIN, NO_TIE, relationship_known=False), base_model(), now=NOW).cause == "unsure"

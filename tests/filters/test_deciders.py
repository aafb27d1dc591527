"""Each decider alone: when it decides, with which cause and level, and when it passes the post to the next one."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from quietfeed.filters.deciders import DECIDERS, decide
from quietfeed.filters.facts import Facts
from quietfeed.filters.judge import judge
from quietfeed.filters.score import Scorer
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.mark import NO_MARKS, UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Label, Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Cause, Level
from quietfeed.models.view import hide_cause
from quietfeed.models.weights import Linear, Weights

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADA = Person("1", "ada@example.social", "Ada")
BOB = Person("2", "bob@example.social", "Bob")
POST = Post("p1", ADA, "two words", account="a", created_at=NOW - timedelta(hours=1))
FRIEND = Tie(you_follow=True, follows_you=True)
MET = Tie(you_follow=True, replies_to_you=1, replies_from_you=1)
MUTED = Tie(muted=NOW + timedelta(days=1))
BLOCKED, SERVER_MUTED = replace(FRIEND, blocking=True), replace(FRIEND, muting=True)
PERSON = Weights(Linear(bias=(3.0, 0.0, 0.0, 0.0)), name="test")
SALES = Weights(Linear(bias=(0.0, 0.0, 6.0, 0.0)), name="test")
PERHAPS = Weights(Linear(bias=(0.0, 0.0, 1.5, 0.0)), name="test")
NEARLY = Weights(Linear(bias=(0.0, 1.0, 0.0, 0.0)), name="test")
RUDE = Label("Rude", "House Rules", "hide", chosen=True)
PLAIN = PostContext(POST)
FEED = Habits(50, 0, 50, 0, 2.0)
THREE_MARKS = UserMarks({}, {("a", "1"): {"person": 3}})

ANSWERS: list[tuple[str, PostContext, Weights, UserMarks, Cause, Level]] = [
    ("own", replace(PLAIN, own="author"), SALES, NO_MARKS, "own", Level.known),
    ("own", replace(PLAIN, own="booster"), SALES, NO_MARKS, "own", Level.known),
    ("mark", PLAIN, PERSON, UserMarks({("a", "p1"): "sales"}), "mark", Level.everything),
    ("mute", replace(PLAIN, tie=MUTED), PERSON, NO_MARKS, "mute", Level.everything),
    (
        "mute",
        PostContext(replace(POST, booster=BOB), FRIEND, booster_tie=MUTED),
        PERSON,
        NO_MARKS,
        "mute",
        Level.everything,
    ),
    ("server_block", replace(PLAIN, tie=BLOCKED), PERSON, NO_MARKS, "server_block", Level.everything),
    ("server_mute", replace(PLAIN, tie=SERVER_MUTED), PERSON, NO_MARKS, "server_mute", Level.everything),
    (
        "server_filter",
        PostContext(replace(POST, server_hides=True), FRIEND),
        PERSON,
        NO_MARKS,
        "server_filter",
        Level.everything,
    ),
    ("vouch", replace(PLAIN, tie=Tie(vouched=True)), SALES, NO_MARKS, "vouch", Level.known),
    ("subscribed", replace(PLAIN, subscribed=True), SALES, NO_MARKS, "subscribed", Level.known),
    ("tie", replace(PLAIN, tie=FRIEND), SALES, NO_MARKS, "tie", Level.known),
    ("label", PostContext(replace(POST, labels=(RUDE,))), PERSON, NO_MARKS, "label", Level.everything),
    ("noise", PLAIN, SALES, NO_MARKS, "classifier", Level.everything),
    ("noise", replace(PLAIN, habits=FEED), NEARLY, NO_MARKS, "rule", Level.noise),
    ("unsure", PLAIN, PERHAPS, NO_MARKS, "unsure", Level.quiet),
    ("acquaintance", replace(PLAIN, tie=MET), PERSON, NO_MARKS, "tie", Level.known),
    ("person_by_marks", PLAIN, PERSON, THREE_MARKS, "mark", Level.known),
    ("stranger", PLAIN, PERSON, NO_MARKS, "stranger", Level.quiet),
]


@pytest.mark.parametrize(
    ("name", "context", "weights", "marks", "cause", "level"), ANSWERS, ids=[f"{row[0]}-{row[4]}" for row in ANSWERS]
)
def test_a_decider_answers_with_its_cause(
    name: str, context: PostContext, weights: Weights, marks: UserMarks, cause: Cause, level: Level
) -> None:
    model = Scorer(weights)
    facts = Facts(context, model, marks, NOW)
    answered = [decider.__name__ for decider in DECIDERS if decider(facts) is not None]
    assert answered[0] == name
    verdict = decide(context, model, marks, NOW)
    assert (verdict.cause, verdict.strictest_level) == (cause, level)
    assert verdict.reasons


@pytest.mark.parametrize("decider", DECIDERS[:-1], ids=lambda decider: decider.__name__)
def test_a_decider_leaves_a_plain_strangers_post_to_the_last_one(decider: object) -> None:
    assert callable(decider)
    assert decider(Facts(PLAIN, Scorer(PERSON), NO_MARKS, NOW)) is None


def test_every_decider_has_a_row_here() -> None:
    assert [decider.__name__ for decider in DECIDERS] == list(dict.fromkeys(row[0] for row in ANSWERS))
    assert {row[4] for row in ANSWERS} <= set(get_args(Cause))


def test_a_pending_relationship_is_unsure_and_keeps_the_guess() -> None:
    verdict = judge(replace(PLAIN, relationship_known=False), SALES, now=NOW)
    assert (verdict.cause, verdict.strictest_level) == ("unsure", Level.known)


@pytest.mark.parametrize("cause", ["mute", "server_block", "server_mute"])
def test_a_mute_and_a_block_are_counted_as_muted(cause: Cause) -> None:
    verdict = replace(judge(PLAIN, SALES, now=NOW), cause=cause)
    assert hide_cause(verdict) == "muted"


@pytest.mark.parametrize("cause", ["server_filter", "user_rule", "label"])
def test_a_filter_a_rule_and_a_label_are_counted_as_filtered(cause: Cause) -> None:
    verdict = replace(judge(PLAIN, SALES, now=NOW), cause=cause)
    assert hide_cause(verdict) == "filtered"


def test_the_order_of_reasons_does_not_change_the_cause() -> None:
    verdict = judge(PostContext(replace(POST, labels=(RUDE,))), PERSON, now=NOW)
    other = judge(PLAIN, SALES, now=NOW)
    assert hide_cause(replace(verdict, reasons=other.reasons)) == "filtered"
    assert hide_cause(replace(other, reasons=verdict.reasons)) == "sales"

"""Rules, one table: who they fire for, who they leave alone, and what is not known counts for nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from quietfeed.filters.rules import RULES, Rule, counter, monologue, passed_on, rhythm, same_again, silence, voice
from quietfeed.filters.ties import strength
from quietfeed.models.case import Case, Habits
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import NO_TIE, Tie
from quietfeed.models.verdict import Category

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POST = Post("1", Person("1", "ada@example.social"), "hello")
BIG = Post("1", Person("1", "care@brand.example", followers=96_000), "Please DM us")
BOOSTED = Post("2", Person("1", "ada@example.social"), "hello", booster=Person("2", "bob@example.social", "Bob"))
FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=5, replies_from_you=5)


UNANSWERED = Tie(you_follow=True, follows_you=False, replies_to_you=0)


FIRES: list[tuple[Rule, Case, Category, str]] = [
    (
        silence,
        Case(POST, replace(UNANSWERED, replies_from_you=7)),
        "celebrity",
        "they never answered you, though you wrote to them 7 times",
    ),
    (
        silence,
        Case(POST, replace(UNANSWERED, likes_from_you=1)),
        "celebrity",
        "they never answered you, though you liked their posts once",
    ),
    (
        rhythm,
        Case(POST, habits=Habits(50, 0, 10, 0, 1.0)),
        "celebrity",
        "about 49 posts a day, hardly an answer among them",
    ),
    (
        monologue,
        Case(POST, habits=Habits(20, 0, 20, 0, 9.0)),
        "celebrity",
        "a link in each of their last 20 posts, and no answer to anybody",
    ),
    (
        monologue,
        Case(POST, habits=Habits(20, 0, 19, 0, 9.0)),
        "celebrity",
        "a link in nearly each of their last 20 posts, and no answer to anybody",
    ),
    (counter, Case(POST, habits=Habits(10, 9, 0, 8, 3.0)), "celebrity", "they answer everybody with the same words"),
    (
        counter,
        Case(BIG, habits=Habits(8, 7, 0, 0, 3.0)),
        "celebrity",
        "7 of their last 8 posts answer people, before 96,000 followers",
    ),
    (same_again, Case(POST, habits=Habits(10, 0, 3, 6, 3.0)), "spam", "6 of their last 10 posts say the same"),
    (
        monologue,
        Case(POST, habits=Habits(20, 0, 3, 0, 9.0)),
        "celebrity",
        "none of their last 20 posts answers anybody",
    ),
    (voice, Case(POST, habits=Habits(5, words=(1.0, 0.0, 1.5, 0.0))), "sales", "their posts together read like sales"),
    (passed_on, Case(BOOSTED, NO_TIE, FRIEND), "person", "boosted by Bob, whom you know"),
]


@pytest.mark.parametrize(
    ("rule", "case", "category", "text"), FIRES, ids=[f"{r.__name__}: {t}" for r, _, _, t in FIRES]
)
def test_a_rule_fires(rule: Rule, case: Case, category: Category, text: str) -> None:
    fired = rule(case, strength(case.tie, NOW), NOW)
    assert fired is not None
    assert (fired[0], fired[1].text, fired[1].kind) == (category, text, "rule")
    assert 0 < fired[1].weight <= 4.0


SILENT: list[tuple[str, Rule, Case]] = [
    ("they answered once", silence, Case(POST, Tie(you_follow=True, replies_to_you=1, replies_from_you=9))),
    ("answers are not known", silence, Case(POST, Tie(you_follow=True, replies_from_you=9))),
    ("they follow the user", silence, Case(POST, Tie(you_follow=True, follows_you=True, replies_to_you=0))),
    ("they liked the user", silence, Case(POST, replace(UNANSWERED, likes_to_you=1, replies_from_you=9))),
    ("the user never tried", silence, Case(POST, UNANSWERED)),
    ("many posts, and they talk", rhythm, Case(POST, habits=Habits(50, 20, 0, 0, 1.0))),
    ("ten posts within an hour", rhythm, Case(POST, habits=Habits(10, 0, 0, 0, 0.04))),
    ("four links", monologue, Case(POST, habits=Habits(4, 0, 4, 0, 9.0))),
    ("nine posts and no answer", monologue, Case(POST, habits=Habits(9, 0, 9, 0, 9.0))),
    ("links to nothing but news, and answers", monologue, Case(POST, habits=Habits(20, 2, 20, 0, 9.0))),
    ("answers people before a few", counter, Case(POST, habits=Habits(10, 9, 0, 1, 3.0))),
    ("a crowd, and as many thoughts as answers", counter, Case(BIG, habits=Habits(10, 5, 0, 1, 3.0))),
    ("a friend's monologue", monologue, Case(POST, FRIEND, habits=Habits(20, 0, 20, 0, 9.0))),
    ("words of a person", voice, Case(POST, habits=Habits(5, words=(3.0, 0.0, 1.5, 0.0)))),
    ("words that nobody read", voice, Case(POST, habits=Habits(5))),
    ("the same greeting twice", same_again, Case(POST, habits=Habits(10, 0, 0, 2, 9.0))),
    ("no boost", passed_on, Case(POST, NO_TIE, FRIEND)),
    ("boosted by a stranger", passed_on, Case(BOOSTED, NO_TIE, NO_TIE)),
    ("the booster's tie is not known", passed_on, Case(BOOSTED)),
]


@pytest.mark.parametrize(("rule", "case"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT])
def test_a_rule_leaves_alone(rule: Rule, case: Case) -> None:
    assert rule(case, strength(case.tie, NOW), NOW) is None


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
def test_where_nothing_is_known_no_rule_fires(rule: Rule) -> None:
    assert rule(Case(POST), 0.0, NOW) is None

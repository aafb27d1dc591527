"""Rules, one table: for whom they fire, for whom they do not, and that unknown values count for nothing."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from quietfeed.filters.rules import (
    RULES,
    Rule,
    boosted_by_known,
    mass_replies,
    never_replied,
    no_replies_seen,
    posts_read_like_noise,
    repeated_text,
    rhythm,
)
from quietfeed.filters.ties import strength
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import NO_TIE, Tie
from quietfeed.models.verdict import Category
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POST = Post("1", Person("1", "ada@example.social"), "hello")
BIG = Post("1", Person("1", "care@brand.example", followers=96_000), "Please DM us")
BOOSTED = Post("2", Person("1", "ada@example.social"), "hello", booster=Person("2", "bob@example.social", "Bob"))
FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=5, replies_from_you=5)


UNANSWERED = Tie(you_follow=True, follows_you=False, replies_to_you=0)


FIRES: list[tuple[Rule, PostContext, Category, str]] = [
    (
        never_replied,
        PostContext(POST, replace(UNANSWERED, replies_from_you=7)),
        "celebrity",
        "they never replied to you, though you wrote to them 7 times",
    ),
    (
        never_replied,
        PostContext(POST, replace(UNANSWERED, likes_from_you=1)),
        "celebrity",
        "they never replied to you, though you liked their posts once",
    ),
    (
        rhythm,
        PostContext(POST, habits=Habits(50, 0, 10, 0, 1.0)),
        "celebrity",
        "about 49 posts a day, almost no replies",
    ),
    (
        no_replies_seen,
        PostContext(POST, habits=Habits(20, 0, 20, 0, 9.0)),
        "celebrity",
        "a link in all of their last 20 posts, and no replies",
    ),
    (
        no_replies_seen,
        PostContext(POST, habits=Habits(20, 0, 19, 0, 9.0)),
        "celebrity",
        "a link in nearly all of their last 20 posts, and no replies",
    ),
    (
        mass_replies,
        PostContext(POST, habits=Habits(10, 9, 0, 8, 3.0)),
        "celebrity",
        "they reply to everybody with the same words",
    ),
    (
        mass_replies,
        PostContext(BIG, habits=Habits(8, 7, 0, 0, 3.0)),
        "celebrity",
        "7 of their last 8 posts are replies, and they have 96,000 followers",
    ),
    (
        repeated_text,
        PostContext(POST, habits=Habits(10, 0, 3, 6, 3.0)),
        "spam",
        "6 of their last 10 posts repeat one another",
    ),
    (
        no_replies_seen,
        PostContext(POST, habits=Habits(20, 0, 3, 0, 9.0)),
        "celebrity",
        "none of their last 20 posts is a reply",
    ),
    (
        posts_read_like_noise,
        PostContext(POST, habits=Habits(5, words=(1.0, 0.0, 1.5, 0.0))),
        "sales",
        "their posts together read like sales",
    ),
    (boosted_by_known, PostContext(BOOSTED, NO_TIE, FRIEND), "person", "boosted by Bob, who you know"),
]


@pytest.mark.parametrize(
    ("rule", "context", "category", "text"), FIRES, ids=[f"{r.__name__}: {t}" for r, _, _, t in FIRES]
)
def test_a_rule_fires(rule: Rule, context: PostContext, category: Category, text: str) -> None:
    fired = rule(context, strength(context.tie, NOW), NOW)
    assert fired is not None
    assert (fired[0], reason_text(fired[1])) == (category, text)
    assert 0 < fired[1].weight <= 4.0


SILENT: list[tuple[str, Rule, PostContext]] = [
    (
        "they answered once",
        never_replied,
        PostContext(POST, Tie(you_follow=True, replies_to_you=1, replies_from_you=9)),
    ),
    ("answers are not known", never_replied, PostContext(POST, Tie(you_follow=True, replies_from_you=9))),
    (
        "they follow the user",
        never_replied,
        PostContext(POST, Tie(you_follow=True, follows_you=True, replies_to_you=0)),
    ),
    ("they liked the user", never_replied, PostContext(POST, replace(UNANSWERED, likes_to_you=1, replies_from_you=9))),
    ("the user never tried", never_replied, PostContext(POST, UNANSWERED)),
    ("many posts, and they talk", rhythm, PostContext(POST, habits=Habits(50, 20, 0, 0, 1.0))),
    ("ten posts within an hour", rhythm, PostContext(POST, habits=Habits(10, 0, 0, 0, 0.04))),
    ("four links", no_replies_seen, PostContext(POST, habits=Habits(4, 0, 4, 0, 9.0))),
    ("nine posts and no answer", no_replies_seen, PostContext(POST, habits=Habits(9, 0, 9, 0, 9.0))),
    ("links to nothing but news, and answers", no_replies_seen, PostContext(POST, habits=Habits(20, 2, 20, 0, 9.0))),
    ("answers people before a few", mass_replies, PostContext(POST, habits=Habits(10, 9, 0, 1, 3.0))),
    ("a crowd, and as many thoughts as answers", mass_replies, PostContext(BIG, habits=Habits(10, 5, 0, 1, 3.0))),
    ("a friend's monologue", no_replies_seen, PostContext(POST, FRIEND, habits=Habits(20, 0, 20, 0, 9.0))),
    ("words of a person", posts_read_like_noise, PostContext(POST, habits=Habits(5, words=(3.0, 0.0, 1.5, 0.0)))),
    ("words that nobody read", posts_read_like_noise, PostContext(POST, habits=Habits(5))),
    ("the same greeting twice", repeated_text, PostContext(POST, habits=Habits(10, 0, 0, 2, 9.0))),
    ("no boost", boosted_by_known, PostContext(POST, NO_TIE, FRIEND)),
    ("boosted by a stranger", boosted_by_known, PostContext(BOOSTED, NO_TIE, NO_TIE)),
    ("the booster's tie is not known", boosted_by_known, PostContext(BOOSTED)),
]


@pytest.mark.parametrize(
    ("rule", "context"), [context[1:] for context in SILENT], ids=[context[0] for context in SILENT]
)
def test_a_rule_leaves_alone(rule: Rule, context: PostContext) -> None:
    assert rule(context, strength(context.tie, NOW), NOW) is None


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
def test_no_rule_fires_without_data(rule: Rule) -> None:
    assert rule(PostContext(POST), 0.0, NOW) is None

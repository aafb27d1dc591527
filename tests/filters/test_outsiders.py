"""Nothing an outsider does moves a verdict about somebody else, or lifts them above acquaintance.

An outsider is anybody the user neither follows, answers, nor marks: they choose names, texts, follows, likes,
mentions, replies, direct messages, and how often they post.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietfeed.filters.base_model import base_model
from quietfeed.filters.examples import choose_examples
from quietfeed.filters.habits import HabitBook
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.ties import KNOWN, strength
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level

NOW = datetime(2026, 11, 30, tzinfo=UTC)
FRIEND = Person("1", "ada@there.example", "Ada")
FRIENDS_TIE = Tie(you_follow=True, follows_you=True, replies_to_you=5, replies_from_you=5)
STRANGER = Person("2", "bo@there.example", "Bo", followers=80, following=90, posts=700)
MARKS = [
    *(
        Mark(PostContext(Post(f"n{n}", Person("8", "s@s"), f"Use code SNOW{n}, shop now")), "sales", NOW)
        for n in range(6)
    ),
    *(
        Mark(PostContext(Post(f"p{n}", Person("9", "p@p"), f"The heron sat on post {n}")), "person", NOW)
        for n in range(6)
    ),
]
LEARNED = learn(base_model(), MARKS)

COUNT = st.none() | st.integers(0, 100_000)
ATTACKS = st.builds(
    Tie,
    you_follow=st.just(False),
    follows_you=st.none() | st.booleans(),
    they_follow=COUNT,
    replies_to_you=COUNT,
    mentions_to_you=COUNT,
    likes_to_you=COUNT,
    boosts_to_you=COUNT,
    direct=COUNT,
    direct_to_you=COUNT,
)
NAMES = st.sampled_from(["Ada", "Bo", "\u0410da", "Ada @ada@there.example", ""]) | st.text(max_size=30)
TEXTS = st.sampled_from(["The heron sat on the roof", "Use code SNOW9, shop now", "hello", ""]) | st.text(max_size=200)


@st.composite
def floods(draw: st.DrawFn) -> list[Post]:
    """The posts of one attacker, mostly near-copies, with whatever name, handle and counts they choose."""
    author = Person(
        "666",
        draw(st.sampled_from([FRIEND.handle, STRANGER.handle, "x@evil.example"])),
        draw(NAMES),
        bio=draw(TEXTS),
        followers=draw(COUNT),
        following=draw(COUNT),
    )
    text, copies = draw(TEXTS), draw(st.integers(1, 60))
    return [Post(f"flood-{n}", author, f"{text} {n}", created_at=NOW - timedelta(minutes=n)) for n in range(copies)]


@given(ATTACKS)
def test_an_outsider_becomes_nobody_known(attack: Tie) -> None:
    assert strength(attack, NOW) < KNOWN


@settings(max_examples=40)
@given(floods())
def test_an_outsiders_posts_move_no_verdict_about_others(flood: list[Post]) -> None:
    book, alone = HabitBook(base_model()), HabitBook(base_model())
    others = [
        Post(f"o{n}", author, f"The heron came back, day {n}", created_at=NOW - timedelta(hours=n))
        for n, author in enumerate([FRIEND, STRANGER] * 4)
    ]
    for post in others:
        book.add(post)
        alone.add(post)
    for post in flood:
        book.add(post)
    for post in others:
        tie = FRIENDS_TIE if post.author is FRIEND else Tie(you_follow=False, follows_you=False)
        before, after = (
            judge(PostContext(post, tie, habits=each.of(post.author_key)), LEARNED, now=NOW) for each in (alone, book)
        )
        assert before == after


@pytest.mark.parametrize("copies", [1, 30, 500])
def test_near_copies_of_a_marked_text_weigh_as_a_few_marks(copies: int) -> None:
    flood = [
        Mark(PostContext(Post(f"f{n}", Person(f"f{n}", "x@x"), f"Win a garden heron now, number {n}")), "spam", NOW)
        for n in range(copies)
    ]
    people = [
        Mark(PostContext(Post(f"q{n}", Person(f"q{n}", "y@y"), text)), "person", NOW)
        for n, text in enumerate(
            ["A heron in the garden today", "My garden is full of frost", "The heron is back again"]
        )
    ]
    weights = learn(base_model(), [*MARKS, *flood, *people])
    verdict = judge(PostContext(Post("t", STRANGER, "A heron stood in my garden")), weights, now=NOW)
    assert verdict.shown_at(Level.quiet)


def test_texts_that_were_marked_as_noise_are_no_examples_in_the_name_of_a_friend() -> None:
    old = NOW - timedelta(days=3)
    usual = [Post(f"a{n}", FRIEND, text, created_at=old) for n, text in enumerate(["Rain again", "Frost on the pond"])]
    copied = [Post(f"c{n}", FRIEND, mark.context.post.text, created_at=old) for n, mark in enumerate(MARKS[:6])]
    chosen = choose_examples([*usual, *copied], MARKS, base_model(), NOW)
    assert {context.post.id for context in chosen} == {"a0", "a1"}

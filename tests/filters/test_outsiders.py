"""No action of an outsider changes a verdict about somebody else, or makes the outsider more than an acquaintance.

An outsider is anybody whom the user neither follows, answers nor marks. Outsiders choose names, texts, follows, likes,
mentions, replies, direct messages, and how often they post.
"""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietfeed.filters.base_model import base_model
from quietfeed.filters.blend import THRESHOLD_WITH_STRANGERS
from quietfeed.filters.examples import choose_examples
from quietfeed.filters.habits import HabitBook
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.score import Scorer
from quietfeed.filters.ties import KNOWN, strength
from quietfeed.models.account import Account
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Interaction, Relationship, Tie
from quietfeed.models.verdict import Level
from quietfeed.models.weights import HIDE_THRESHOLD, Weights
from quietfeed.session.examples import NEWEST_POSTS, examples_from
from quietfeed.session.links import PersonLinks
from quietfeed.store.archive import Archive
from quietfeed.tests.filters.talk import TALK

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
def test_an_outsiders_posts_change_no_verdict_about_others(flood: list[Post]) -> None:
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


ME = Account("mastodon", "https://here.example", "me@here.example", "0")
DAY = timedelta(days=1)
WALKS = ["kitchen", "garden", "river", "station", "library", "market", "harbour", "park", "office", "bakery"]
GOODS = ["lamps", "chairs", "kettles", "carpets", "mirrors", "pillows", "candles", "curtains", "plates", "mugs"]
ADS = [f"Shop our new {each} today, {n} percent off with free delivery" for n, each in enumerate(GOODS)]
NOISE_ONLY = [
    Mark(PostContext(Post(f"m{n}", Person(f"m{n}", "m@m"), text, ME.key)), "sales", NOW) for n, text in enumerate(ADS)
]
FRIENDS_TEXTS = [
    *TALK,
    "our train stood still, so I knitted a whole sleeve",
    "he burnt the soup and blamed the moon",
]
WORDS = [*WALKS, *GOODS, *(word for text in FRIENDS_TEXTS for word in text.split())]
FOLLOWED_TEXTS = [" ".join(Random(n).sample(WORDS, 8)) for n in range(25)]
OTHERS = [
    PostContext(Post(f"o{n}", STRANGER, text, ME.key))
    for n, text in enumerate(["a walk by the river today", "half price lamps today", "my cat", *FOLLOWED_TEXTS[:5]])
]


def timeline() -> Archive:
    """A stored timeline with the posts of three friends, and of twenty-five strangers whom the user follows."""
    archive = Archive(None)
    archive.add_account(ME)
    posts, relationships = [], []
    for n in range(3):
        friend = Person(f"f{n}", f"f{n}@here.example")
        posts += [
            Post(f"f{n}-{at}", friend, text, ME.key, created_at=NOW - 3 * DAY)
            for at, text in enumerate(FRIENDS_TEXTS[4 * n : 4 * n + 4])
        ]
        relationships.append(Relationship(friend.id, True, True))
    for n, text in enumerate(FOLLOWED_TEXTS):
        followed = Person(f"s{n}", f"s{n}@here.example")
        posts.append(Post(f"s{n}", followed, text, ME.key, created_at=NOW - 2 * DAY))
        relationships.append(Relationship(followed.id, True, False))
    archive.posts.save(ME.key, posts, NOW)
    archive.ties.save_relationships(ME.key, relationships, NOW)
    return archive


def trained(archive: Archive) -> Weights:
    found = examples_from(archive, PersonLinks(archive), NOW, Scorer(base_model()))(NOISE_ONLY)
    assert found.examples
    return learn(base_model(), NOISE_ONLY, found.examples, strangers=found.strangers)


ALONE = trained(timeline())
ATTACKERS_TEXTS = st.sampled_from([*FRIENDS_TEXTS, *ADS, *FOLLOWED_TEXTS, "the heron"]) | st.text(max_size=80)


@settings(max_examples=8)
@given(
    st.lists(ATTACKERS_TEXTS, min_size=1, max_size=12),
    st.integers(20, 200),
    st.none() | st.booleans(),
    st.booleans(),
)
def test_a_crowd_of_outsiders_does_not_change_a_training(
    texts: list[str], crowd: int, follows_you: bool | None, boosted: bool
) -> None:
    """They write texts that make the fit worse, follow and answer the user, and a friend may boost them."""
    archive = timeline()
    people = [Person(f"e{n}", f"e{n}@evil.example") for n in range(crowd)]
    booster = Person("f0", "f0@here.example") if boosted else None
    archive.posts.save(
        ME.key,
        [
            Post(f"e{n}", person, texts[n % len(texts)], ME.key, created_at=NOW - 4 * DAY, booster=booster)
            for n, person in enumerate(people)
        ],
        NOW,
    )
    archive.ties.save_relationships(ME.key, [Relationship(each.id, False, follows_you) for each in people], NOW)
    archive.ties.save_interactions(
        ME.key, [Interaction(f"i{each.id}", each, "reply", "to_you", NOW) for each in people], "notifications", "1"
    )
    assert_same(trained(archive))


def test_a_flood_of_newer_posts_removes_nothing_from_a_training() -> None:
    archive = timeline()
    evil = [Person(f"e{n}", f"e{n}@evil.example") for n in range(50)]
    flood = [Post(f"e{n}", evil[n % 50], f"the heron {n}", ME.key, created_at=NOW) for n in range(NEWEST_POSTS)]
    archive.posts.save(ME.key, flood, NOW)
    archive.ties.save_relationships(ME.key, [Relationship(each.id, False, False) for each in evil], NOW)
    assert_same(trained(archive))


def assert_same(weights: Weights) -> None:
    """The weights are those of the timeline without outsiders, and so are the verdicts."""
    assert weights.blend == ALONE.blend
    assert weights.personal == ALONE.personal
    for context in OTHERS:
        assert judge(context, weights, now=NOW) == judge(context, ALONE, now=NOW)


def test_followed_strangers_count() -> None:
    """So the tests above compare something."""
    assert ALONE.blend.threshold == THRESHOLD_WITH_STRANGERS
    archive = timeline()
    found = examples_from(archive, PersonLinks(archive), NOW, Scorer(base_model()))(NOISE_ONLY)
    assert len(found.strangers) == 25
    # Without strangers, the threshold of the base model stays, and the personal model is doubted instead.
    alone = learn(base_model(), NOISE_ONLY, found.examples).blend
    assert alone.threshold == HIDE_THRESHOLD
    assert alone.margin > 0

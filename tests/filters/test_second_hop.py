"""Followers of an author whom the user follows are evidence for a person, weighted by how few accounts they follow."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge
from quietfeed.filters.rules import followed_by_known
from quietfeed.filters.second_hop import followed_by
from quietfeed.models.context import FollowedBy, PostContext
from quietfeed.models.person import KnownFollowers, Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ADA = Person("1", "ada@here.example", "Ada", following=150)
BEN = Person("2", "ben@here.example", "Ben", following=None)
BOT = Person("3", "all@here.example", "Follows All", following=100_000)
FOLLOWED = {each.id: each for each in (ADA, BEN, BOT)}
STRANGER = Person("9", "cleo@there.example", "Cleo", followers=120, following=130)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, None),
        (KnownFollowers(0), None),
        (KnownFollowers(4, ("8",)), None),
        (KnownFollowers(1, ("1",)), FollowedBy(1, 1.0, "Ada")),
        (KnownFollowers(7, ("1", "2")), FollowedBy(7, 7.0, "Ada")),
        (KnownFollowers(1, ("3",)), FollowedBy(1, 0.1, "Follows All")),
        (KnownFollowers(2, ("3", "1")), FollowedBy(2, 1.1, "Ada")),
        (KnownFollowers(0, ("1", "1")), FollowedBy(1, 1.0, "Ada")),
    ],
)
def test_followers_count_by_the_number_of_their_follows(
    found: KnownFollowers | None, expected: FollowedBy | None
) -> None:
    known = followed_by(found, FOLLOWED)
    if expected is None or known is None:
        assert known is expected
    else:
        assert (known.count, known.name) == (expected.count, expected.name)
        assert known.weight == pytest.approx(expected.weight)


@pytest.mark.parametrize(
    ("count", "name", "text"),
    [
        (1, "Ada", "followed by Ada, who you follow"),
        (2, "Ada", "followed by Ada and one other you follow"),
        (1_201, "Ada", "followed by Ada and 1,200 others you follow"),
    ],
)
def test_the_reason_names_one_of_them(count: int, name: str, text: str) -> None:
    post = Post("p", STRANGER, "The heron sat on the roof")
    fired = followed_by_known(PostContext(post, followed_by=FollowedBy(count, float(count), name)), 0.0, NOW)
    assert fired is not None
    assert fired[0] == "person"
    assert reason_text(fired[1]) == text


@pytest.mark.parametrize(
    ("author", "known"),
    [
        (STRANGER, None),
        (STRANGER, FollowedBy(3, 0.4, "Follows All")),
        (replace(STRANGER, followers=None), FollowedBy(7, 7.0, "Ada")),
        (replace(STRANGER, followers=4_000), FollowedBy(70, 70.0, "Ada")),
        (replace(STRANGER, bot=True), FollowedBy(7, 7.0, "Ada")),
    ],
)
def test_large_accounts_bots_and_indiscriminate_followers_are_no_evidence(
    author: Person, known: FollowedBy | None
) -> None:
    assert followed_by_known(PostContext(Post("p", author, "hello"), followed_by=known), 0.0, NOW) is None


@given(st.integers(1, 100_000), st.floats(0, 100_000), st.integers(0, 100_000))
def test_no_number_of_followers_makes_a_stranger_known(count: int, weight: float, followers: int) -> None:
    author = replace(STRANGER, followers=followers)
    tie = Tie(you_follow=False, follows_you=False)
    context = PostContext(
        Post("p", author, "Use code SNOW9, shop now, 50% off! https://shop.example #ad"),
        tie,
        followed_by=FollowedBy(count, min(weight, count), "Ada"),
    )
    verdict = judge(context, base_model(), now=NOW)
    assert not verdict.shown_at(Level.known)
    assert not verdict.shown_at(Level.quiet)


def test_it_is_a_reason_but_never_the_first_one() -> None:
    post = Post("p", STRANGER, "The heron sat on the roof again and looked at me")
    tie = Tie(you_follow=False, follows_you=False)
    verdict = judge(PostContext(post, tie, followed_by=FollowedBy(7, 7.0, "Ada")), base_model(), now=NOW)
    assert verdict.cause == "stranger"
    assert "followed by Ada and 6 others you follow" in map(reason_text, verdict.reasons)

"""Nobody is hidden because their number of followers is unknown."""

from datetime import UTC, datetime

import pytest

from quietfeed.filters.base_model import base_model
from quietfeed.filters.judge import judge
from quietfeed.models.context import PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level
from quietfeed.phrases.reasons import COUNTS_PENDING
from quietfeed.phrases.verdicts import first_reason

NOW = datetime(2026, 11, 30, tzinfo=UTC)
STRANGER = Tie(you_follow=False, follows_you=False, replies_to_you=0)
MILD = (
    "We are hiring! Apply now",
    "Our stall is at the market this weekend",
    "We are open until six today",
    "Parliament votes on budget",
)
SELLS = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"


def level_of(text: str, followers: int | None, *, counts_known: bool) -> Level:
    author = Person("9", "kim@here.example", "Kim", followers=followers, following=followers, posts=followers)
    context = PostContext(Post("1", author, text, account="a"), STRANGER, counts_known=counts_known)
    return judge(context, base_model(), now=NOW).strictest_level


@pytest.mark.parametrize("text", [*MILD, SELLS, "The heron is back at the canal."])
def test_a_post_without_counts_is_never_judged_harder_than_an_ordinary_account_s(text: str) -> None:
    assert level_of(text, None, counts_known=False) >= level_of(text, 150, counts_known=True)


def test_certain_adverts_are_hidden_despite_unknown_counts() -> None:
    assert level_of(SELLS, None, counts_known=False) == Level.everything


@pytest.mark.parametrize("text", MILD)
def test_unknown_counts_are_stated(text: str) -> None:
    if level_of(text, None, counts_known=True) >= Level.quiet:
        pytest.skip("it would be shown without counts too")
    context = PostContext(
        Post("1", Person("9", "kim@here.example", "Kim"), text, account="a"), STRANGER, counts_known=False
    )
    verdict = judge(context, base_model(), now=NOW)
    assert (verdict.cause, first_reason(verdict)) == ("unsure", COUNTS_PENDING)

"""A known person whose posts are suddenly unlike their others is pointed out, and never hidden."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.habits import habits
from quietfeed.filters.judge import judge
from quietfeed.filters.takeover import CALM, is_over
from quietfeed.models.account import Account
from quietfeed.models.context import Burst, Habits, PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Level
from quietfeed.models.weights import HIDE_THRESHOLD
from quietfeed.phrases.reasons import reason_text
from quietfeed.store.archive import Archive
from quietfeed.store.tally import Due

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ADA = Person("1", "ada@there.example", "Ada")
FRIEND = Tie(you_follow=True, follows_you=True, replies_to_you=5, replies_from_you=5)
SCAM = "I just turned 500 GBP into 12,400 GBP in 48 hours, claim your free crypto now https://{}/{}"


def post(number: int, text: str, minutes: float) -> Post:
    return Post(str(number), ADA, text, created_at=NOW - timedelta(minutes=minutes))


PAST = [post(n, f"The heron came back to pond {n} and it rained all day", 5_000 + 700 * n) for n in range(8)]
TAKEN = [post(20 + n, SCAM.format("win.example", n), 4 - n) for n in range(4)]


def told(one: Post, posts: list[Post], tie: Tie = FRIEND) -> list[str]:
    context = PostContext(one, tie, habits=habits(posts, base_model()))
    verdict = judge(context, base_model(), now=NOW)
    assert verdict.shown_at(Level.known) is bool(tie.follows_you)
    return [reason_text(reason) for reason in verdict.reasons]


@pytest.mark.parametrize("one", TAKEN)
def test_a_burst_with_a_new_link_is_pointed_out(one: Post) -> None:
    sentence = (
        "unlike their other posts: 4 in 3 minutes with a link to win.example; the account may have been taken over"
    )
    assert sentence in told(one, [*PAST, *TAKEN])


def test_one_post_that_reads_like_spam_is_pointed_out() -> None:
    scam = post(20, "Congratulations! You have won a free gift card, claim your prize now, click here to claim", 4)
    assert any("the account may have been taken over" in each for each in told(scam, [*PAST, scam]))


@pytest.mark.parametrize(
    "text",
    [
        "Only for those who follow me!",
        "I wish you could follow me back",
        "Thanks lil! Love you Xxx",
        "Follow me, follow me",
    ],
)
def test_a_few_words_are_not_pointed_out(text: str) -> None:
    short = post(20, text, 4)
    assert not any("taken over" in each for each in told(short, [*PAST, short]))


def test_what_a_few_words_say_alone_can_read_like_spam() -> None:
    nobody = PostContext(Post("1", Person("", ""), "I wish you could follow me back"))
    scores = judge(nobody, base_model(), now=NOW).scores
    assert scores["sales"] + scores["spam"] > HIDE_THRESHOLD


@pytest.mark.parametrize(
    "posts",
    [
        [*PAST, post(20, "My new garden page https://garden.example/1", 4)],
        [*PAST, *(post(20 + n, f"Walk {n} https://walks.example/{n}", 3_000 * n) for n in range(3))],
        [*(post(n, f"Read this https://site{n}.example", 9_000 - n) for n in range(8)), *TAKEN[:0]],
        TAKEN[:1],
    ],
)
def test_ordinary_links_are_not_pointed_out(posts: list[Post]) -> None:
    for one in posts:
        if "GBP" not in one.text:
            assert not any("taken over" in each for each in told(one, posts))
    assert not (habits(posts) or Habits(0)).bursts


def test_their_old_posts_and_strangers_are_not_pointed_out() -> None:
    assert not any("taken over" in each for each in told(PAST[0], [*PAST, *TAKEN]))
    stranger = Tie(you_follow=False, follows_you=False)
    context = PostContext(TAKEN[0], stranger, habits=habits([*PAST, *TAKEN], base_model()))
    reasons = judge(context, base_model(), now=NOW).reasons
    assert not any(reason.kind.startswith("unlike") for reason in reasons)


def test_bursts_are_stored_with_the_habits() -> None:
    archive = Archive(None)
    account = Account("mastodon", "https://here.example", "june@here.example", "1")
    archive.add_account(account)
    archive.posts.save(account.key, [replace(each, account=account.key) for each in [*PAST, *TAKEN]], NOW)
    found = habits([*PAST, *TAKEN], base_model())
    assert found is not None
    archive.tally.save(Due((account.key, "1"), 0), "stamp", "code", found, {(4, "stranger"): 12})
    kept = replace(found, texts=())
    assert archive.tally.habits([(account.key, "1")], "code") == {(account.key, "1"): kept}
    assert found.bursts == (Burst("win.example", 3, ("20", "21", "22", "23")),)


def _ordinary(number: int, at: datetime) -> Post:
    return Post(f"o{number}", ADA, f"the garden in the evening, heron number {number}", "me", created_at=at)


def test_a_takeover_is_over_after_calm_days_and_a_usual_post() -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    past = [_ordinary(n, start + timedelta(hours=n)) for n in range(8)]
    bad = [
        Post(f"b{n}", ADA, f"free coins https://win.example/{n}", "me", created_at=start + timedelta(days=1, minutes=n))
        for n in range(3)
    ]
    since, names = start + timedelta(days=1, hours=1), {post.id for post in bad}
    later = [*past, *bad, _ordinary(20, start + timedelta(days=2))]
    calm = since + CALM
    assert is_over(later, names, since, calm)
    assert not is_over(later, names, since, calm - timedelta(hours=1)), "the calm was too short"
    assert not is_over([*past, *bad], names, since, calm), "nothing usual has come"
    odd = Post("b9", ADA, "more coins https://win.example/9", "me", created_at=since + timedelta(days=2))
    assert not is_over([*later, odd], names, since, calm), "the same host came again"
    assert not is_over([*later, odd], names, since, calm + CALM), "after it nothing usual has come"
    strange = Post("b8", ADA, "see https://other.example/", "me", created_at=since + timedelta(days=1))
    assert not is_over([*past, *bad, strange], names, since, calm + CALM), "a link to a new host is not usual"

"""Ties: what makes one strong, what leaves it at zero, and how it is described."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.filters.ties import ACQUAINTANCE, CLOSE, KNOWN, merge_ties, name, strength
from quietfeed.models.tie import NO_TIE, Tie
from quietfeed.phrases.ties import evidence
from quietfeed.session.judging import Line, read_records

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def years_ago(years: float) -> datetime:
    return NOW - timedelta(days=365.25 * years)


NAMED: list[tuple[str, Tie, str]] = [
    ("nobody", NO_TIE, "stranger"),
    ("a mutual follow alone", Tie(you_follow=True, follows_you=True), "known"),
    ("the user follows, nothing came back", Tie(you_follow=True, follows_you=False), "stranger"),
    ("they follow, the user does not", Tie(you_follow=False, follows_you=True), "stranger"),
    (
        "a celebrity whom the user writes to and likes for years",
        Tie(you_follow=True, follows_you=False, replies_to_you=0, replies_from_you=40, likes_from_you=500),
        "stranger",
    ),
    (
        "the same celebrity, who once liked an answer",
        Tie(you_follow=True, follows_you=False, replies_from_you=40, likes_from_you=500, likes_to_you=1),
        "stranger",
    ),
    ("somebody who answers everything the user posts", Tie(replies_to_you=60, mentions_to_you=30), "stranger"),
    (
        "one exchange with a shop the user follows",
        Tie(you_follow=True, replies_to_you=1, replies_from_you=1),
        "acquaintance",
    ),
    (
        "met once three years ago, who still answers",
        Tie(
            you_follow=True, replies_to_you=2, replies_from_you=2, first_contact=years_ago(3), last_contact=years_ago(3)
        ),
        "known",
    ),
    (
        "follow each other, last spoke eight years ago",
        Tie(you_follow=True, follows_you=True, replies_to_you=1, replies_from_you=1, last_contact=years_ago(8)),
        "known",
    ),
    ("three answers each way, nobody follows", Tie(replies_to_you=3, replies_from_you=3), "known"),
    ("a hundred likes each way and no word", Tie(likes_to_you=100, likes_from_you=100), "acquaintance"),
    ("ten thousand likes each way", Tie(likes_to_you=10_000, likes_from_you=10_000), "acquaintance"),
    ("two direct conversations", Tie(direct_to_you=2, direct_from_you=2), "known"),
    ("direct messages that the user never answered", Tie(direct_to_you=40, replies_to_you=40), "stranger"),
    ("direct messages of which it is not known who wrote", Tie(you_follow=True, direct=40), "acquaintance"),
    (
        "a stranger whom the user told to stop, once",
        Tie(follows_you=True, replies_to_you=60, mentions_to_you=60, direct_to_you=60, replies_from_you=1),
        "acquaintance",
    ),
    ("a stranger who was told so directly", Tie(direct_to_you=20, direct_from_you=1), "acquaintance"),
    (
        "a celebrity who likes, boosts and mentions a fan",
        Tie(
            you_follow=True,
            likes_to_you=40,
            boosts_to_you=20,
            mentions_to_you=20,
            replies_from_you=60,
            likes_from_you=60,
        ),
        "acquaintance",
    ),
    (
        "a celebrity who answered a fan once",
        Tie(you_follow=True, replies_to_you=1, mentions_to_you=5, replies_from_you=60),
        "acquaintance",
    ),
    (
        "an account the user follows that answers everything",
        Tie(you_follow=True, follows_you=False, replies_to_you=60, replies_from_you=0),
        "acquaintance",
    ),
    (
        "somebody the user follows and answered once, who answers often",
        Tie(you_follow=True, replies_to_you=12, replies_from_you=1),
        "known",
    ),
    ("an imported contact", Tie(contact=True), "known"),
    (
        "mutual follow, answers and direct conversations",
        Tie(
            you_follow=True,
            follows_you=True,
            replies_to_you=9,
            replies_from_you=7,
            direct_to_you=3,
            direct_from_you=3,
            last_contact=years_ago(0.1),
        ),
        "close",
    ),
    ("a follow back by somebody who follows 8,000", Tie(True, True, they_follow=8_000), "stranger"),
    ("a follow back by somebody who follows 4,000", Tie(True, True, they_follow=4_000), "acquaintance"),
    ("one who follows 8,000 and answered once", Tie(True, True, replies_to_you=1, they_follow=8_000), "acquaintance"),
    ("one who follows 8,000, liked by you", Tie(True, True, likes_from_you=1, they_follow=8_000), "acquaintance"),
    ("the same with 50 likes", Tie(True, True, likes_to_you=50, they_follow=8_000), "acquaintance"),
    ("a mutual follow of somebody who follows 1,500", Tie(True, True, they_follow=1_500), "known"),
    (
        "a friend who follows 5,000 and talks",
        Tie(True, True, replies_to_you=2, replies_from_you=2, they_follow=5_000),
        "known",
    ),
    (
        "a close friend who follows 20,000",
        Tie(True, True, replies_to_you=30, replies_from_you=30, direct_to_you=9, direct_from_you=9, they_follow=20_000),
        "close",
    ),
    ("a vouch", Tie(vouched=True), "close"),
    ("a friend the user disowned", Tie(you_follow=True, follows_you=True, direct=9, not_known=True), "stranger"),
    ("vouched and disowned", Tie(vouched=True, not_known=True), "stranger"),
]


@pytest.mark.parametrize(("tie", "called"), [context[1:] for context in NAMED], ids=[context[0] for context in NAMED])
def test_the_name_of_a_tie(tie: Tie, called: str) -> None:
    assert name(tie, NOW) == called


def test_a_mutual_follow_has_the_documented_strength() -> None:
    assert strength(Tie(you_follow=True, follows_you=True), NOW) == pytest.approx(0.451, abs=0.0005)


def test_names_are_in_order_on_the_scale() -> None:
    assert 0 < ACQUAINTANCE < KNOWN < CLOSE < 1


def test_contact_counts_half_after_ten_years() -> None:
    fresh = Tie(replies_to_you=1, replies_from_you=1, last_contact=NOW)
    old = replace(fresh, last_contact=years_ago(10))
    assert strength(fresh, NOW) == pytest.approx(0.295, abs=0.001)
    assert strength(old, NOW) == pytest.approx(0.161, abs=0.001)


def test_each_side_fades_by_its_own_last_contact() -> None:
    both = Tie(replies_to_you=5, replies_from_you=5, last_contact=NOW)
    theirs_old = replace(both, last_to_you=years_ago(10), last_from_you=NOW)
    assert strength(theirs_old, NOW) < strength(both, NOW)


def test_a_contact_in_the_future_is_no_more_than_one_now() -> None:
    tie = Tie(replies_to_you=2, replies_from_you=2, last_contact=NOW)
    assert strength(replace(tie, last_contact=NOW + timedelta(days=400)), NOW) == strength(tie, NOW)


def test_a_time_alone_is_no_tie() -> None:
    assert strength(Tie(you_follow=True, last_contact=NOW), NOW) == 0.0


COUNTS = [
    "replies_to_you",
    "replies_from_you",
    "mentions_to_you",
    "mentions_from_you",
    "likes_to_you",
    "likes_from_you",
    "boosts_to_you",
    "boosts_from_you",
    "direct",
    "direct_to_you",
    "direct_from_you",
]
FLAGS = ["you_follow", "follows_you"]
MOMENTS = st.none() | st.datetimes(
    min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)
TIES = st.builds(
    Tie,
    **{count: st.none() | st.integers(0, 100_000) for count in COUNTS},
    **{flag: st.none() | st.booleans() for flag in FLAGS},
    last_contact=MOMENTS,
    last_to_you=MOMENTS,
    last_from_you=MOMENTS,
    contact=st.booleans(),
)


@given(TIES)
def test_strength_is_in_the_unit_interval(tie: Tie) -> None:
    assert 0.0 <= strength(tie, NOW) <= 1.0


@given(TIES, st.sampled_from(COUNTS), st.integers(1, 1000))
def test_more_of_anything_never_weakens_a_tie(tie: Tie, count: str, more: int) -> None:
    changes: dict[str, Any] = {count: (getattr(tie, count) or 0) + more}
    assert strength(replace(tie, **changes), NOW) >= strength(tie, NOW)


@given(TIES, st.sampled_from([*FLAGS, "contact", "vouched"]))
def test_a_follow_a_contact_or_a_vouch_never_weakens_a_tie(tie: Tie, flag: str) -> None:
    changes: dict[str, Any] = {flag: True}
    assert strength(replace(tie, **changes), NOW) >= strength(tie, NOW)


@given(TIES, st.sampled_from(["last_contact", "last_to_you", "last_from_you"]), st.integers(1, 5000))
def test_a_later_contact_never_weakens_a_tie(tie: Tie, moment: str, days: int) -> None:
    before = getattr(tie, moment) or datetime(2000, 1, 1, tzinfo=UTC)
    earlier: dict[str, Any] = {moment: before}
    later: dict[str, Any] = {moment: before + timedelta(days=days)}
    assert strength(replace(tie, **later), NOW) >= strength(replace(tie, **earlier), NOW)


@given(TIES)
def test_not_known_is_worth_as_much_as_zero_and_false(tie: Tie) -> None:
    zeros: dict[str, Any] = {count: 0 for count in COUNTS if getattr(tie, count) is None}
    noes: dict[str, Any] = {flag: False for flag in FLAGS if getattr(tie, flag) is None}
    assert strength(replace(tie, **zeros, **noes), NOW) == strength(tie, NOW)


@given(TIES)
def test_attention_of_one_side_alone_is_no_tie(tie: Tie) -> None:
    nothing_from_them: dict[str, Any] = dict.fromkeys([*(c for c in COUNTS if c.endswith("to_you")), "direct"])
    alone = replace(tie, **nothing_from_them, follows_you=None, contact=False)
    assert strength(alone, NOW) == 0.0


@given(TIES)
def test_the_evidence_of_any_tie_is_one_line(tie: Tie) -> None:
    sentence = evidence(tie)
    assert sentence
    assert "\n" not in sentence
    assert "None" not in sentence


ANY = st.none() | st.integers(0, 100_000)
FOLLOWS_BACK = st.integers(1_900, 1_000_000)


@given(
    st.builds(
        Tie,
        you_follow=st.just(True),
        follows_you=st.just(True),
        mentions_to_you=ANY,
        likes_to_you=ANY,
        boosts_to_you=ANY,
        replies_to_you=ANY,
        direct=ANY,
        direct_to_you=ANY,
        likes_from_you=ANY,
        they_follow=FOLLOWS_BACK,
    )
)
def test_an_account_that_follows_everybody_becomes_known_only_by_the_user(tie: Tie) -> None:
    assert strength(tie, NOW) < KNOWN


@given(TIES, st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_a_follow_counts_less_the_more_people_the_follower_follows(tie: Tie, one: int, other: int) -> None:
    few, many = sorted((one, other))
    weak, strong = (strength(replace(tie, they_follow=count), NOW) for count in (many, few))
    assert weak <= strong <= strength(replace(tie, they_follow=None), NOW)


@given(st.integers(0, 20_000), st.integers(2, 60), st.integers(2, 60))
def test_a_friend_who_talks_is_known_however_many_they_follow(they_follow: int, to_you: int, from_you: int) -> None:
    friend = Tie(True, True, replies_to_you=to_you, replies_from_you=from_you, they_follow=they_follow)
    assert strength(friend, NOW) >= KNOWN


ONE_SIDED = st.builds(
    Tie,
    follows_you=st.none() | st.booleans(),
    replies_to_you=ANY,
    mentions_to_you=ANY,
    likes_to_you=ANY,
    boosts_to_you=ANY,
    direct=ANY,
    direct_to_you=ANY,
    likes_from_you=st.none() | st.integers(0, 3),
    last_contact=MOMENTS,
    last_to_you=MOMENTS,
)
ONE_ANSWER = st.sampled_from([{}, {"replies_from_you": 1}, {"direct_from_you": 1}, {"mentions_from_you": 1}])


@given(ONE_SIDED, ONE_ANSWER)
def test_repeated_contact_from_one_side_makes_at_most_an_acquaintance(attack: Tie, answer: dict[str, Any]) -> None:
    assert strength(replace(attack, **answer), NOW) < KNOWN


@given(
    st.builds(
        Tie,
        you_follow=st.none() | st.booleans(),
        replies_from_you=ANY,
        mentions_from_you=ANY,
        likes_from_you=ANY,
        boosts_from_you=ANY,
        direct_from_you=ANY,
        likes_to_you=ANY,
        boosts_to_you=ANY,
        mentions_to_you=ANY,
        replies_to_you=st.none() | st.integers(0, 1),
    )
)
def test_attention_without_an_answer_makes_no_celebrity_known(fan: Tie) -> None:
    assert strength(fan, NOW) < KNOWN


TOLD: list[tuple[Tie, str]] = [
    (Tie(direct_to_you=2, direct_from_you=1), "2 direct conversations"),
    (Tie(direct_to_you=2), "they wrote to you directly twice"),
    (Tie(direct_from_you=1), "you wrote to them directly once"),
    (
        Tie(
            you_follow=True,
            follows_you=True,
            replies_to_you=8,
            replies_from_you=6,
            last_contact=datetime(2023, 3, 9, tzinfo=UTC),
        ),
        "you follow each other; 14 replies both ways, last in March 2023",
    ),
    (Tie(), "no contact between you is known"),
    (Tie(follows_you=False, replies_to_you=0), "no contact between you so far"),
    (Tie(you_follow=True), "you follow them"),
    (Tie(you_follow=True, follows_you=False), "you follow them, they do not follow you"),
    (Tie(you_follow=False, follows_you=True), "they follow you, you do not follow them"),
    (
        Tie(you_follow=True, follows_you=False, replies_to_you=0, replies_from_you=12),
        "you follow them, they do not follow you; you replied to them 12 times, they never replied",
    ),
    (Tie(you_follow=True, replies_from_you=2), "you follow them; you replied to them twice"),
    (Tie(replies_to_you=1), "they replied to you once"),
    (Tie(direct=1, likes_to_you=2, likes_from_you=3), "1 direct conversation; 5 likes both ways"),
    (Tie(boosts_to_you=1200), "they boosted you 1,200 times"),
    (Tie(vouched=True, you_follow=True, follows_you=True), "you vouched for them; you follow each other"),
    (Tie(not_known=True, you_follow=True), "you marked them as not known; you follow them"),
    (Tie(contact=True), "they are among your contacts"),
    (Tie(last_contact=datetime(2024, 5, 1, tzinfo=UTC)), "contact last in May 2024"),
]


@pytest.mark.parametrize(("tie", "sentence"), TOLD, ids=[sentence for _, sentence in TOLD])
def test_a_tie_is_one_sentence(tie: Tie, sentence: str) -> None:
    assert evidence(tie) == sentence


NOT_SAID = "your relationship is not known yet"


@pytest.mark.parametrize(
    ("tie", "sentence"),
    [
        (NO_TIE, NOT_SAID),
        (Tie(), NOT_SAID),
        (Tie(replies_to_you=0, replies_from_you=0), NOT_SAID),
        (Tie(replies_to_you=1), "they replied to you once; not all of it is known yet"),
        (Tie(you_follow=True, follows_you=True), "you follow each other"),
    ],
)
def test_an_unknown_relationship_is_named_and_is_not_a_missing_one(tie: Tie, sentence: str) -> None:
    assert evidence(tie, relationship_known=False) == sentence


COUNT = st.one_of(st.none(), st.integers(0, 80))
WHEN = st.one_of(st.none(), st.integers(0, 12_000).map(lambda days: NOW - timedelta(days=days)))
TIES = st.builds(
    Tie,
    you_follow=st.sampled_from([None, False, True]),
    follows_you=st.sampled_from([None, False, True]),
    replies_to_you=COUNT,
    replies_from_you=COUNT,
    mentions_to_you=COUNT,
    likes_from_you=COUNT,
    direct=COUNT,
    first_contact=WHEN,
    last_contact=WHEN,
    last_to_you=WHEN,
    last_from_you=WHEN,
    vouched=st.booleans(),
    contact=st.booleans(),
)


@given(st.lists(TIES, min_size=2, max_size=4))
def test_a_joined_person_is_never_less_known_than_their_best_known_handle(ties: list[Tie]) -> None:
    whole = merge_ties([(f"on {number}", tie) for number, tie in enumerate(ties)])
    assert strength(whole, NOW) >= max(strength(tie, NOW) for tie in ties) - 1e-12


@given(st.lists(TIES, min_size=1, max_size=4), st.randoms())
def test_it_does_not_matter_in_which_order_handles_are_counted(ties: list[Tie], chance: Any) -> None:
    other = ties.copy()
    chance.shuffle(other)
    one, two = (merge_ties([("here", tie) for tie in each]) for each in (ties, other))
    assert one == two


def test_the_evidence_of_all_handles_counts_together() -> None:
    here = Tie(you_follow=True, replies_from_you=2, replies_to_you=0, last_from_you=years_ago(3))
    there = Tie(follows_you=True, replies_to_you=2, last_to_you=years_ago(1), muted=NOW, not_known=True)
    assert [name(tie, NOW) for tie in (here, replace(there, not_known=False))] == ["stranger", "stranger"]
    whole = merge_ties([("on Mastodon", here), ("on Bluesky", there)])
    assert whole == Tie(
        you_follow=True,
        follows_you=True,
        replies_to_you=2,
        replies_from_you=2,
        last_to_you=years_ago(1),
        last_from_you=years_ago(3),
        muted=NOW,
        not_known=True,
        places=("on Mastodon", "on Bluesky"),
    )
    assert name(replace(whole, not_known=False), NOW) == "known"
    assert name(whole, NOW) == "stranger"


def test_an_unknown_count_of_one_handle_is_not_zero_for_the_person() -> None:
    seen = Tie(you_follow=False, follows_you=False, replies_to_you=0, direct=0)
    assert merge_ties([("here", seen), ("there", NO_TIE)]) == NO_TIE
    assert merge_ties([("here", seen), ("there", seen)]) == seen
    assert merge_ties([("here", replace(seen, direct=1)), ("there", NO_TIE)]).direct == 1


def test_the_sentence_names_the_source_of_the_evidence() -> None:
    mutual = Tie(you_follow=True, follows_you=True, replies_to_you=6, replies_from_you=8, last_contact=years_ago(0))
    talk = Tie(replies_to_you=1, replies_from_you=0)
    assert evidence(merge_ties([("on Mastodon", mutual), ("on Bluesky", NO_TIE)])) == (
        "you follow each other; 14 replies both ways, last in November 2026; all of it on Mastodon"
    )
    assert evidence(merge_ties([("on Mastodon", mutual), ("on Bluesky", talk)])).endswith(
        "15 replies both ways, last in November 2026; on Mastodon and on Bluesky together"
    )
    assert evidence(merge_ties([("as a@x.example", mutual), ("as a@y.example", NO_TIE)])).endswith("as a@x.example")
    assert evidence(merge_ties([("on Mastodon", NO_TIE), ("on Bluesky", NO_TIE)])) == "no contact between you is known"


def test_a_record_of_a_follower_brings_how_many_they_follow() -> None:
    seller = '{"id": "1", "text": "Hello", "author": {"handle": "s@x.example", "following": 8000}, "tie": %s}'
    line = next(iter(read_records([seller % '{"you_follow": true, "follows_you": true}'], {})))
    assert isinstance(line, Line)
    assert name(line.tie, NOW) == "stranger"

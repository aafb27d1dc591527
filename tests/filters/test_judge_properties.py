"""Property tests of the judgement."""

from datetime import UTC, datetime
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.filters.author_marks import MARKS_TO_OVERRIDE_TIE
from quietfeed.filters.base_model import EMPTY
from quietfeed.filters.explaining import MOST_REASONS
from quietfeed.filters.judge import judge
from quietfeed.filters.ties import name
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.mark import UserMarks
from quietfeed.models.person import Person
from quietfeed.models.post import Label, LabelEffect, Media, MediaKind, Poll, PollOption, Post
from quietfeed.models.text import clean_line
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import CATEGORIES, Category, Level, Verdict
from quietfeed.models.weights import Linear, Weights
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)

COUNT = st.none() | st.integers(0, 10**9)
FLAG = st.none() | st.booleans()
MOMENT = st.none() | st.datetimes(timezones=st.just(UTC))
TEXT = st.text(max_size=60) | st.sampled_from(
    [
        "use code SAVE20, link in bio!!! 💸",
        "frее ϲrypto at https://x.example",
        "メルカリ で 販売中",
        "F R E E  m0ney",
        "\ud800\u202e",
    ]
)
LINE = TEXT.map(clean_line)
MARKS: st.SearchStrategy[dict[Category, int]] = st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 9))

ties = st.builds(
    Tie,
    you_follow=FLAG,
    follows_you=FLAG,
    replies_to_you=COUNT,
    replies_from_you=COUNT,
    mentions_to_you=COUNT,
    mentions_from_you=COUNT,
    likes_to_you=COUNT,
    likes_from_you=COUNT,
    boosts_to_you=COUNT,
    boosts_from_you=COUNT,
    direct=COUNT,
    last_contact=MOMENT,
    last_to_you=MOMENT,
    last_from_you=MOMENT,
    vouched=st.booleans(),
    not_known=st.booleans(),
    contact=st.booleans(),
)
people = st.builds(
    Person,
    id=st.sampled_from(["", "1", "2"]),
    handle=st.sampled_from(["", "ada@example.social"]),
    name=LINE,
    bio=st.none() | TEXT,
    followers=COUNT,
    following=COUNT,
    posts=COUNT,
    verified=FLAG,
    bot=FLAG,
    created_at=MOMENT,
)
posts = st.builds(
    Post,
    id=st.just("p"),
    author=people,
    text=TEXT,
    created_at=MOMENT,
    links=st.none() | st.lists(TEXT, max_size=3).map(tuple),
    tags=st.none() | st.lists(TEXT, max_size=3).map(tuple),
    media=st.none() | st.lists(st.builds(Media, kind=st.sampled_from(get_args(MediaKind))), max_size=2).map(tuple),
    warning=TEXT,
    poll=st.none() | st.just(Poll((PollOption("yes"), PollOption("no")))),
    reply_to=st.none() | st.sampled_from(["", "bob@example.social"]),
    booster=st.none() | people,
    original_id=st.sampled_from(["", "q"]),
    server_filters=st.lists(LINE, max_size=2).map(tuple),
    labels=st.lists(
        st.builds(Label, name=LINE, by=LINE, effect=st.sampled_from(get_args(LabelEffect)), chosen=st.booleans()),
        max_size=2,
    ).map(tuple),
)
habits = st.none() | st.integers(3, 50).flatmap(
    lambda seen: st.builds(
        Habits,
        seen=st.just(seen),
        answers=st.integers(0, seen),
        with_link=st.integers(0, seen),
        repeated=st.integers(0, seen),
        days=st.floats(0, 4000),
    )
)
contexts = st.builds(PostContext, post=posts, tie=ties, booster_tie=st.none() | ties, habits=habits)
biases = st.tuples(*[st.floats(-60, 60)] * 4)


def certain(category: Category) -> Weights:
    """A classifier with the highest possible certainty."""
    four = tuple(50.0 if each == category else 0.0 for each in CATEGORIES)
    return Weights(Linear(bias=(four[0], four[1], four[2], four[3])), name="certain")


def check(verdict: Verdict) -> None:
    assert set(verdict.scores) == set(CATEGORIES)
    assert abs(sum(verdict.scores.values()) - 1.0) < 1e-9
    assert all(0.0 <= score <= 1.0 for score in verdict.scores.values())
    assert 1 <= len(verdict.reasons) <= MOST_REASONS
    weights = [reason.weight for reason in verdict.reasons]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] >= 0.0
    assert all(reason_text(reason) and "\n" not in reason_text(reason) for reason in verdict.reasons)
    assert verdict.shown_at(Level.everything)


@settings(max_examples=300)
@given(contexts, biases, MARKS, st.none() | st.sampled_from(CATEGORIES))
def test_any_case_gets_a_whole_verdict(
    context: PostContext, bias: tuple[float, float, float, float], marks: dict[Category, int], mark: Category | None
) -> None:
    said = UserMarks({("", "p"): mark} if mark else {}, {("", context.post.author.id): marks})
    check(judge(context, Weights(Linear(bias=bias), name="any"), marks=said, now=NOW))


@settings(max_examples=150)
@given(contexts, st.sampled_from(["celebrity", "sales", "spam"]))
def test_no_known_person_is_hidden_by_rules_or_text(context: PostContext, category: Category) -> None:
    if name(context.tie, NOW) in MARKS_TO_OVERRIDE_TIE:
        assert judge(context, certain(category), now=NOW).strictest_level == Level.known


@settings(max_examples=150)
@given(contexts, MARKS)
def test_no_known_person_is_hidden_by_fewer_than_three_marks(context: PostContext, marks: dict[Category, int]) -> None:
    noise = sum(count for category, count in marks.items() if category != "person")
    said = UserMarks({}, {("", context.post.author.id): marks})
    if name(context.tie, NOW) in MARKS_TO_OVERRIDE_TIE and noise < min(MARKS_TO_OVERRIDE_TIE.values()):
        assert judge(context, certain("spam"), marks=said, now=NOW).strictest_level == Level.known


@settings(max_examples=100)
@given(contexts, st.sampled_from(["celebrity", "sales", "spam"]), MARKS)
def test_a_vouched_person_is_always_shown(context: PostContext, category: Category, marks: dict[Category, int]) -> None:
    vouched = replace(context, tie=replace(context.tie, vouched=True, not_known=False))
    said = UserMarks({}, {("", context.post.author.id): marks})
    assert judge(vouched, certain(category), marks=said, now=NOW).strictest_level == Level.known


@settings(max_examples=100)
@given(contexts)
def test_a_model_without_words_hides_nobody_without_evidence(context: PostContext) -> None:
    post = replace(context.post, labels=())
    plain = replace(context, post=post, habits=None, tie=Tie(), booster_tie=None)
    assert judge(plain, EMPTY, now=NOW).strictest_level == Level.quiet


@settings(max_examples=100)
@given(contexts, biases)
def test_the_same_case_is_judged_the_same(context: PostContext, bias: tuple[float, float, float, float]) -> None:
    weights = Weights(Linear(bias=bias), name="any")
    assert judge(context, weights, now=NOW) == judge(context, replace(weights), now=NOW)


@settings(max_examples=300)
@given(contexts, biases)
def test_a_guess_never_hides_people_with_an_unknown_relationship(
    context: PostContext, bias: tuple[float, float, float, float]
) -> None:
    post, tie = replace(context.post, labels=()), replace(context.tie, not_known=False)
    found = judge(
        replace(context, post=post, tie=tie, relationship_known=False), Weights(Linear(bias=bias), name="any"), now=NOW
    )
    check(found)
    assert found.strictest_level == Level.known


@settings(max_examples=300)
@given(contexts, biases, MARKS, st.none() | st.sampled_from(CATEGORIES))
def test_people_with_an_unknown_relationship_are_shown_where_a_known_one_would_show_them(
    context: PostContext, bias: tuple[float, float, float, float], marks: dict[Category, int], mark: Category | None
) -> None:
    context = replace(context, post=replace(context.post, labels=()))
    said = UserMarks({("", "p"): mark} if mark else {}, {("", context.post.author.id): marks})
    weights = Weights(Linear(bias=bias), name="any")
    found = judge(replace(context, relationship_known=False), weights, marks=said, now=NOW)
    check(found)
    answers = [context.tie, replace(context.tie, you_follow=True, follows_you=True)]
    assert found.strictest_level == max(
        judge(replace(context, tie=tie), weights, marks=said, now=NOW).strictest_level for tie in answers
    )

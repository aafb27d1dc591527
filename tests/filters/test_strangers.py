"""Unmarked posts of strangers, and an author's posts taken together, correct a model of noise and friends."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from quietfeed.filters import training_rows
from quietfeed.filters.base_model import base_model
from quietfeed.filters.blend import (
    THRESHOLD_WITH_STRANGERS,
    compare,
    make_samples,
    read_like_people,
    weight_of_people,
    with_people,
)
from quietfeed.filters.examples import choose_strangers
from quietfeed.filters.features import Features, features
from quietfeed.filters.habits import habits
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.score import Scorer
from quietfeed.filters.training_cache import TrainingCache
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.weights import Blend, Weights

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GOODS = ["lamps", "chairs", "kettles", "carpets", "mirrors", "pillows", "candles", "curtains", "plates", "mugs"]
NOISE = [f"Shop our new {each} today, twenty percent off with free delivery for every order" for each in GOODS]
PLACES = ["kitchen", "garden", "river", "station", "library", "market", "harbour", "park", "office", "bakery"]
FRIENDS = [f"I walked to the {each} this morning and it rained on my head the whole way" for each in PLACES]
NOBODY = Tie(you_follow=False, follows_you=False)
FOLLOWED = Tie(you_follow=True, follows_you=False)


def context(number: int, text: str, author: str = "") -> PostContext:
    return PostContext(Post(f"p{number}", Person(author or f"s{number}", "s@there.example"), text, "a"), NOBODY)


ODDS = np.tile([-2.0, 2.0], 20)
"""What the base model says of forty strangers."""

AGREES = np.tile([-0.1, 0.1], 20)


@pytest.mark.parametrize(("shift", "least", "most"), [(-3.0, 0, 0), (0.0, 0, 0), (3.0, 2.3, 2.6), (90.0, 3.98, 4)])
def test_only_what_the_personal_model_claims_too_much_is_removed(shift: float, least: float, most: float) -> None:
    trust, found = compare(Blend(), ODDS, AGREES + shift)
    assert trust == 1
    assert least <= found <= most


@pytest.mark.parametrize(
    ("personal", "expected"),
    [(AGREES, 1), (-AGREES, 0), (30 * AGREES, 0.4), (np.zeros(40), 0.26), (np.tile([-0.1, -0.1, 0.1, 0.1], 10), 0.26)],
)
def test_a_personal_model_without_agreement_or_measure_is_trusted_less(
    personal: "np.ndarray[tuple[int], np.dtype[np.float64]]", expected: float
) -> None:
    trust, _ = compare(Blend(), ODDS, personal)
    assert trust == pytest.approx(expected, abs=0.03)


def test_equal_odds_of_all_strangers_are_no_agreement() -> None:
    same = np.full(30, 0.1 + 0.2)
    assert same.std() > 0  # Rounding makes it more than zero.
    trust, found = compare(Blend(), same, same)
    assert trust < 1
    assert found >= 0


def test_one_post_of_each_followed_stranger_is_chosen_and_none_of_a_marked_author() -> None:
    posts = [
        context(1, "the heron sat on the roof again this morning", "ada"),
        context(2, "rain all day, and the kettle broke down too", "ada"),
        context(3, "win a prize now, click the link below to claim it", "eve"),
        context(4, "buy our lamps today with a discount of ten percent", "shop"),
        context(5, "buy our lamps today with a discount of ten percent", "shop2"),
        context(6, " ", "empty"),
    ]
    fresh = replace(context(8, "posted today, so it waits until tomorrow", "bo").post, created_at=NOW)
    followed_posts = [*posts, PostContext(fresh)]
    outsider = context(7, "nobody follows me, and I write every day", "crowd")
    followed = [replace(each, tie=FOLLOWED) for each in followed_posts]
    chosen = choose_strangers([*followed, outsider], [Mark(posts[2], "spam", NOW)], NOW)
    assert sorted(each.post.author.id for each in chosen) == ["ada", "shop2"]


MARKS = [Mark(PostContext(Post(f"m{n}", Person(f"m{n}", "m"), text)), "sales", NOW) for n, text in enumerate(NOISE)]
EXAMPLES = [PostContext(Post(f"f{n}", Person("", ""), text)) for n, text in enumerate(FRIENDS)]


@settings(max_examples=4)
@given(st.lists(st.sampled_from([*NOISE, *FRIENDS, "win money fast", "my cat slept"]), min_size=20, max_size=30))
def test_whatever_strangers_write_the_personal_model_is_trusted_no_more(texts: list[str]) -> None:
    strangers = [context(number, text) for number, text in enumerate(texts)]
    before, after = learn(base_model(), MARKS, EXAMPLES), learn(base_model(), MARKS, EXAMPLES, None, strangers)
    assert after.blend.personal <= before.blend.personal
    assert after.blend.threshold >= THRESHOLD_WITH_STRANGERS
    for text in FRIENDS:
        # At worst the personal model is not trusted at all.
        assert person(after, text) >= min(person(before, text), person(base_model(), text)) - 0.05


def person(weights: Weights, text: str) -> float:
    return judge(context(0, text), weights, now=NOW).scores["person"]


def test_strangers_posts_that_read_like_a_persons_teach_their_words() -> None:
    talk = [f"the {each} smells of rain and the ferry was late, so we sang" for each in PLACES]
    ads = [f"Flash sale on {each}, order now and save forty percent" for each in GOODS]
    strangers = [context(n, text) for n, text in enumerate([*talk, *ads])]
    before, after = learn(base_model(), MARKS, EXAMPLES), learn(base_model(), MARKS, EXAMPLES, None, strangers)
    unseen = "the ferry smells of rain, and we sang with free delivery"
    assert person(after, unseen) > person(before, unseen)
    assert person(after, "Flash sale on lamps, order now and save") < 0.2


def test_the_next_training_reads_only_the_new_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = [f"the {each} smells of rain and the ferry was late, so we sang" for each in PLACES]
    strangers = [context(n, text) for n, text in enumerate([*talk, *GOODS])]
    read: list[str] = []

    def counted(context: PostContext) -> Features:
        read.append(context.post.id)
        return features(context)

    monkeypatch.setattr(training_rows, "features", counted)
    # The examples beyond the number of noise marks only measure.
    examples = [*EXAMPLES, *(PostContext(Post(f"e{n}", Person("", ""), text)) for n, text in enumerate(talk))]
    cache = TrainingCache()
    learn(base_model(), MARKS[:9], examples, cache, strangers)
    assert {"m0", "f0", "p0"} < set(read)
    read.clear()
    again = learn(base_model(), MARKS, examples, cache, strangers)
    assert set(read) == {"m9"}
    assert again == learn(base_model(), MARKS, examples, None, strangers)


def test_only_the_least_noisy_strangers_teach_and_none_that_the_base_model_calls_noise() -> None:
    base, personal = np.array([-3.0, -2.0, -1.0, 0.5, 1.0]), np.array([0.0, 1.0, 1.0, -9.0, 9.0])
    # Two of five are least noisy: the first by both models, and the fourth, which the base model calls noise.
    assert read_like_people(base, personal).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("number", [1, 40, 400])
def test_strangers_posts_count_at_most_a_quarter_of_the_noise(number: int) -> None:
    marks = [Mark(context(n, text), "spam", NOW) for n, text in enumerate(NOISE)]
    samples, _ = make_samples(marks, EXAMPLES)
    more = with_people(samples, [context(0, "tea")] * number, weight_of_people(samples, number))
    added = more.weights[len(samples.weights) :].sum()
    assert added <= min(0.5 * number, 0.25 * samples.weights[samples.targets != 0].sum()) + 1e-9
    assert (more.targets[len(samples.weights) :] == 0).all()


def test_an_authors_posts_together_count_with_the_personal_model() -> None:
    weights = learn(base_model(), MARKS, EXAMPLES)
    theirs = [replace(context(n, text, "x").post, links=()) for n, text in enumerate(NOISE[:4])]
    author = habits(theirs, base_model())
    assert author is not None
    alone = PostContext(Post("p", Person("x", "x@there.example"), "see you there", "a"), NOBODY)
    together = replace(alone, habits=author)
    said = judge(together, weights, now=NOW).scores["person"]
    assert said < judge(replace(alone, habits=replace(author, texts=())), weights, now=NOW).scores["person"]
    stored = replace(author, texts=(), voice=Scorer(weights).voice(author.texts))
    assert judge(replace(alone, habits=stored), weights, now=NOW).scores["person"] == pytest.approx(said)
    assert Scorer(base_model()).voice(author.texts) is None


@pytest.mark.parametrize("tie", [NOBODY, Tie(you_follow=True, follows_you=True)])
def test_posts_of_a_person_make_a_stranger_one_of_at_most_one_logit(tie: Tie) -> None:
    weights = learn(base_model(), MARKS, EXAMPLES)
    author = habits([context(n, text, "x").post for n, text in enumerate(FRIENDS[:4])], base_model())
    assert author is not None
    post = Post("p", Person("x", "x@there.example"), NOISE[0], "a")
    plain = judge(PostContext(post, tie, habits=replace(author, texts=())), weights, now=NOW).scores
    helped = judge(PostContext(post, tie, habits=author), weights, now=NOW).scores
    gain = np.log(helped["person"] / (1 - helped["person"])) - np.log(plain["person"] / (1 - plain["person"]))
    assert 0 <= gain <= 1.001

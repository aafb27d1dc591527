"""What a personal model learns besides words: the style of noise, and the threshold above which it may hide."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.filters.base_model import EMPTY
from quietfeed.filters.blend import fit_blend, make_samples
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.score import Scorer
from quietfeed.filters.style import style
from quietfeed.filters.training_cache import TrainingCache
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.models.weights import HIDE_THRESHOLD, Blend
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = [
    "harbour",
    "window",
    "garden",
    "letter",
    "morning",
    "kitchen",
    "bicycle",
    "river",
    "paper",
    "station",
    "coffee",
    "winter",
    "ladder",
    "orange",
]


def context(text: str, number: int = 1) -> PostContext:
    return PostContext(
        Post(str(number), Person(str(number), f"p{number}@example.social"), text, account="a", created_at=NOW)
    )


def marks(said: list[tuple[str, Category]]) -> list[Mark]:
    return [Mark(context(text, number), category, NOW) for number, (text, category) in enumerate(said)]


def sentence(random: Random, words: list[str]) -> str:
    return " ".join(random.choices(words, k=8))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Great offer for You", "Small house near Bern"),
        ("we met at 7", "they ate at 9"),
        ("LOOK here >>> https://shop.example/a", "READ this >>> https://news.example/b"),
        ("@ada are you there?", "@bob is it that?"),
    ],
)
def test_style_features_ignore_the_words(one: str, other: str) -> None:
    assert style(one).kinds == style(other).kinds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("great offer for you", "Great Offer For You"),
        ("great offer", "GREAT OFFER"),
        ("we met at 7", "we met at 7000"),
        ("come along!", "come along!!!"),
        ("come along", "come along https://shop.example"),
        ("are you there?", "are you there? @ada"),
    ],
)
def test_style_features_cover_capitals_numbers_links_and_signs(one: str, other: str) -> None:
    assert style(one).kinds != style(other).kinds


@given(st.text(max_size=400))
def test_style_features_of_a_text_are_stable(text: str) -> None:
    found = style(text)
    assert found == style(text)
    assert len(found.kinds) == len(set(found.kinds))


def test_noise_with_the_words_of_friends_is_recognised_by_its_style() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for _ in range(60):
        said.append((sentence(random, WORDS), "person"))
        said.append((sentence(random, WORDS).title() + " >>", "spam"))
    weights = learn(EMPTY, marks(said))
    text = sentence(random, WORDS)
    assert judge(context(text), weights, now=NOW).scores["person"] > 0.9
    shouted = context(text.title() + " >>")
    assert judge(shouted, weights, now=NOW).scores["person"] < 0.1
    # A verdict names the style only if no words explain it.
    model = Scorer(weights)
    explained = model.explain(shouted, model.score(shouted), "spam", most=20)
    told = "its capitals, numbers and symbols are like those in posts you marked as spam"
    assert any(reason_text(reason) == told for reason in explained)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("come along and sing", "sing and come along"),
        ("we sing #loud and long", "we #sing loud and long"),
        ("we met at 7, then", "we met at 700, then"),
        ("we met, then we ate", "we met; then we ate"),
        ("look https://shop.example/a", "look https://news.example/a"),
    ],
)
def test_style_features_cover_beginning_end_hashtags_numbers_and_signs(one: str, other: str) -> None:
    assert sorted(style(one).marked) != sorted(style(other).marked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("come along and sing", "Come and dance and SING"),
        ("look https://www.shop.example/a", "look https://shop.example/b?c=d"),
        ("@ada are you there", "@bob are they there"),
        ("we met 17 times", "we ate 21 times"),
    ],
)
def test_style_features_ignore_the_words_between(one: str, other: str) -> None:
    assert style(one).marked == style(other).marked


def test_the_position_of_a_word_can_separate_noise_from_a_person() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for _ in range(80):
        words = sentence(random, WORDS[1:])
        said.append((f"{words} harbour {words}", "person"))
        said.append((f"harbour {words} {words}", "spam"))
    weights = learn(EMPTY, marks(said))
    words = sentence(random, WORDS[1:])
    assert judge(context(f"{words} harbour {words}"), weights, now=NOW).scores["person"] > 0.8
    assert judge(context(f"harbour {words} {words}"), weights, now=NOW).scores["person"] < 0.2


def test_without_errors_on_people_the_hide_threshold_falls() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for _ in range(100):
        said.append((sentence(random, WORDS[:7]), "person"))
        said.append((sentence(random, WORDS[7:]), "spam"))
    assert learn(EMPTY, marks(said)).blend.threshold < HIDE_THRESHOLD


def test_errors_on_people_raise_the_hide_threshold() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for number in range(150):
        # Some friends write in the style of the noise.
        said.append((sentence(random, WORDS[7:] if number % 15 == 0 else WORDS[:7]), "person"))
        said.append((sentence(random, WORDS[7:]), "spam"))
    assert learn(EMPTY, marks(said)).blend.threshold > HIDE_THRESHOLD


def test_few_marks_change_no_threshold() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for _ in range(30):
        said.append((sentence(random, WORDS[:7]), "person"))
        said.append((sentence(random, WORDS[7:]), "spam"))
    assert learn(EMPTY, marks(said)).blend.threshold == HIDE_THRESHOLD


def test_what_the_rules_decided_lowers_no_trust_in_the_base_model() -> None:
    """The training queue offers posts of which rules and base model contradict each other."""
    said: list[tuple[str, Category]] = [(f"word{n}", "spam" if n % 2 else "person") for n in range(32)]
    samples, _ = make_samples(marks(said), [])
    noise = samples.targets != 0
    base = np.where(noise, -2.0, 2.0)
    nothing = np.zeros(len(base))
    plain, _ = fit_blend(samples, base, nothing, nothing, Blend())
    ruled, _ = fit_blend(samples, base, nothing, -2 * base, Blend())
    assert plain.base_model < 0.6
    assert ruled.base_model > 0.8


def test_a_margin_is_left_out_of_what_the_personal_model_adds_to_noise() -> None:
    blend = Blend(personal=0.5, limit=3.0, margin=1.0)
    assert [blend.of_personal(odds) for odds in (-4.0, 0.0, 1.0, 4.0, 40.0)] == [-2.0, 0.0, 0.0, 1.0, 2.0]


def test_the_training_cache_changes_no_result() -> None:
    random = Random(7)
    said: list[tuple[str, Category]] = []
    for _ in range(40):
        said.append((sentence(random, WORDS[:9]), "person"))
        said.append((sentence(random, WORDS[5:]), "sales"))
    lessons = marks(said)
    fresh = learn(EMPTY, marks(said))
    other = [*lessons[:20], *marks([(lessons[20].context.post.text, "spam")]), *lessons[21:]]
    cache = TrainingCache()
    learn(EMPTY, lessons[:50], cache=cache)
    learn(EMPTY, other, cache=cache)
    assert learn(EMPTY, lessons, cache=cache) == fresh
    assert learn(EMPTY, other, cache=cache) != fresh

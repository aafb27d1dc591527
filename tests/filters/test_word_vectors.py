"""Word vectors: marks carry over to words of similar meaning, also in other languages, and reasons stay exact."""

from array import array
from datetime import UTC, datetime

import numpy as np
import pytest

from quietfeed.filters.base_model import EMPTY
from quietfeed.filters.blend import Samples
from quietfeed.filters.learn import VECTOR_SHARE, learn, vector_share
from quietfeed.filters.score import Scorer
from quietfeed.filters.word_vectors import DIMENSIONS, STEP, WordVectors, word_key, word_vectors
from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.verdict import Category
from quietfeed.models.weights import Weights

NOW = datetime(2026, 11, 30, tzinfo=UTC)
_POLITICS = ("minister", "president", "parliament", "election", "government", "senate")
_GARDEN = ("garden", "tomatoes", "flowers", "kitchen", "bread", "soup")


def _context(text: str) -> PostContext:
    return PostContext(Post("1", Person("", ""), text))


def _marks(category: Category, words: tuple[str, ...]) -> list[Mark]:
    return [Mark(_context(f"about the {word} again"), category, NOW) for word in words]


@pytest.fixture(scope="module")
def learned() -> Weights:
    return learn(EMPTY, _marks("celebrity", _POLITICS) + _marks("person", _GARDEN))


def _noise(weights: Weights, text: str) -> float:
    person, *others = Scorer(weights).score(_context(text)).logits
    return max(others) - person


@pytest.mark.parametrize(
    ("noise", "person"),
    [
        ("ministry", "plants"),
        ("президент", "сад"),
        ("gobierno", "cocina"),
        ("regierung", "küche"),
        ("总统", "料理"),
        ("대통령", "음식"),
    ],
)
def test_marks_carry_over_to_words_of_similar_meaning(learned: Weights, noise: str, person: str) -> None:
    assert word_vectors().find(noise) >= 0, noise
    assert word_vectors().find(person) >= 0, person
    assert _noise(learned, noise) > _noise(learned, person)


def test_the_product_is_the_sum_over_the_dimensions() -> None:
    weights = [number / 10 - 2 for number in range(DIMENSIONS)]
    table = word_vectors()
    at = table.find("minister")
    components = table.components[DIMENSIONS * at : DIMENSIONS * (at + 1)]
    expected = sum(STEP * one * other for one, other in zip(components, weights, strict=True))
    assert table.product("minister", weights) == pytest.approx(expected)


def test_a_word_without_a_vector_adds_nothing() -> None:
    assert word_vectors().product("qzxkvwpt", [1.0] * DIMENSIONS) == 0.0
    assert word_vectors().product("\ud800", [1.0] * DIMENSIONS) == 0.0


def test_words_are_found_at_every_position_of_their_hash() -> None:
    words = sorted(["first", "second", "third"], key=word_key)
    numbers = [1] * DIMENSIONS + [2] * DIMENSIONS + [3] * DIMENSIONS
    data = array("I", map(word_key, words)).tobytes() + array("b", numbers).tobytes()
    table = WordVectors(data)
    assert [table.find(word) for word in words] == [0, 1, 2]
    assert table.find("fourth") == -1
    assert table.product(words[2], [1.0] * DIMENSIONS) == pytest.approx(3 * DIMENSIONS * STEP)
    assert WordVectors(b"").find("first") == -1


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("minister", 0),
        ("ministers", 0),
        ("ministerial", 0),
        ("ministerially", -1),
        ("maps", -1),
        ("tabled", 1),
        ("ministr", -1),
    ],
)
def test_a_word_has_the_vector_of_its_beginning(word: str, found: int) -> None:
    words = ["minister", "table", "map"]
    keys = sorted(words, key=word_key)
    data = array("I", map(word_key, keys)).tobytes() + bytes(DIMENSIONS * len(words))
    at = WordVectors(data).find(word)
    assert at == (-1 if found < 0 else keys.index(words[found]))


def test_the_hashes_of_the_table_ascend_and_each_has_a_vector() -> None:
    table = word_vectors()
    assert table.size > 40_000
    assert len(table.components) == table.size * DIMENSIONS
    for word in ("minister", "giveaway", "скидка", "今日", "gratis", "अब"):
        assert table.find(word) >= 0, word


def test_a_reason_names_a_word_that_no_mark_contained(learned: Weights) -> None:
    scorer = Scorer(learned)
    post = _context("ministro ministro")
    reasons = scorer.explain(post, scorer.score(post), "celebrity")
    assert any("ministro" in str(reason.values) for reason in reasons), reasons


def test_marks_on_noise_alone_learn_nothing_about_subjects() -> None:
    friends = [_context(f"we met in the {word} today") for word in _GARDEN]
    weights = learn(EMPTY, _marks("celebrity", _POLITICS), friends)
    assert weights.personal is not None
    assert set(weights.personal.vector) == {0.0}


def test_vectors_count_more_with_more_marks() -> None:
    def share(times: int) -> float:
        marks = (_marks("celebrity", _POLITICS) + _marks("person", _GARDEN)) * times
        targets = np.array([int(mark.category != "person") for mark in marks])
        ones = np.ones(len(marks))
        return vector_share(Samples([mark.context for mark in marks], targets, ones, ones, ones == 0))

    few, some, many = (share(times) for times in (1, 10, 100))
    assert 0 < few < 0.1 * VECTOR_SHARE
    assert few < some < many < VECTOR_SHARE
    assert many > 0.8 * VECTOR_SHARE

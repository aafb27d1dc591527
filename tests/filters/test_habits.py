"""Habits: which posts of an author are counted, and which are not."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.features import word_features
from quietfeed.filters.habits import KEPT, READ, HabitBook, fingerprint, habits
from quietfeed.models.context import Habits
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.weights import Linear, Weights

ADA = Person("1", "ada@example.social")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def post(number: int, text: str = "", **changes: object) -> Post:
    letter = chr(ord("a") + number % 26) * (4 + number // 26)
    words = text or f"{letter}one {letter}two {letter}three {letter}four {letter}five"
    made = Post(str(number), ADA, words, account="a", created_at=NOW - timedelta(days=number))
    return replace(made, **changes)


PUSHY = Weights(
    Linear(dict.fromkeys(word_features("sale"), (0.0, 0.0, 9.0, 0.0)), bias=(1.0, 0.0, 0.0, 0.0)), name="test"
)


def test_words_are_read_where_there_are_weights() -> None:
    found = habits([post(number, "sale") for number in range(4)], PUSHY)
    assert found is not None
    assert found.words is not None
    assert found.words[0] == 1.0
    assert found.words[2] > 9.0


def test_without_weights_no_words_are_read() -> None:
    found = habits([post(number, "sale") for number in range(4)])
    assert found is not None
    assert found.words is None


def test_the_author_is_not_part_of_the_text() -> None:
    star = replace(ADA, followers=9_000_000, following=1, bot=True, bio="sale")
    plain, starred = (
        habits([post(number, "a sale", author=author) for number in range(3)], base_model()) for author in (ADA, star)
    )
    assert plain == starred


def test_only_the_first_eight_are_read() -> None:
    found = habits([post(number, "sale" if number >= READ else "") for number in range(READ + 20)], PUSHY)
    assert found is not None
    assert found.words == (1.0, 0.0, 0.0, 0.0)


def test_two_posts_are_too_few() -> None:
    assert habits([post(1), post(2)]) is None


def test_answers_links_repetition_and_days_are_counted() -> None:
    posts = [
        post(0, "Our new lamp is here https://shop.example/1"),
        post(1, "Our new lamp is here! https://shop.example/2"),
        post(2, reply_to="bob@example.social"),
        post(4, links=("https://news.example",)),
    ]
    assert habits(posts) == Habits(seen=4, answers=1, with_link=3, repeated=2, days=4.0)


def test_a_thread_of_their_own_is_no_answer() -> None:
    posts = [post(n, reply_to="ada@example.social", reply_to_person="1") for n in range(3)]
    assert habits(posts) == Habits(seen=3, answers=0, days=2.0)


def test_boosts_are_left_out() -> None:
    posts = [post(n, booster=Person("2", "bob@example.social")) for n in range(9)]
    assert habits(posts) is None


def test_posts_without_a_time_span_no_days() -> None:
    found = habits([post(n, created_at=None) for n in range(5)])
    assert found == Habits(seen=5, days=0.0)


def test_a_post_that_comes_twice_counts_once() -> None:
    book = HabitBook()
    for each in (post(1), post(1), post(2), post(3), post(3)):
        book.add(each)
    assert book.of(("a", "1")) == Habits(seen=3, days=2.0)


def test_the_newest_fifty_count_in_any_order_of_arrival() -> None:
    book = HabitBook()
    for each in [post(n, links=("https://x.example",) if n >= KEPT else ()) for n in range(KEPT + 20)][::-1]:
        book.add(each)
    for older in range(200, 210):
        book.add(post(older, links=("https://x.example",)))
    assert book.of(("a", "1")) == Habits(seen=KEPT, with_link=0, days=KEPT - 1.0)


def test_dropped_posts_no_longer_count_as_repeated() -> None:
    book = HabitBook()
    for number in range(KEPT + 2):
        text = "the very same words once more" if number >= KEPT - 1 else ""
        book.add(post(number, text))
    found = book.of(("a", "1"))
    assert found is not None
    assert found.repeated == 0


def test_the_same_person_id_on_two_accounts_is_two_authors() -> None:
    book = HabitBook()
    for number in range(6):
        book.add(post(number, account="a" if number % 2 else "b"))
    found = book.of(("a", "1"))
    assert found is not None
    assert found.seen == 3


def test_an_author_who_is_not_known_has_no_habits() -> None:
    book = HabitBook()
    for number in range(6):
        book.add(post(number, author=Person("", "")))
    assert book.of(("a", "")) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Buy 2 lamps at https://a.example today", "buy 3 LAMPS at https://b.example/x today!"),
        ("@bob sorry to hear that, please DM us", "@eve@mas.to sorry to hear that... please DM us"),
        ("Доброе утро, друзья мои 1", "доброе утро друзья мои 2"),
    ],
)
def test_links_handles_numbers_and_signs_make_no_other_text(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other) != 0


def test_a_brand_that_greets_everybody_by_name_repeats_itself() -> None:
    names = ["Anna", "Benedikt", "Chiara", "Dmitri", "Esther", "Farid", "Giulia", "Hannah", "Iliana", "Joaquim"]
    words = "Hi {}, sorry to hear about this! Please send us a direct message with your order number, we will help"
    found = habits([post(number, words.format(each)) for number, each in enumerate(names)])
    assert found is not None
    assert found.repeated >= 6


def test_other_words_are_another_text() -> None:
    one = "The bakery on the corner finally sells rye bread again, come along tomorrow?"
    other = "Tomorrow we walk to the lake before breakfast, bring bread and something warm"
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("text", ["", "lol", "🟩🟩⬛⬛🟩 4/6", "https://a.example/b", "\ud800 yes"])
def test_hardly_any_text_is_never_the_same_again(text: str) -> None:
    assert fingerprint(text) == 0

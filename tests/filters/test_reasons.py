"""Reasons are specific, true, and agree with the category."""

import unicodedata
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from quietfeed.filters.base_model import base_model
from quietfeed.filters.calls import WORD_PHRASES
from quietfeed.filters.deciders import decide
from quietfeed.filters.features import CALL, features
from quietfeed.filters.judge import judge
from quietfeed.filters.learn import learn
from quietfeed.filters.normalise import normalise
from quietfeed.filters.reasons import Attributions, explains, reasons
from quietfeed.filters.score import Scorer
from quietfeed.filters.shape import shape, written
from quietfeed.models.context import Habits, PostContext
from quietfeed.models.mark import NO_MARKS, Mark
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.tie import Tie
from quietfeed.models.verdict import Category
from quietfeed.models.weights import Linear, Weights
from quietfeed.phrases.reasons import reason_text

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SHOP = Person("1", "shop@example.social", "Shop", followers=60_000, following=40)
STYLED: list[tuple[str, Category]] = [
    *((f"BARGAIN >>> VOUCHER {n} !!!", "sales") for n in range(10, 16)),
    *((f"the heron came back to pond {n}", "person") for n in range(10, 16)),
]
READS_LIKE_SALES = Habits(20, 2, 5, 0, 9.0, (0.0, 0.0, 4.0, 0.0))


def says(celebrity: float = 0.0, sales: float = 0.0) -> Weights:
    return Weights(Linear(bias=(0.0, celebrity, sales, 0.0)), name="test")


@pytest.mark.parametrize(("category", "first"), [("celebrity", "account"), ("sales", "posts_alike")])
def test_the_authors_posts_together_come_first_only_if_nothing_concrete_agrees(category: Category, first: str) -> None:
    weights = says(celebrity=12) if category == "celebrity" else says(sales=4)
    if category == "celebrity":
        weights = replace(
            weights, base_model=replace(weights.base_model, named={"account:audience": (0.0, 3.0, 0.0, 0.0)})
        )
    context = PostContext(Post("p", SHOP, "Hello Monday"), habits=READS_LIKE_SALES)
    verdict = judge(context, weights, now=NOW)
    assert verdict.category == category
    assert verdict.reasons[0].kind == first
    told = [reason_text(reason) for reason in verdict.reasons]
    assert category == "sales" or not any("sales" in each for each in told)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Our winter sale: use code SNOW20 at the till, everything in the shop must go", "use code"),
        ("Now only $19.99! Order now, free shipping on everything in our store", "order now"),
    ],
)
def test_the_wording_comes_before_the_authors_habits(text: str, first: str) -> None:
    verdict = decide(PostContext(Post("p", SHOP, text), habits=READS_LIKE_SALES), Scorer(base_model()), NO_MARKS, NOW)
    told = [reason_text(reason) for reason in verdict.reasons]
    assert any(first in each for each in told)
    assert "posts together" not in told[0]


@pytest.mark.parametrize(
    "word",
    [
        "は",
        "の",
        "는",
        "you",
        "the",
        "на",
        "без",
        "der",
        "20",
        "3.50",
        "a",
        "ब",
        "//track.example",
        "!!",
        "$",
        "@",
        "in",
    ],
)
def test_words_without_weight_are_not_quoted(word: str) -> None:
    assert not explains(word)


@pytest.mark.parametrize("word", ["giveaway", "скидка", "50x", "クーポン", "🔥"])
def test_words_with_weight_are_quoted(word: str) -> None:
    assert explains(word)


@pytest.mark.parametrize("text", ["$VET and $BTC hold", "long $AAPL, short $TSLA", "I paid in $CAD"])
def test_a_cashtag_is_no_disguise(text: str) -> None:
    assert normalise(text)[1] == 0


@pytest.mark.parametrize("text", ["buy v1agra n0w", "fr€e ca$h", "F R E E money"])
def test_a_disguise_is_one(text: str) -> None:
    assert normalise(text)[1] > 0 or "€" in text


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-23", "2026-11-23 10:00", "23.11.2026", "on 23-11-2026 at noon", "192.168.100.200", "1990 - 2020"),
        *("ISBN 978-3-16-148410-0", "978-3-16-148410-0", "6-4 6-3 7-5", "(21-14) (21-19)", "1 234 567", "12.345.678"),
        *("1,1,1,1,1,1,1,1", "10:30 - 11:45"),
        *("21.5 22.3 19.8", "0.5 0.25 0.125", "07.12.26 08.12.26", "04 11 19 23 38 45"),
    ],
)
def test_a_date_an_address_a_book_or_a_score_is_no_phone_number(text: str) -> None:
    assert "shape:phone" not in shape(written(Post("p", SHOP, text)), text, text.split(), 0)


@pytest.mark.parametrize(
    "text", ["07911 123456", "+49 30 123456-78", "(030) 1234567", "06 12 34 56 78", "555-123-4567"]
)
def test_a_phone_number_is_one(text: str) -> None:
    assert "shape:phone" in shape(written(Post("p", SHOP, text)), text, text.split(), 0)


def test_a_brands_service_desk_is_a_broadcast_and_sells_nothing() -> None:
    desk = Habits(20, 18, 0, 2, 9.0, (0.0, 0.0, 3.0, 0.0))
    text = "Sorry to hear that! Please send us a message with your order number"
    verdict = judge(PostContext(Post("p", SHOP, text, reply_to="ada"), Tie(), habits=desk), base_model(), now=NOW)
    assert verdict.category == "celebrity"
    assert verdict.reasons[0].kind == "mass_answers"


def test_the_reason_of_a_strangers_boosted_post_names_the_booster_first() -> None:
    bob = Person("2", "bob@example.social", "Bob")
    friend = Tie(you_follow=True, follows_you=True)
    context = PostContext(Post("p", Person("3", "c@example.social"), "tea", booster=bob), Tie(), friend)
    verdict = judge(context, Weights(Linear(bias=(3.0, 0.0, 0.0, 0.0)), name="test"), now=NOW)
    assert [reason.kind for reason in verdict.reasons] == ["boosted", "stranger"]


@pytest.mark.parametrize(
    ("written", "word"), [("كِتَاب", "كتاب"), ("مـجـانـي", "مجاني"), ("שָׁלוֹם", "שלום"), ("قرآن", "قرآن")]
)
def test_vowels_that_most_writers_leave_out_make_no_other_word(written: str, word: str) -> None:
    plain = unicodedata.normalize("NFC", written)
    found = features(PostContext(Post("p", SHOP, f"{plain} ☕")))
    assert found.text.words[0] == word
    assert "shape:disguise" not in found.named


@pytest.mark.parametrize("word", ["बारिश", "বৃষ্টি", "மழைக்காலம்", "été"])
def test_a_word_is_not_cut_at_a_combining_mark(word: str) -> None:
    plain = unicodedata.normalize("NFC", word)
    assert features(PostContext(Post("p", SHOP, f"{plain} ☕"))).text.words[0] == plain


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Everything must go, shop now for $1,299.50 only", "it mentions a price: $1,299.50"),
        ("Flash sale, 35% off the whole collection, shop now", "it mentions a percentage: 35%"),
        ("Win a prize, call now +44 20 7946 0958", "it contains a phone number: +44 20 7946 0958"),
    ],
)
def test_a_number_with_weight_for_noise_is_quoted(text: str, sentence: str) -> None:
    context = PostContext(Post("p", Person("", ""), text))
    scored = Scorer(base_model()).score(context)
    told = [reason_text(each) for each in Scorer(base_model()).explain(context, scored, "sales", most=20)]
    told += [reason_text(each) for each in Scorer(base_model()).explain(context, scored, "spam", most=20)]
    assert sentence in told


def test_the_style_is_no_reason_beside_words() -> None:
    marks = [Mark(PostContext(Post(str(n), SHOP, text)), category, NOW) for n, (text, category) in enumerate(STYLED)]
    verdict = judge(PostContext(Post("p", SHOP, "BARGAIN >>> VOUCHER 50 !!!")), learn(base_model(), marks), now=NOW)
    kinds = [reason.kind for reason in verdict.reasons]
    assert "wording" in kinds
    assert "style" not in kinds


@pytest.mark.parametrize("text", ["We are so glad that you came to the hall", "let us know what you think of it"])
def test_a_call_of_function_words_alone_is_not_quoted(text: str) -> None:
    quoted = [reason_text(each) for each in judge(PostContext(Post("p", SHOP, text)), base_model(), now=NOW).reasons]
    assert not any(phrase in each for each in quoted for phrase in ('"we are"', '"let us"', '"us know"'))


def test_a_word_with_a_small_part_is_not_quoted_beside_what_posts_say_together() -> None:
    choir = Person("1", "choir@x.example", "Bay Choir", "Rehearsals on Wednesdays", followers=95, following=110)
    habits = Habits(8, words=(0.0, 0.4, 0.9, 0.0))
    context = PostContext(Post("p", choir, "A big thank you to Margaret, after 22 years at the piano"), habits=habits)
    reasons = judge(context, base_model(), now=NOW).reasons
    assert any(reason.kind == "posts_alike" for reason in reasons)
    assert not any("margaret" in str(reason.values) for reason in reasons)


def test_the_first_word_of_a_call_explains_its_weight() -> None:
    calls = sorted(word for word, group in WORD_PHRASES.items() if group == WORD_PHRASES["followback"])
    assert len(calls) > 1
    for order in (calls, calls[::-1]):
        post = Post("1", SHOP, " ".join(order))
        named = {f"{CALL}{WORD_PHRASES['followback']}": 2.0}
        text = features(PostContext(post)).text
        shares = Attributions(text, text.named, "", dict.fromkeys(order, 0.5), {}, named)
        told = reasons(shares, "spam", post)
        assert told[0].values == ("spam", order[0])
        assert told[0].weight == 2.5

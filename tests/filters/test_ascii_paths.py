"""The faster code for ASCII text has the same results as the general code."""

from itertools import pairwise
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from quietfeed.filters import features, normalise, shape, style
from quietfeed.filters.base_model import base_model
from quietfeed.filters.score import Scorer
from quietfeed.models.context import PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post

# Few characters, so that words, signs and spaces meet often.
ASCII = st.text(st.sampled_from("abKk01 .-_*!$@|'?:;()%/\n#\x1f\r"), max_size=40)
RUNS = st.sampled_from(
    ["a", "some", "words", "aB", "Title", "http://a.b", "www.a", "x:", "end.", "#", "tag", "@me", "5", "_", "\n", " "]
)
TEXTS = st.lists(
    st.sampled_from(
        ["use code", "buy", " ", "ünï", "日本語", "…", "5 EUR", "5K", "@ada", "https://a.example/b", "www.b"]
    )
).map("".join)


@given(ASCII)
def test_ascii_is_tested_and_cut_like_other_text(text: str) -> None:
    lower = text.lower()
    if normalise._SPACED.search(lower):
        assert normalise._has_letters_alone(lower)
    assert normalise._has_leet_sign(lower) == bool(normalise._SIGN.search(lower) and normalise._LEET_SIGN.search(lower))
    assert normalise._has_three_alike(lower) == bool(normalise._REPEATED.search(lower))
    assert features._ASCII_TOKEN.findall(lower) == features._TOKEN.findall(lower)
    assert shape._numbers(text) == shape._DIGITS.findall(text)


@given(st.one_of(ASCII, st.lists(RUNS, max_size=90).map(" ".join), st.lists(RUNS, max_size=8).map("".join)))
def test_runs_of_small_words_have_the_style_of_their_words(text: str) -> None:
    tokens = style._TOKEN.findall(text)[: style._MOST_TOKENS]
    kinds = [crc32(style._name(token).encode()) for token in tokens]
    sequence = [style._FIRST, *kinds, style._LAST]
    seen = set(kinds)
    for one, two in pairwise(sequence):
        seen.add(one * style._MIX + two & style._BITS)
    for one, two, three in zip(sequence, sequence[1:], sequence[2:], strict=False):
        seen.add((one * style._MIX + two & style._BITS) * style._MIX + three & style._BITS)
    found = style.style(text)
    if tokens:
        assert set(found.kinds) == seen
        assert list(found.marked[:2]) == [style._word(tokens[0], style._FIRST), style._word(tokens[-1], style._LAST)]
        tags = {word for sign, word in pairwise(tokens) if sign[-1] == "#"}
        assert {style._word(word, style._TAG) for word in tags} <= set(found.marked)
    else:
        assert not found.kinds


@given(st.text(st.sampled_from("abc01'"), min_size=1, max_size=30))
def test_the_pieces_of_a_word_of_ascii_are_those_of_its_letters(word: str) -> None:
    padded = f" {word[:24]} "
    pieces = {padded[start:end] for end in range(len(padded) + 1) for start in range(end) if 3 <= end - start <= 5}
    found = features.word_features(word)
    assert len(set(found[:3])) == 1
    assert sorted(found[3:]) == sorted(crc32(b"c" + piece.encode()) for piece in pieces)


@given(st.text(st.sampled_from("0123.,  bceKkRruUsStTLl£$z"), max_size=12))
def test_no_price_is_missed_by_the_cheap_test(text: str) -> None:
    if text.isascii() and "$" not in text and shape._PRICE.search(text):
        assert shape._MAYBE_PRICE.search(text)


@given(st.lists(st.one_of(TEXTS, ASCII), min_size=1, max_size=4))
def test_kept_texts_score_like_new_ones(texts: list[str]) -> None:
    keeping, new = Scorer(base_model()), Scorer(base_model(), keeps_texts=False)
    for text in [*texts, *texts]:
        context = PostContext(Post("1", Person("", ""), text))
        kept, read = keeping.score(context), new.score(context)
        assert kept.logits == read.logits
        assert keeping.explain(context, kept, "sales") == new.explain(context, read, "sales")

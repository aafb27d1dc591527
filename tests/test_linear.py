"""What is done with a text takes time in proportion to its length, whatever a stranger repeats in it."""

from collections.abc import Callable
from time import process_time

import pytest

from quietfeed.filters.bios import bio_words
from quietfeed.filters.features import bio_features, features
from quietfeed.filters.habits import fingerprint
from quietfeed.filters.normalise import normalise
from quietfeed.filters.profiles import names_of
from quietfeed.filters.shape import shape, written
from quietfeed.filters.style import style
from quietfeed.models.context import PostContext
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.query import matches, terms
from quietfeed.models.text import clean, clean_line
from quietfeed.sources.bluesky.facets import rich_text
from quietfeed.sources.html import read_html
from quietfeed.tui.widgets.wrap import wrap

PIECES = [
    *("1,1.", "_!_!", "1", "1 ", "1.", "1-1 ", "(1", "$1", "1€", "a!", "!", "@a", "@a@", "a_", "-a_", "a ", "aa "),
    *("http://", "https://a ", "www.", "://a.", "a.b@c.d ", "\u0301", "a\u0301", "\u0316\u0301", "\u200b", "a\u200b"),
    *(
        "\U0001f600",
        "\U000e0061",
        "क\u093f",
        "\u094d\u093c",
        "가",
        "\u1100\u1161",
        "ﷺ",
        "あ",
        "é",
        "#",
        "#a",
        "\n",
        " \n",
        "'",
        "a'",
    ),
    *('"', "(", ")", "[x](", "_", "*", "%", "…"),
    *(
        "<b>",
        "</b>",
        "<ul><li>",
        "<ol><li>",
        "<del>",
        "<del><br>",
        "<sup>1</sup>",
        "<sup>",
        "<td>a",
        "<blockquote>",
        "<p> </p>",
        "&",
        "&a;",
        "<a href=x>",
        "<!--",
    ),
]
SHORT, TIMES = 6_000, 4
# A quadratic function takes 16 times as long, a linear one 4 times. One measurement within the bound is enough.
MOST_GROWTH = 9.0
TOO_SHORT_TO_TELL = 0.02


def judged(text: str) -> None:
    author = Person("1", "a@b.example", "A", bio=text)
    features(PostContext(Post("p", author, text, warning=text)))


def shaped(text: str) -> None:
    shape(written(Post("p", Person("1", "a"), text)), text, text.split(), 0)


def named(text: str) -> None:
    names_of(Person("1", "a@b.example", bio=text))


def unmarked(text: str) -> None:
    read_html(text)
    read_html(f"<p>{text}</p>" * 2)


def faceted(text: str) -> None:
    feature = {"$type": "app.bsky.richtext.facet#tag", "tag": "a"}
    places = range(0, len(text) // 2, 2)
    facets = [{"index": {"byteStart": at, "byteEnd": at + 1}, "features": [feature]} for at in places]
    rich_text({"text": text, "facets": facets})


def wrapped(text: str) -> None:
    wrap(text[: len(text) // 4], 40)


def searched(text: str) -> None:
    for query in ("a b", '"1 1"', "!", "あ"):
        list(matches(text, terms(query)))


FUNCTIONS: list[Callable[[str], object]] = [
    *(normalise, shaped, judged, style, fingerprint, bio_words, bio_features, named, clean, clean_line, searched),
    *(unmarked, faceted, wrapped),
]


def took(function: Callable[[str], object], text: str) -> float:
    """The processor time of one call in seconds: what else runs on the machine does not count."""
    begin = process_time()
    function(text)
    return process_time() - begin


def grows_too_fast(function: Callable[[str], object], piece: str) -> bool:
    """Whether four times the text takes more than nine times as long, each time that it is measured."""
    # Each text ends in another letter, so that no cache answers.
    for end in "abcdefgh":
        long = took(function, f"{(piece * SHORT * TIMES)[: SHORT * TIMES]}{end}")
        if long <= TOO_SHORT_TO_TELL or long <= MOST_GROWTH * took(function, f"{(piece * SHORT)[:SHORT]}{end}"):
            return False
    return True


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_time_grows_with_the_length_of_a_text_and_no_faster(function: Callable[[str], object]) -> None:
    assert [piece for piece in PIECES if grows_too_fast(function, piece)] == []

"""Processing a text takes linear time, even if a stranger repeats something in it."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from time import process_time

import pytest

from quietfeed.cli.wrapping import wrap as wrap_lines
from quietfeed.codec.opml import read_opml
from quietfeed.codec.vcard import read_vcards
from quietfeed.filters.bios import bio_words
from quietfeed.filters.duplicates import NearCopies
from quietfeed.filters.features import bio_features, features
from quietfeed.filters.habits import fingerprint
from quietfeed.filters.imitation import KnownNames
from quietfeed.filters.normalise import normalise
from quietfeed.filters.profiles import names_of
from quietfeed.filters.shape import shape, written
from quietfeed.filters.style import style
from quietfeed.models.compose import ComposeRules, measure, split
from quietfeed.models.context import PostContext
from quietfeed.models.draft import Draft
from quietfeed.models.errors import QuietfeedError
from quietfeed.models.link import Link, without_tracking
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.query import matches, terms
from quietfeed.models.text import clean, clean_handle, clean_line, clean_typed
from quietfeed.session.completing import Completer
from quietfeed.sources.blogs.parse import parse_feed
from quietfeed.sources.blogs.parsed import NotAFeed
from quietfeed.sources.bluesky.facets import rich_text
from quietfeed.sources.bluesky.richtext import facets_of
from quietfeed.sources.entities import joined_address
from quietfeed.sources.html import read_article, read_html
from quietfeed.sources.links import links_in
from quietfeed.sources.mastodon import importing as lists
from quietfeed.sources.start_tags import start_tags
from quietfeed.sources.x.scan import objects
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
    *('"', "(", ")", "[x](", "_", "*", "%", "…", ".@", "https://a.b/) ", "/", "a,b\n", "\\", "[{", "}]"),
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


def tagged(text: str) -> None:
    list(start_tags(text))
    list(start_tags(f"<a {text}"))


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


def typed(text: str) -> None:
    clean_typed(text)
    clean_handle(text)
    Completer([], [], "a").complete(text)
    measure(Draft(text), ComposeRules(url_characters=23, short_mentions=True))
    facets_of(text, {})


def threaded(text: str) -> None:
    split(Draft(text[: len(text) // 2], thread=True), ComposeRules())


def linked(text: str) -> None:
    link = Link(f"https://{text}", text)
    _ = link.tricks, link.shows_host, link.ascii_host
    Link(f"https://{text.encode().hex('%')}").tricks  # noqa: B018
    without_tracking(f"https://a.example/?{text}")
    joined_address("https://a.example/", f"http://a{text}")
    links_in(text)


def on_a_page(text: str) -> None:
    read_article(f'<a href="http://a{text}">{text}</a>', "https://a.example/")


def in_a_feed(text: str) -> None:
    body = f"<rss><channel><link>http://a{text}</link><item><title>{text}</title><link>http://a{text}</link>"
    with suppress(NotAFeed):
        parse_feed(body[: len(text) // 2].encode("utf-8", "replace"), "https://a.example/")


def imitating(text: str) -> None:
    KnownNames([Person("1", text, text)]).imitated_by(Person("2", text, text))


def copied(text: str) -> None:
    copies = NearCopies()
    copies.add(text)
    copies.find(f"{text}x")


def printed(text: str) -> None:
    wrap_lines(text, 40)


def imported(text: str) -> None:
    data = text.encode("utf-8", "replace")
    read_vcards(b"BEGIN:VCARD\n" + data)
    lists.read(BytesIO(b"Account address,Show boosts\n" + data), "follows", "following_accounts.csv")
    for read in (read_opml, lambda data: list(objects(BytesIO(b"a = [" + data).read))):
        with suppress(QuietfeedError):
            read(b"<opml><body>" + data)


FUNCTIONS: list[Callable[[str], object]] = [
    *(normalise, shaped, judged, style, fingerprint, bio_words, bio_features, named, clean, clean_line, searched),
    *(
        unmarked,
        tagged,
        faceted,
        wrapped,
        typed,
        threaded,
        linked,
        on_a_page,
        in_a_feed,
        imitating,
        copied,
        printed,
        imported,
    ),
]


def took(function: Callable[[str], object], text: str) -> float:
    """The processor time of one call in seconds, without other programs."""
    begin = process_time()
    function(text)
    return process_time() - begin


def grows_too_fast(function: Callable[[str], object], piece: str) -> bool:
    """Whether four times the text takes more than nine times as long in every measurement."""
    # Each text ends in another letter, so that no cache is used.
    for end in "abcdefgh":
        long = took(function, f"{(piece * SHORT * TIMES)[: SHORT * TIMES]}{end}")
        if long <= TOO_SHORT_TO_TELL or long <= MOST_GROWTH * took(function, f"{(piece * SHORT)[:SHORT]}{end}"):
            return False
    return True


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_time_grows_with_the_length_of_a_text_and_no_faster(function: Callable[[str], object]) -> None:
    assert [piece for piece in PIECES if grows_too_fast(function, piece)] == []

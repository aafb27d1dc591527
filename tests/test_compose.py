"""Lengths as the networks count them, and long texts split into threads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietfeed.models.compose import ComposeRules, count_graphemes, measure, pieces_in, split
from quietfeed.models.draft import Draft, Pointer, Visibility, is_wider, reply_mentions, visibility_of
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.phrases.composing import held_text
from quietfeed.sources.registry import compose_rules

MASTODON = compose_rules("mastodon")
BLUESKY = compose_rules("bluesky")
FAMILY = "👨‍👩‍👧‍👦"
LINK = "https://example.org/a/long/path?with=a&query=of-many-letters"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("hello", 5),
        ("héllo", 5),
        ("he\u0301llo", 5),
        (FAMILY, 1),
        ("🇩🇪🇫🇷", 2),
        ("👍🏽", 1),
        ("각", 1),
        ("नमस्ते", 3),
    ],
)
def test_a_character_is_what_a_reader_sees(text: str, count: int) -> None:
    assert count_graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "mastodon", "bluesky"),
    [
        (f"see {LINK}", 4 + 23, 4 + len(LINK)),
        (f"see ({LINK}).", 4 + 23 + 3, 7 + len(LINK)),
        ("http://a.b", 23, 10),
        ("hi @ada@mastodon.example!", 8, 25),
        ("hi @ada", 7, 7),
        ("mail ada@mastodon.example", 25, 25),
        (f"{FAMILY} #tag", 6, 6),
    ],
)
def test_each_network_counts_links_and_mentions_its_own_way(text: str, mastodon: int, bluesky: int) -> None:
    assert measure(Draft(text), MASTODON).count == mastodon
    assert measure(Draft(text), BLUESKY).count == bluesky


def test_the_warning_counts() -> None:
    assert measure(Draft("text", warning="food"), MASTODON).count == 8


def test_the_excess_begins_at_the_first_character_too_many() -> None:
    assert measure(Draft("x" * 300), BLUESKY).fits
    assert measure(Draft("x" * 302), BLUESKY).excess_at == 300
    text = FAMILY * 301
    # The bytes are used up long before the graphemes.
    length = measure(Draft(text), BLUESKY)
    assert length.count == 301
    assert length.excess_at == len(FAMILY) * (3_000 // len(FAMILY.encode()))
    rules = ComposeRules(characters=30, url_characters=23)
    assert measure(Draft(f"0123456 {LINK} x"), rules).excess_at == 8


@given(st.text(max_size=200), st.integers(1, 50))
def test_the_text_before_the_excess_fits(text: str, limit: int) -> None:
    rules = ComposeRules(characters=limit, text_bytes=3 * limit)
    length = measure(Draft(text), rules)
    if length.excess_at is not None:
        before = text[: length.excess_at]
        assert measure(Draft(before), rules).fits
        assert length.excess_at < len(text)


def test_a_thread_is_split_where_a_reader_would_pause() -> None:
    rules = ComposeRules(characters=40)
    text = "A first paragraph of a few words.\n\nA second one. It has two sentences, and they are long."
    assert split(Draft(text), rules) == [
        "A first paragraph of a few words.",
        "A second one. It has two sentences, and",
        "they are long.",
    ]
    assert split(Draft("short"), rules) == ["short"]
    assert split(Draft(""), rules) == [""]


def test_a_link_and_a_mention_are_never_split() -> None:
    rules = ComposeRules(characters=40)
    text = "some words before @someone.with.a.long-name.example and after"
    assert all("@someone.with.a.long-name.example" in part or "@" not in part for part in split(Draft(text), rules))
    glued = f"wordwordwordwordword(https://example.org/{'p' * 10})"
    assert any("https://example.org/pppppppppp" in part for part in split(Draft(glued), rules))


@given(st.text(alphabet=st.sampled_from("ab \n.@#👍🏽é/:https"), max_size=400), st.integers(5, 60))
def test_the_parts_fit_and_lose_nothing(text: str, limit: int) -> None:
    rules = ComposeRules(characters=limit, text_bytes=10 * limit)
    parts = split(Draft(text), rules)
    assert all(measure(Draft(part), rules).fits for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("visibility", ["public", "unlisted", "followers", "direct"])
def test_each_part_of_a_private_thread_mentions_the_people_it_is_for(visibility: Visibility) -> None:
    """A direct post is read by the people it mentions: without a mention, a part would reach nobody."""
    rules = ComposeRules(characters=60, short_mentions=True, features=frozenset({"mentions"}))
    text = f"@ada@there.example @bo {'some words to read ' * 8}@cy"
    first, *others = split(Draft(text, visibility=visibility), rules)
    assert first.startswith("@ada@there.example @bo some words")
    assert len(others) > 1
    private = visibility in ("followers", "direct")
    assert all(each.startswith("@ada@there.example @bo ") is private for each in others)
    assert [each.count("@cy") for each in others] == [0] * (len(others) - 1) + [1]
    assert all(measure(Draft(part), rules).fits for part in (first, *others))
    narrow = ComposeRules(characters=20, features=frozenset({"mentions"}))
    assert split(Draft(text, visibility=visibility), narrow)[1:] == split(Draft(text), narrow)[1:]


def test_a_warning_that_is_too_long_ends_the_split() -> None:
    rules = ComposeRules(characters=10)
    assert split(Draft("some text", warning="x" * 20), rules) == ["some text"]


def test_links_mentions_and_tags_are_found_in_a_text() -> None:
    text = "@ada: see https://a.example/@bob#top, #Straße and #42, not a#b or mail@x.example (https://b.example/x_(y))"
    assert [(piece.kind, piece.target) for piece in pieces_in(text)] == [
        ("mention", "ada"),
        ("link", "https://a.example/@bob#top"),
        ("hashtag", "Straße"),
        ("link", "https://b.example/x_(y)"),
    ]


def test_a_reply_is_never_wider_than_the_post_by_itself() -> None:
    private = Pointer("a", "1", visibility="followers")
    assert Draft("x", reply_to=private).audience == "followers"
    assert Draft("x", reply_to=private, visibility="public").is_wider_than_answered
    assert not Draft("x", reply_to=private, visibility="direct").is_wider_than_answered
    assert is_wider("unlisted", "followers")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("public", "public"),
        ("", "public"),
        ("private", "followers"),
        ("mutuals_only", "followers"),
        ("direct", "direct"),
    ],
)
def test_an_unknown_audience_is_a_narrow_one(said: str, meant: str) -> None:
    assert visibility_of(Post("1", Person("2", "ada"), "x", visibility=said)) == meant


def test_a_reply_names_the_author_and_the_mentioned_but_not_oneself() -> None:
    pointer = Pointer("a", "1", handle="ada@x.example", mentions=("june@y.example", "bob@z.example", "ada@x.example"))
    assert reply_mentions(pointer, ("June@y.example",)) == ("ada@x.example", "bob@z.example")


def test_posts_that_wait_are_counted() -> None:
    assert held_text(1, 1, "u") == "the post is sent in 1 second · u cancels it"
    assert held_text(1, 10, "u", edits=True) == "the edit is sent in 10 seconds · u cancels it"
    assert held_text(2, 10, "u") == "2 posts are sent in 10 seconds · u cancels them"

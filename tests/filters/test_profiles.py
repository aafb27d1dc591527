"""Two profiles belong to one person only if each links to the other; no text makes the comparison slow."""

import pytest

from quietfeed.filters.profiles import link_each_other, named_by, names_of
from quietfeed.models.person import Person


def fedi(bio: str = "", *links: str, handle: str = "ada@example.social", url: str = "") -> Person:
    return Person("7", handle, bio=bio, network="mastodon", url=url or "https://example.social/@ada", links=links)


def sky(bio: str = "", *links: str, handle: str = "ada.example", did: str = "did:plc:ada") -> Person:
    return Person(did, handle, bio=bio, network="bluesky", url=f"https://bsky.app/profile/{handle}", links=links)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("https://bsky.app/profile/ada.example", "@ada@example.social"),
        ("https://bsky.app/profile/Ada.Example/", "mastodon: ada@Example.social."),
        ("https://bsky.app/profile/did:plc:ada", "https://example.social/@ada"),
        ("https://bsky.app/profile/did%3Aplc%3Aada", "(example.social/@ada)"),
        ("@ada.example", "https://example.social/users/ada"),
        ("https://ada.example", "elsewhere: https://other.example/@ada@example.social"),
        ("https://ada.example/", "also: @ada@example.social, and tea"),
    ],
)
def test_profiles_that_name_each_other_are_found_in_every_way_of_writing(there: str, back: str) -> None:
    assert link_each_other(fedi("", there), sky(back))
    assert link_each_other(sky(back), fedi("", there))


def test_the_words_of_a_profile_count_as_its_links_do() -> None:
    assert link_each_other(fedi("bsky.app/profile/ada.example, tea"), sky("", "https://example.social/@ada"))


def test_a_server_whose_address_differs_from_its_handles_is_known_by_both() -> None:
    there = fedi("@ada.example", handle="ada@example.org", url="https://social.example.org/@ada")
    assert link_each_other(there, sky("https://social.example.org/@ada"))
    assert link_each_other(there, sky("@ada@example.org"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (fedi(), sky("@ada@example.social")),
        (fedi("@ada.example"), sky()),
        (fedi("@ada.example"), sky("@ada@other.social")),
        (fedi("@ada.example"), sky("@ada@example.social", handle="ada.example.evil", did="did:plc:eve")),
        (fedi("@ada.example.evil"), sky("@ada@example.social")),
        (fedi("https://evil.example/profile/ada.example"), sky("@ada@example.social")),
        (fedi("https://bsky.app/profile/ada.example/post/3k"), sky("@ada@example.social")),
        (fedi("@ada.example"), sky("https://example.social/@ada/1234")),
        (fedi("@ada.example"), sky("not@ada@example.social@evil.example")),
        (fedi("@ada.example"), sky("https://example.social/@ada2")),
        (fedi("@ada.example"), sky("https://example.social.evil.example/@ada")),
        (fedi(handle=""), sky(handle="", did="")),
    ],
)
def test_one_side_alone_or_somebody_elses_profile_proves_nothing(one: Person, other: Person) -> None:
    assert not link_each_other(one, other)
    assert not link_each_other(other, one)


def test_a_display_name_proves_nothing() -> None:
    eve = Person("did:plc:eve", "eve.example", name="@ada@example.social", bio="", network="bluesky", links=())
    assert not link_each_other(fedi("@eve.example"), eve)


def test_nobody_names_themselves() -> None:
    ada = fedi("I am @ada@example.social", "https://example.social/@ada")
    assert named_by(ada).isdisjoint(names_of(ada))


def test_unknown_fields_name_nobody() -> None:
    assert named_by(Person("7", "ada@example.social")) == frozenset()


@pytest.mark.parametrize(
    "piece", ["a.", "@", "a@", "a@b.", "@a.", "a/", "a.b/@", "-", "a.b/profile/", "%40", "x@y.zz@"]
)
def test_a_text_that_was_made_to_be_slow_is_read_in_bounded_time(piece: str) -> None:
    person = fedi(piece * 50_000, *[piece * 3_000] * 40)
    assert len(named_by(person)) < 200_000


@pytest.mark.parametrize(
    ("site", "named"),
    [
        ("ada.example", "https://ada.example/"),
        ("ada.example", "https://www.ada.example"),
        ("example.org/~ada", "https://example.org/~ada/"),
    ],
)
def test_a_site_and_a_profile_that_name_each_other(site: str, named: str) -> None:
    blog = Person(
        site, site, "Ada's garden", network="blogs", url=f"https://{site}/", links=("https://example.social/@ada",)
    )
    assert link_each_other(blog, fedi("", named))
    assert not link_each_other(blog, fedi("", "https://example.org/~bo"))
    assert not link_each_other(Person(site, site, network="blogs"), fedi("", named))

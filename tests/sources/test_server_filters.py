"""Filters on the server as each network lists them, and which posts they match."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.person import Person
from quietfeed.models.post import Media, Poll, PollOption, Post, Quote
from quietfeed.models.server_filter import Keyword, ServerFilter, apply_filters, changed_titles
from quietfeed.sources.mastodon.network import open_source
from quietfeed.sources.mastodon.source import Mastodon

Serve = Callable[..., Any]
NOW = datetime(2026, 11, 30, tzinfo=UTC)
ADA = Person("2", "ada@here.example")


def post(text: str = "", **parts: Any) -> Post:
    return Post("1", ADA, text, account="a", **parts)


def hides(each: ServerFilter, candidate: Post, *, followed: bool = False) -> bool:
    return apply_filters(candidate, [each], NOW, followed=followed).server_hides


def keyword(text: str, *, whole_word: bool = True) -> ServerFilter:
    return ServerFilter("Birds", hides=True, keywords=(Keyword(text, whole_word),))


@pytest.mark.parametrize(
    ("word", "whole_word", "text", "hidden"),
    [
        ("heron", True, "The HERON, again.", True),
        ("heron", True, "herons", False),
        ("heron", False, "herons", True),
        ("grey heron", True, "a Grey Heron flew", True),
        ("#heron", True, "see #heron", True),
        ("c++", True, "I like C++ a lot", True),
        ("c++", True, "abc++", False),
        ("élan", True, "Quel ÉLAN!", True),
        (".*", False, "anything", False),
    ],
)
def test_a_keyword_matches_as_on_the_server(word: str, whole_word: bool, text: str, hidden: bool) -> None:
    assert hides(keyword(word, whole_word=whole_word), post(text)) is hidden


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ({"warning": "a heron"}, True),
        ({"media": (Media("image", "a heron"),)}, True),
        ({"poll": Poll((PollOption("heron"),))}, True),
        ({"tags": ("Heron",)}, True),
        ({"quote": Quote("b.example", "a heron")}, False),
    ],
)
def test_a_keyword_is_looked_for_where_the_server_looks(parts: dict[str, Any], hidden: bool) -> None:
    assert hides(keyword("heron"), post("hello", **parts)) is hidden


def test_a_filter_of_single_posts_matches_their_boosts_too() -> None:
    chosen = ServerFilter("One", hides=True, post_ids=frozenset({"1"}))
    assert hides(chosen, post("hello"))
    assert hides(chosen, Post("9", ADA, "hello", original_id="1"))
    assert not hides(chosen, Post("9", ADA, "hello"))


def test_a_filter_that_warns_hides_nothing() -> None:
    warned = apply_filters(post("a heron"), [ServerFilter("Birds", False, (Keyword("heron"),))], NOW, followed=False)
    assert (warned.server_filters, warned.server_hides) == (("Birds",), False)


def test_a_filter_hides_posts_until_the_server_removes_it() -> None:
    said = post("nothing", server_filters=("Birds",), server_hides=True)
    assert apply_filters(said, [keyword("heron")], NOW, followed=False) == said
    ended = ServerFilter("Birds", True, (Keyword("heron"),), until=datetime(2026, 11, 29, tzinfo=UTC))
    for filters in ([], [ended]):
        found = apply_filters(said, filters, NOW, followed=False)
        assert (found.server_filters, found.server_hides) == ((), False)


def test_a_changed_filter_is_detected() -> None:
    assert changed_titles([keyword("heron")], [keyword("heron")]) == set()
    assert changed_titles([keyword("heron")], [keyword("kingfisher")]) == {"Birds"}
    assert changed_titles([keyword("heron")], []) == {"Birds"}


def source_of(server: Any) -> Mastodon:
    return open_source(Account("mastodon", server.url, "june", "1"), {"token": "good"})


async def test_the_filters_of_a_server(mastodon: Serve) -> None:
    server = mastodon(posts=1)
    world = server.world
    world.filters = [
        world.keyword_filter("Birds", "heron", expires_at="2026-12-01T00:00:00Z"),
        world.keyword_filter("Elsewhere", "heron", context=["notifications"]),
        world.keyword_filter("Warned", "tea", action="warn", statuses=[{"id": "5", "status_id": "77"}]),
    ]
    source = source_of(server)
    assert await source.filters() == (
        ServerFilter("Birds", True, (Keyword("heron"),), until=datetime(2026, 12, 1, tzinfo=UTC)),
        ServerFilter("Warned", False, (Keyword("tea"),), frozenset({"77"})),
    )
    await source.close()


async def test_filters_of_the_first_version(mastodon: Serve) -> None:
    server = mastodon(posts=1, old_filters=True)
    plain = {"id": "1", "context": ["home"], "expires_at": None}
    server.world.filters = [
        plain | {"phrase": "heron", "whole_word": True, "irreversible": True},
        plain | {"phrase": "tea", "whole_word": False, "irreversible": False},
    ]
    source = source_of(server)
    assert await source.filters() == (
        ServerFilter("heron", True, (Keyword("heron"),)),
        ServerFilter("tea", False, (Keyword("tea", whole_word=False),)),
    )
    await source.close()


async def test_a_server_without_filters_has_unknown_filters(mastodon: Serve) -> None:
    source = source_of(mastodon(posts=1, lacking=("/api/v1/filters", "/api/v2/filters")))
    assert await source.filters() is None
    await source.close()

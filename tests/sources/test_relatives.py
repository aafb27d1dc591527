"""What quietfeed reads from servers that differ from Mastodon: each imitated on loopback from its documentation."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.post import Post, is_article
from quietfeed.models.source import has_ties
from quietfeed.models.writer import Composes
from quietfeed.sources import network

Serve = Callable[..., Any]
CHARACTERS = {
    "pleroma": 5000,
    "akkoma": 9000,
    "pixelfed": 1500,
    "friendica": 200_000,
    "sharkey": 3000,
    "iceshrimp": 8192,
    "hollo": 10_000,
}
QUOTING = ("akkoma", "sharkey", "iceshrimp")


@pytest.fixture
async def source(request: pytest.FixtureRequest, mastodon: Serve) -> AsyncIterator[Any]:
    server = mastodon(posts=60, relative=request.param)
    opened = network("mastodon").open_source(
        Account("mastodon", server.url, f"june@{server.host}", "1"), {"token": "good"}
    )
    yield opened
    await opened.close()


async def home(source: Any) -> list[Post]:
    posts, cursor = [], None
    while True:
        page = await source.timeline(cursor)
        posts += page.posts
        cursor = page.cursor
        if cursor is None:
            return posts


@pytest.mark.parametrize("source", CHARACTERS, indirect=True)
async def test_every_relative_is_read_to_its_end_with_texts_times_and_authors(source: Any) -> None:
    posts = await home(source)
    assert len({post.id for post in posts}) == 60
    assert all(post.text and post.created_at and post.author.handle for post in posts)
    [boost] = [post for post in posts if post.booster is not None]
    assert boost.original_id != boost.id
    assert not any(post.is_private for post in posts)


@pytest.mark.parametrize(("source", "characters"), CHARACTERS.items(), indirect=["source"])
async def test_the_length_limit_is_found_in_every_known_place(source: Any, characters: int) -> None:
    assert isinstance(source, Composes)
    assert (await source.compose_rules()).characters == characters


@pytest.mark.parametrize("source", QUOTING, indirect=True)
async def test_a_quoted_status_is_read_in_every_form(source: Any) -> None:
    quotes = [post.quote for post in await home(source) if post.quote is not None]
    assert quotes
    assert {quote.text for quote in quotes} == {"The quoted one."}
    assert all(quote.handle for quote in quotes)


@pytest.mark.parametrize("source", ["pleroma", "sharkey"], indirect=True)
async def test_a_hidden_count_of_followers_is_unknown_and_not_zero(source: Any) -> None:
    people = {post.author.handle.partition("@")[0]: post.author for post in await home(source)}
    assert (people["kim"].followers, people["kim"].following) == (None, None)
    assert people["ada"].followers == 21


@pytest.mark.parametrize("source", ["friendica"], indirect=True)
async def test_the_title_of_an_article_is_no_content_warning(source: Any) -> None:
    posts = await home(source)
    titled = [post for post in posts if is_article(post)]
    assert titled
    assert all(post.text.startswith("A title\n\n") and not post.covered for post in titled)
    assert not any(post.warning for post in posts)


@pytest.mark.parametrize("source", ["pleroma", "sharkey", "iceshrimp", "hollo"], indirect=True)
async def test_a_reaction_counts_like_a_like(source: Any) -> None:
    assert has_ties(source)
    pages = [page async for page in source.interactions({})]
    found = [each for page in pages for each in page.interactions]
    likes = [each for each in found if (each.kind, each.direction) == ("like", "to_you")]
    assert len(likes) == 2

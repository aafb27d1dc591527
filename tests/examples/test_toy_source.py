"""A source in one class: the example of CONTRIBUTING.md, "Adding a source". It needs no server, so it runs as a test.

The source reads a blog: it has a timeline and declares no capability. So nobody on it has a relationship with the user,
and its posts are judged at once by their text.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from quietfeed.models.account import Account
from quietfeed.models.capability import Capability
from quietfeed.models.config import Config
from quietfeed.models.pages import InteractionPage, Page
from quietfeed.models.person import Person
from quietfeed.models.post import Post
from quietfeed.models.source import Source
from quietfeed.models.verdict import Level
from quietfeed.models.view import JudgedPost
from quietfeed.session import Session
from quietfeed.session.accounts import Accounts
from quietfeed.session.clock import Clock
from quietfeed.session.sync import ignore_progress
from quietfeed.store.archive import Archive

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT = Account("toy", "https://blog.example", "me@blog.example", "me")
ADVERT = "Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer, link in bio: https://shop.example"


class Blog:
    """The posts of one blog, newest first, two to a page."""

    def __init__(self, texts: list[str]) -> None:
        author = Person("ada", "ada@blog.example", "Ada", network="toy")
        self._posts = [
            Post(f"{number:04}", author, text, ACCOUNT.key, "toy", NOW - timedelta(minutes=number))
            for number, text in enumerate(texts)
        ]

    @property
    def account(self) -> Account:
        return ACCOUNT

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    async def timeline(self, cursor: str | None) -> Page:
        start = int(cursor or 0)
        end = start + 2
        return Page(tuple(self._posts[start:end]), str(end) if end < len(self._posts) else None)

    async def close(self) -> None:
        pass


async def refreshed(blog: Source) -> list[JudgedPost]:
    """The posts of a session after one refresh of a source."""
    archive = Archive(None)
    archive.add_account(ACCOUNT)
    accounts = Accounts(archive, None, {ACCOUNT.key: blog})
    session = Session(archive, Config(), accounts, None, clock=Clock(lambda: NOW))
    result = await session.fetching.refresh(ignore_progress)
    assert result.errors == ()
    posts = list(session.timeline.posts)
    await session.close()
    return posts


async def test_all_pages_arrive() -> None:
    posts = await refreshed(Blog(["Tea at seven?", "The heron is back.", "It rained."]))
    assert [each.post.text for each in posts] == ["Tea at seven?", "The heron is back.", "It rained."]


async def test_adverts_are_hidden_at_once_because_nobody_there_can_be_a_friend() -> None:
    posts = await refreshed(Blog([ADVERT] * 12))
    assert len(posts) == 12
    assert {each.verdict.category for each in posts} == {"sales"}
    assert not any(each.verdict.shown_at(Level.noise) for each in posts)


async def test_a_source_with_relationships_that_has_not_answered_hides_nobody() -> None:
    class Silent(Blog):
        @property
        def capabilities(self) -> frozenset[Capability]:
            return frozenset({"ties"})

        async def relationships(self, person_ids: object) -> list[object]:
            del person_ids
            return []

        async def interactions(self, since: dict[str, str]) -> AsyncIterator[InteractionPage]:
            del since
            pages: tuple[InteractionPage, ...] = ()
            for page in pages:
                yield page

    posts = await refreshed(Silent([ADVERT] * 2))
    assert all(each.verdict.shown_at(Level.noise) for each in posts)


@pytest.mark.parametrize("method", ["thread", "feeds"])
async def test_missing_capabilities_return_nothing(method: str) -> None:
    archive = Archive(None)
    archive.add_account(ACCOUNT)
    session = Session(archive, Config(), Accounts(archive, None, {ACCOUNT.key: Blog(["Tea?"])}), None)
    await session.fetching.refresh(ignore_progress)
    if method == "thread":
        assert await session.reading.thread(session.timeline.posts[0].key) == ([], [])
    else:
        assert (await session.reading.feeds()).feeds == ()
    await session.close()

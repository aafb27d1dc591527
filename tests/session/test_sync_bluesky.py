"""Syncing an AT Protocol account into the store: no gap and no loss, also if its server disconnects."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.source import Source
from quietfeed.models.tie import Tie
from quietfeed.session.paging import fill_gap
from quietfeed.session.sync import sync_account
from quietfeed.store.archive import Archive
from quietfeed.tests.signed_in import bluesky_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "quietfeed.db")


async def sync(source: Source, archive: Archive, now: datetime = NOW) -> list[str]:
    outcome = await sync_account(
        source, archive, now=now, first_posts=400, report=lambda progress: None, arrived=lambda keys: None
    )
    return outcome.messages


def ids(archive: Archive) -> list[str]:
    return [post.id for _, post in archive.posts.page(1000)]


def wanted(server: Any) -> set[str]:
    reposters = [(item["post"]["uri"], item.get("reason", {}).get("by", {}).get("did")) for item in server.world.home]
    return {f"{uri}#{by}" if by else uri for uri, by in reposters}


@pytest.mark.parametrize("quirk", [{}, {"empty_page": True}, {"page_limit": 17}, {"same_cursor": True}])
async def test_every_post_is_kept_once(bluesky: Serve, archive: Archive, quirk: dict[str, Any]) -> None:
    server = bluesky(posts=150, **quirk)
    source = source_of(server, archive)
    assert await sync(source, archive) == []
    assert (set(ids(archive)), len(ids(archive))) == (wanted(server), 150)
    assert archive.posts.gaps() == []
    assert await sync(source, archive, NOW + timedelta(hours=1)) == []
    assert len(ids(archive)) == 150


async def test_ties_are_read_from_both_sides(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=60)
    source = source_of(server, archive)
    await sync(source, archive)
    people = list(server.world.people)
    ties = archive.ties.of(source.account.key, dict.fromkeys(people, ""))
    ada: Tie = ties[people[1]]
    assert (ada.you_follow, ada.follows_you, ada.replies_to_you, ada.replies_from_you, ada.direct_from_you) == (
        True,
        True,
        1,
        1,
        1,
    )
    assert (ties[people[3]].boosts_to_you, ties[people[3]].mentions_from_you) == (1, 1)
    stranger = ties[people[10]]
    assert (stranger.you_follow, stranger.follows_you) == (False, False)
    # The streams were read to their end, so the missing answers are known to be zero.
    assert (stranger.replies_to_you, stranger.replies_from_you, stranger.likes_from_you, stranger.direct_to_you) == (
        0,
        0,
        0,
        0,
    )


async def test_a_server_that_disconnects_leaves_one_gap(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=300, gone_after=10)
    source = source_of(server, archive)
    messages = await sync(source, archive)
    assert len(messages) == 1
    assert "cannot be reached" in messages[0]
    (gap,) = archive.posts.gaps()
    assert 0 < len(ids(archive)) < 300
    server.quirks.gone_after = 0
    while gap is not None:
        closed = await fill_gap(
            source, archive, gap, now=NOW, pages=2, report=lambda progress: None, arrived=lambda keys: None
        )
        if closed:
            break
        (gap,) = archive.posts.gaps()
    assert set(ids(archive)) == wanted(server)
    assert archive.posts.gaps() == []


async def test_new_posts_meet_the_kept_ones(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=120)
    source = source_of(server, archive)
    await sync(source, archive)
    asked = len(server.asked("app.bsky.feed.getTimeline"))
    server.world.home[:0] = [{"post": server.world.post(-n)} for n in range(5, 0, -1)]
    await sync(source, archive, NOW + timedelta(hours=1))
    assert set(ids(archive)) == wanted(server)
    assert len(server.asked("app.bsky.feed.getTimeline")) == asked + 1
    assert archive.posts.gaps() == []


@pytest.mark.parametrize("kept_before", [0, 120])
async def test_the_next_sync_continues_where_the_last_stopped(
    bluesky: Serve, archive: Archive, kept_before: int
) -> None:
    server = bluesky(posts=300)
    source = source_of(server, archive)
    if kept_before:
        everything = server.world.home
        server.world.home = everything[-kept_before:]
        await sync(source, archive)
        server.world.home = everything
    server.quirks.gone_after = len(server.requests) + (2 if kept_before else 12)
    assert len(await sync(source, archive, NOW + timedelta(minutes=1))) == 1
    assert kept_before < len(ids(archive)) < 300
    assert len(archive.posts.gaps()) == 1
    server.quirks.gone_after = 0
    assert await sync(source, archive, NOW + timedelta(minutes=2)) == []
    assert set(ids(archive)) == wanted(server)
    assert archive.posts.gaps() == []


async def test_posts_below_the_first_sync_limit_stay_unfetched(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=700)
    source = source_of(server, archive)
    await sync(source, archive)
    assert len(ids(archive)) == 400
    await sync(source, archive, NOW + timedelta(hours=1))
    assert len(ids(archive)) == 400


async def test_an_expired_cursor_leaves_a_gap_and_is_no_error(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=300, gone_after=12)
    source = source_of(server, archive)
    await sync(source, archive)
    server.quirks.gone_after = 0
    server.quirks.refused_cursors = True
    before = len(ids(archive))
    assert await sync(source, archive, NOW + timedelta(hours=1)) == []
    assert len(ids(archive)) == before
    assert len(archive.posts.gaps()) == 1


async def test_counts_are_stored_with_their_age_and_requested_again_when_they_are_old(
    bluesky: Serve, archive: Archive
) -> None:
    server = bluesky(posts=40)
    now = datetime.now(UTC)
    await sync(source_of(server, archive), archive, now)
    assert asked_for_profiles(server) == 1
    people = archive.people.with_fresh_counts(server_account(server), now - timedelta(hours=1))
    assert {person.followers for person in people} >= {21, 22, 23}
    # Another process reads them from the store a moment later, and requests them a day later.
    await sync(source_of(server, archive), archive, now + timedelta(minutes=5))
    assert asked_for_profiles(server) == 1
    for person in people:
        old = replace(person, counted_at=now - timedelta(hours=7))
        archive.people.save(server_account(server), [old])
    server.world.home.insert(0, {"post": server.world.post(-1)})
    await sync(source_of(server, archive), archive, now + timedelta(minutes=10))
    assert asked_for_profiles(server) == 2


def asked_for_profiles(server: Any) -> int:
    """How often others were requested; the user's own profile is read with each sync."""
    me = server.world.me["did"]
    return sum(request.query["actors"] != [me] for request in server.asked("app.bsky.actor.getProfiles"))


def server_account(server: Any) -> str:
    return f"bluesky:{server.world.me['handle']}"

"""Faults of servers and proxies: firewalls, echoed tokens, decompression bombs, missing scopes."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.errors import PermissionMissing, QuietfeedError, SourceError
from quietfeed.models.source import Source
from quietfeed.phrases.errors import error_text
from quietfeed.session import Session, open_session
from quietfeed.session.health import examine
from quietfeed.session.sync import ignore_progress, sync_account
from quietfeed.sources.mastodon.network import open_source
from quietfeed.store.archive import Archive
from quietfeed.store.changes import PlacedPost
from quietfeed.tests.session.times import Time

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("own_home")
Opening = Callable[..., Any]
HOME = "/api/v1/timelines/home"
TOKEN = "a-token-that-nobody-may-read"
SELLS = "<p>Buy now! Use code SAVE20 for 20% off everything in my shop, limited offer: https://shop.example</p>"


async def refresh_errors(session: Session) -> tuple[str, ...]:
    return (await session.fetching.refresh(ignore_progress)).errors


def blocked(server: Any) -> str:
    return (
        f"{server.host} returned a web page instead of data (403 Forbidden): a firewall or proxy in front of it"
        " blocks this request; your sign-in may be fine."
    )


async def test_a_firewall_before_the_timeline_is_named(mastodon: Serve, opening: Opening) -> None:
    server = mastodon(posts=60)
    session = await opening(server)
    assert await refresh_errors(session) == ()
    server.quirks.firewall = (HOME,)
    assert await refresh_errors(session) == (blocked(server),)
    assert len(session.timeline.posts) == 60
    server.quirks.firewall = ()
    assert await refresh_errors(session) == ()


@pytest.mark.parametrize(
    "path",
    ["/api/v1/notifications", "/api/v1/accounts/relationships", "/api/v1/favourites", "/api/v1/statuses"],
)
async def test_a_firewall_before_one_question_costs_that_question_alone(
    mastodon: Serve, opening: Opening, path: str
) -> None:
    session = await opening(mastodon(posts=60, firewall=(path,)))
    told = await refresh_errors(session)
    assert not [each for each in told if "sign-in" in each and "firewall" not in each]
    assert len(session.timeline.posts) == 60


async def test_a_firewall_at_sign_in_is_named(mastodon: Serve, opening: Opening) -> None:
    server = mastodon(firewall=("/api/v1/accounts/verify_credentials",))
    with pytest.raises(SourceError) as caught:
        await opening(server)
    assert error_text(caught.value) == blocked(server)


async def test_no_error_repeats_the_token_that_a_server_echoes(
    mastodon: Serve, opening: Opening, tmp_path: Path
) -> None:
    server = mastodon(posts=30, echoes=True)
    session = await opening(server, TOKEN)
    assert await refresh_errors(session) == ()
    told: list[str] = []
    server.quirks.scopes = ("write",)
    told += await refresh_errors(session)
    server.tokens.clear()
    told += await refresh_errors(session)
    with pytest.raises(QuietfeedError) as caught:
        await session.signing_in.flow.with_token("mastodon", server.url, TOKEN)
    told.append(error_text(caught.value))
    assert len(told) >= 3
    assert not [each for each in told if TOKEN in each]
    for file in tmp_path.rglob("*.log*"):
        assert TOKEN not in file.read_text("utf-8")


@pytest.mark.parametrize("codings", [("gzip",), ("gzip", "gzip")])
async def test_compressed_answers_are_read(mastodon: Serve, opening: Opening, codings: tuple[str, ...]) -> None:
    session = await opening(mastodon(posts=100, codings=codings))
    assert await refresh_errors(session) == ()
    assert len(session.timeline.posts) == 100


@pytest.mark.parametrize("codings", [("gzip",), ("gzip", "gzip")])
async def test_a_bomb_is_one_sentence_and_costs_nothing_that_was_kept(
    mastodon: Serve, opening: Opening, codings: tuple[str, ...]
) -> None:
    server = mastodon(posts=60)
    session = await opening(server)
    assert await refresh_errors(session) == ()
    server.quirks.huge, server.quirks.codings = 60_000_000, codings
    (told,) = await refresh_errors(session)
    assert told.startswith(f"{server.host} sent more than ")
    assert told.endswith(" MB; the response was not read.")
    assert len(session.timeline.posts) == 60


@pytest.mark.parametrize("tells", [True, False])
async def test_a_token_that_may_not_read_the_timeline_is_rejected(
    mastodon: Serve, opening: Opening, tells: bool
) -> None:
    scopes = ("read:accounts", "read:notifications", "read:follows", "read:favourites", "read:lists")
    server = mastodon(scopes=scopes, tells_scopes=tells)
    with pytest.raises(PermissionMissing) as caught:
        await opening(server)
    assert error_text(caught.value) == (
        f"This sign-in at {server.host} lacks the permission read:statuses, which quietfeed needs to"
        f" read your timeline: `quietfeed account add mastodon --server {server.host}` signs in again and requests it,"
        " or create a token that has it."
    )
    assert open_session().accounts == ()


WITHOUT_NOTIFICATIONS = ("read:statuses", "read:accounts", "read:follows", "read:favourites", "read:lists")


def talking(server: Any) -> Any:
    """Three sellers whom the user does not follow; two of them talk with the user."""
    world = server.world
    friend, answered, stranger = "9", "10", "11"
    world.follows |= dict.fromkeys((friend, answered, stranger), (False, False))
    for n in range(3):
        world.notifications.insert(
            0, world._notification(f"n{9 - n}", "mention", friend, {"in_reply_to_account_id": "1", "id": f"to{n}"})
        )
        for person in (friend, answered):
            answer = {"id": f"own-{person}-{n}", "in_reply_to_id": f"x{n}", "in_reply_to_account_id": person}
            mentioned = [{"id": person, "acct": world.people[person]["acct"], "url": "", "username": ""}]
            world.statuses.insert(0, world.status(910 + n, author="1") | answer | {"mentions": mentioned})
    world.home = [world.status(n, person, SELLS) for n, person in enumerate((friend, answered, stranger))]
    return server


def shown(session: Session) -> list[bool]:
    level = session.timeline.level
    return [judged.verdict.shown_at(level) for judged in session.timeline.posts]


async def test_with_all_permissions_talk_both_ways_is_a_friend(mastodon: Serve, opening: Opening) -> None:
    session = await opening(talking(mastodon()))
    assert await refresh_errors(session) == ()
    assert shown(session) == [True, False, False]


@pytest.mark.parametrize("tells", [True, False])
async def test_without_notifications_the_rest_is_read_and_no_friend_is_hidden(
    mastodon: Serve, opening: Opening, stored: Callable[[], Archive], time: Time, tells: bool
) -> None:
    server = talking(mastodon(scopes=WITHOUT_NOTIFICATIONS, tells_scopes=tells))
    session = await opening(server)
    (warned,) = session.signing_in.flow.warnings
    assert warned == (
        "This sign-in lacks the permission read:notifications: quietfeed cannot see who replies to, mentions and likes"
        " you. quietfeed treats that information as unknown, and hides nobody because of it."
    )
    (told,) = await refresh_errors(session)
    assert "read:notifications" in told
    assert {"statuses", "favourites"} <= stored().ties.streams(session.accounts[0].key).keys()
    # People whom the user answered may have answered too, so they are shown. The others are strangers in any case.
    assert shown(session) == [True, True, False]
    for day in (1, 3):
        time.ahead = timedelta(days=day)
        assert await refresh_errors(session) == ()
        assert shown(session) == [True, True, False]


async def test_a_missing_permission_is_reported_once_until_the_next_sign_in(mastodon: Serve, opening: Opening) -> None:
    server = mastodon(posts=20, scopes=WITHOUT_NOTIFICATIONS)
    first = await opening(server)
    (told,) = await refresh_errors(first)
    assert f"`quietfeed account add mastodon --server {server.host}` signs in again" in told
    second = open_session()
    assert await refresh_errors(second) == ()
    await second.close()
    findings = [each.text async for each in examine(lambda _: None) if each.name == first.accounts[0].name]
    assert [each.rpartition("; ")[2] for each in findings] == ["the sign-in lacks permissions: read:notifications"]
    assert len(await refresh_errors(await opening(server))) == 1


async def test_without_follows_nobody_is_a_stranger(mastodon: Serve, opening: Opening, time: Time) -> None:
    server = mastodon(scopes=("read:statuses", "read:accounts", "read:notifications", "read:favourites", "read:lists"))
    server.world.follows["9"] = (True, True)
    server.world.home = [server.world.status(0, "9", SELLS)]
    session = await opening(server)
    (told,) = await refresh_errors(session)
    assert "read:follows" in told
    for day in (0, 1, 3):
        time.ahead = timedelta(days=day)
        await refresh_errors(session)
        assert shown(session) == [True]


async def test_a_long_page_comes_in_slices_and_the_event_loop_runs_between_them(
    mastodon: Serve, tmp_path: Path
) -> None:
    server = mastodon(posts=50_000, ignores_limit=True)
    server.world.home = [
        {key: status[key] for key in ("id", "created_at", "content")} | {"account": {"id": "2", "acct": "ada"}}
        for status in server.world.home
    ]
    archive = Archive(tmp_path / "long.db")
    account = archive.add_account(Account("mastodon", server.url, f"june@{server.host}", "1"))
    source: Source = open_source(account, {"token": "good"})
    turns = 0
    at_slice: list[int] = []

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())

    def arrived(posts: Sequence[PlacedPost]) -> None:
        del posts
        at_slice.append(turns)

    now = datetime(2026, 11, 20, 12, 1, tzinfo=UTC)
    outcome = await sync_account(source, archive, now=now, first_posts=1_000, report=ignore_progress, arrived=arrived)
    counting.cancel()
    await source.close()
    assert outcome.messages == []
    assert 1_000 <= archive.posts.count() < 1_100
    assert len(server.asked(HOME)) == 1
    # The page is decoded in many steps, and every slice lets other tasks run.
    assert at_slice[0] > 100
    assert all(later > earlier for earlier, later in pairwise(at_slice))

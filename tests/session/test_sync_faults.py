"""Faults of servers of Mastodon's API during a sync: what is stored and reported."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.source import Source
from quietfeed.session.paging import fill_gap
from quietfeed.session.sync import SyncOutcome, ignore_progress, sync_account
from quietfeed.store.archive import Archive
from quietfeed.tests.signed_in import mastodon_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")
NOW = datetime(2026, 11, 20, 12, 1, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "quietfeed.db")


class Seen:
    """The problems that a sync reported."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.changed: list[str] = []
        self.removed: list[str] = []


async def sync(
    source: Source, archive: Archive, now: datetime = NOW, *, first_posts: int = 400, seen: Seen | None = None
) -> SyncOutcome:
    told = seen or Seen()

    def changed(edited: list[tuple[str, str]], removed: list[tuple[str, str]]) -> None:
        told.changed += [post_id for _, post_id in edited]
        told.removed += [post_id for _, post_id in removed]

    return await sync_account(
        source,
        archive,
        now=now,
        first_posts=first_posts,
        report=ignore_progress,
        arrived=lambda keys: told.kept.extend(post.id for _, post in keys),
        changed=changed,
    )


def ids(archive: Archive) -> list[str]:
    return [post.id for _, post in archive.posts.page(100_000)]


def on_server(server: Any) -> list[str]:
    return [each["id"] for each in server.world.home]


@pytest.mark.parametrize("links", ["absent", "capital", "comma", "bare", "several", "own"])
async def test_new_posts_are_fetched_with_every_kind_of_link_header(
    mastodon: Serve, archive: Archive, links: str
) -> None:
    server = mastodon(posts=140, links=links)
    everything = server.world.home
    server.world.home = everything[100:]
    source = source_of(server, archive)
    await sync(source, archive)
    server.world.home = everything
    outcome = await sync(source, archive, NOW + timedelta(minutes=5))
    assert outcome.messages == []
    assert ids(archive) == on_server(server)
    assert archive.posts.gaps() == []


async def test_a_server_without_links_and_without_max_id_leaves_an_explained_gap(
    mastodon: Serve, archive: Archive
) -> None:
    server = mastodon(posts=140, links="absent", ignores_max_id=True)
    everything = server.world.home
    server.world.home = everything[100:]
    source = source_of(server, archive)
    await sync(source, archive)
    server.world.home = everything
    outcome = await sync(source, archive, NOW + timedelta(minutes=5))
    assert [gap.kind for gap in archive.posts.gaps() if gap.older_at is not None] == ["unreachable"]
    assert any("does not return posts older than" in message for message in outcome.messages)
    # It is reported once, and the gap stays.
    assert (await sync(source, archive, NOW + timedelta(minutes=6))).messages == []
    assert [gap.kind for gap in archive.posts.gaps() if gap.older_at is not None] == ["unreachable"]


async def test_posts_that_a_server_forgot_are_a_gap_reported_once(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=600)
    everything = server.world.home
    server.world.home = everything[500:]
    source = source_of(server, archive)
    await sync(source, archive)
    server.world.home, server.quirks.remembers = everything, 300
    outcome = await sync(source, archive, NOW + timedelta(minutes=5))
    (gap,) = archive.posts.gaps()
    assert gap.kind == "forgotten"
    assert not gap.fillable
    assert [message for message in outcome.messages if "no longer has the posts" in message]
    asked = len(server.asked("/api/v1/timelines/home"))
    assert (await sync(source, archive, NOW + timedelta(minutes=6))).messages == []
    assert len(server.asked("/api/v1/timelines/home")) == asked + 1
    assert (
        await fill_gap(source, archive, gap, now=NOW, pages=2, report=ignore_progress, arrived=lambda _: None) is False
    )
    assert archive.posts.gaps() == [gap]


@pytest.mark.parametrize("ahead", [7200.0, -7200.0])
async def test_a_wrong_clock_changes_no_order(mastodon: Serve, archive: Archive, ahead: float) -> None:
    server = mastodon(posts=60, clock_ahead=ahead)
    # By this machine's clock, the newest two hours are in the future, or everything is old.
    now = NOW - timedelta(seconds=ahead)
    server.quirks.clock_ahead = (NOW - datetime.now(UTC)).total_seconds()
    await sync(source_of(server, archive), archive, now)
    assert ids(archive) == on_server(server)


async def test_posts_of_the_future_keep_the_order_of_the_server(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=120, no_clock=True)
    source = source_of(server, archive)
    behind = NOW - timedelta(hours=15)
    await sync(source, archive, behind)
    assert ids(archive) == on_server(server)
    # Once this machine's clock is right, the order is corrected too.
    await sync(source, archive, NOW + timedelta(hours=1))
    places = [place[0] for place, _ in archive.posts.page(40)]
    assert places == [int(post.at.timestamp() * 1e6) for _, post in archive.posts.page(40) if post.at]


@pytest.mark.parametrize("first_posts", [250, 1_000])
async def test_a_page_that_ignores_its_limit_comes_in_slices(
    mastodon: Serve, archive: Archive, first_posts: int
) -> None:
    server = mastodon(posts=3_000, ignores_limit=True)
    source = source_of(server, archive)
    await sync(source, archive, first_posts=first_posts)
    kept = ids(archive)
    assert first_posts <= len(kept) < first_posts + 100
    assert kept == on_server(server)[: len(kept)]
    assert len(server.asked("/api/v1/timelines/home")) == 1
    (gap,) = archive.posts.gaps()
    # After a restart the rest is requested again.
    await fill_gap(
        source_of(server, archive), archive, gap, now=NOW, pages=3, report=ignore_progress, arrived=lambda _: None
    )
    assert ids(archive) == on_server(server)[: len(kept) + 300]


async def test_a_first_sync_fetches_the_configured_number_of_posts(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=1_300, page_limit=10)
    await sync(source_of(server, archive), archive, first_posts=1_200)
    assert len(ids(archive)) == 1_200


async def test_every_new_post_is_reported_once(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=900)
    everything = server.world.home
    server.world.home = everything[850:]
    source = source_of(server, archive)
    seen = Seen()
    await sync(source, archive, seen=seen)
    server.world.home = everything
    for minute in range(3):
        await sync(source, archive, NOW + timedelta(minutes=minute + 1), seen=seen)
    assert sorted(seen.kept) == sorted(on_server(server))


async def test_a_rate_limit_states_when_to_retry(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=60)
    source = source_of(server, archive)
    await sync(source, archive)
    server.quirks.limited, server.quirks.limit_headers = 100, {"Retry-After": "120"}
    outcome = await sync(source, archive)
    assert outcome.retry_at is not None
    assert 100 < (outcome.retry_at - datetime.now(UTC)).total_seconds() < 130
    assert outcome.messages == [
        f"Rate limited by {server.host} until {(outcome.retry_at + timedelta(seconds=59)).astimezone():%H:%M}."
    ]


@pytest.mark.parametrize("batch", [True, False])
async def test_a_deleted_post_leaves_and_a_marked_one_is_labelled(
    mastodon: Serve, archive: Archive, batch: bool
) -> None:
    server = mastodon(posts=60, batch_statuses=batch)
    source = source_of(server, archive)
    await sync(source, archive)
    account = source.account.key
    gone, marked = on_server(server)[3], on_server(server)[5]
    ((_, post),) = archive.posts.get([(account, marked)])
    archive.marks.add(Mark(PostContext(post), "spam", NOW))
    server.deleted = {gone, marked}
    seen = Seen()
    await sync(source, archive, NOW + timedelta(hours=1), seen=seen)
    assert (seen.removed, seen.changed) == ([gone], [marked])
    assert gone not in ids(archive)
    assert archive.posts.get([(account, marked)])[0][1].deleted_at is not None
    # It is not requested again, and stays.
    asked = len(server.requests)
    await sync(source, archive, NOW + timedelta(hours=2))
    assert marked in ids(archive)
    assert not [each for each in server.requests[asked:] if each.path.endswith(f"/{marked}")]


async def test_a_server_that_loses_its_endpoints_for_statuses_loses_no_post(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=60, batch_statuses=False)
    source = source_of(server, archive)
    await sync(source, archive)
    gone = on_server(server)[3]
    server.deleted = {gone}
    await sync(source, archive, NOW + timedelta(hours=1))
    before = ids(archive)
    assert gone not in before
    server.quirks.single_statuses = False
    server.deleted = {on_server(server)[5]}
    for hours in (2, 3):
        await sync(source, archive, NOW + timedelta(hours=hours))
        assert {*before} <= {*ids(archive)}


async def test_a_server_without_single_statuses_loses_no_post(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=60, batch_statuses=False, single_statuses=False)
    source = source_of(server, archive)
    await sync(source, archive)
    server.deleted = {on_server(server)[3]}
    await sync(source, archive, NOW + timedelta(hours=1))
    assert ids(archive) == on_server(server)


async def test_an_edit_below_the_newest_page_is_stored(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=100)
    source = source_of(server, archive)
    await sync(source, archive)
    edited = server.world.home[70]
    edited |= {"content": "<p>put right</p>", "edited_at": "2026-11-20T12:30:00.000Z"}
    seen = Seen()
    for hour in range(1, 4):
        await sync(source, archive, NOW + timedelta(hours=hour), seen=seen)
    ((_, post),) = archive.posts.get([(source.account.key, edited["id"])])
    assert (post.text, post.edited_at) == ("put right", datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
    assert seen.changed == [edited["id"]]


async def test_a_poll_that_ran_out_is_closed(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=60)
    poll = {"options": [{"title": "yes", "votes_count": 1}], "expires_at": "2026-11-20T12:10:00.000Z", "expired": False}
    server.world.home[50] |= {"poll": poll}
    source = source_of(server, archive)
    await sync(source, archive)
    server.world.home[50] |= {"poll": poll | {"expired": True}}
    await sync(source, archive, NOW + timedelta(hours=1))
    ((_, post),) = archive.posts.get([(source.account.key, server.world.home[50]["id"])])
    assert post.poll is not None
    assert post.poll.expired is True


async def test_counts_alone_are_no_change(mastodon: Serve, archive: Archive) -> None:
    server = mastodon(posts=10)
    source = source_of(server, archive)
    await sync(source, archive)
    for each in server.world.home:
        each["favourites_count"] = 7
    seen = Seen()
    await sync(source, archive, NOW + timedelta(hours=1), seen=seen)
    assert seen.changed == []
    assert {replace(post.counts, replies=None).likes for _, post in archive.posts.page(10) if not post.booster} == {7}


async def test_without_one_permission_the_other_streams_are_read(mastodon: Serve, archive: Archive) -> None:
    scopes = ("read:statuses", "read:accounts", "read:follows", "read:favourites")
    server = mastodon(posts=60, scopes=scopes)
    source = source_of(server, archive)
    outcome = await sync(source, archive)
    assert [message for message in outcome.messages if "read:notifications" in message]
    assert {"statuses", "favourites"} <= archive.ties.streams(source.account.key).keys()
    tie = archive.ties.of(source.account.key, {"2": ""})["2"]
    assert (tie.you_follow, tie.replies_from_you, tie.replies_to_you) == (True, 1, None)
    # It is reported once, and not with every refresh.
    again = await sync(source, archive, NOW + timedelta(hours=1))
    assert not [message for message in again.messages if "read:notifications" in message]

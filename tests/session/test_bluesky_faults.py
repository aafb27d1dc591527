"""Deleted and edited posts, long pages and older sign-ins of an AT Protocol account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from quietfeed.models.context import PostContext
from quietfeed.models.mark import Mark
from quietfeed.models.source import Source
from quietfeed.session.paging import fill_gap
from quietfeed.session.sync import SyncOutcome, ignore_progress, sync_account
from quietfeed.sources.bluesky.oauth import QUERIES, READING, TRANSITIONAL
from quietfeed.sources.bluesky.permissions import not_granted, scopes_of
from quietfeed.store.archive import Archive
from quietfeed.tests.signed_in import bluesky_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "quietfeed.db")


class Seen:
    """The problems that a sync reported."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.removed: list[str] = []


async def sync(
    source: Source, archive: Archive, hours: int = 0, *, first_posts: int = 400, seen: Seen | None = None
) -> SyncOutcome:
    told = seen or Seen()

    def changed(edited: list[tuple[str, str]], removed: list[tuple[str, str]]) -> None:
        told.changed += [post_id for _, post_id in edited]
        told.removed += [post_id for _, post_id in removed]

    return await sync_account(
        source,
        archive,
        now=NOW + timedelta(hours=hours),
        first_posts=first_posts,
        report=ignore_progress,
        arrived=lambda keys: None,
        changed=changed,
    )


def ids(archive: Archive) -> list[str]:
    return [post.id for _, post in archive.posts.page(100_000)]


def uri_of(server: Any, number: int) -> str:
    uri: str = server.world.home[number]["post"]["uri"]
    return uri


@pytest.mark.parametrize("stubs", [False, True])
async def test_a_deleted_post_leaves_and_a_marked_one_is_labelled(
    bluesky: Serve, archive: Archive, stubs: bool
) -> None:
    server = bluesky(posts=60, thread_stubs=stubs)
    source = source_of(server, archive)
    await sync(source, archive)
    account = source.account.key
    gone, marked = uri_of(server, 12), uri_of(server, 14)
    ((_, post),) = archive.posts.get([(account, marked)])
    archive.marks.add(Mark(PostContext(post), "spam", NOW))
    server.deleted = {gone, marked}
    seen = Seen()
    assert (await sync(source, archive, 1, seen=seen)).messages == []
    assert (seen.removed, seen.changed) == ([gone], [marked])
    assert gone not in ids(archive)
    assert archive.posts.get([(account, marked)])[0][1].deleted_at is not None


async def test_a_deleted_post_takes_its_reposts_along(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=60)
    source = source_of(server, archive)
    await sync(source, archive)
    original = uri_of(server, 3)
    assert len([each for each in ids(archive) if each.startswith(original)]) == 3
    server.deleted = {original}
    seen = Seen()
    await sync(source, archive, 1, seen=seen)
    assert len(seen.removed) == 3
    assert not [each for each in ids(archive) if each.startswith(original)]


async def test_a_post_behind_a_block_does_not_count_as_deleted(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=60)
    source = source_of(server, archive)
    await sync(source, archive)
    server.blocked = {uri_of(server, 12)}
    seen = Seen()
    await sync(source, archive, 1, seen=seen)
    assert seen.removed == []
    assert uri_of(server, 12) in ids(archive)


@pytest.mark.parametrize("quirk", [{"lacking": ("app.bsky.feed.getPosts",)}, {"garbled": ("app.bsky.feed.getPosts",)}])
async def test_a_server_without_the_method_loses_no_post(
    bluesky: Serve, archive: Archive, quirk: dict[str, Any]
) -> None:
    server = bluesky(posts=60, **quirk)
    source = source_of(server, archive)
    await sync(source, archive)
    server.deleted = {uri_of(server, 12)}
    assert (await sync(source, archive, 1)).messages == []
    assert uri_of(server, 12) in ids(archive)


async def test_a_rewritten_record_is_updated_and_counts_alone_are_no_change(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=60)
    source = source_of(server, archive)
    await sync(source, archive)
    for place in server.world.home:
        place["post"]["likeCount"] = 7
    view = server.world.home[55]["post"]
    view["record"] = view["record"] | {"text": "put right"}
    view["cid"] = "another"
    seen = Seen()
    await sync(source, archive, 1, seen=seen)
    ((_, post),) = archive.posts.get([(source.account.key, view["uri"])])
    assert (post.text, post.cid, post.counts.likes) == ("put right", "another", 7)
    assert post.edited_at is not None
    assert seen.changed == [view["uri"]]
    # It is the same edit the next time.
    again = Seen()
    await sync(source, archive, 2, seen=again)
    assert again.changed == []
    assert archive.posts.get([(source.account.key, view["uri"])])[0][1].edited_at == post.edited_at


@pytest.mark.parametrize("first_posts", [250, 1_000])
async def test_a_page_that_ignores_its_limit_comes_in_slices(
    bluesky: Serve, archive: Archive, first_posts: int
) -> None:
    server = bluesky(posts=3_000, ignores_limit=True)
    source = source_of(server, archive)
    assert (await sync(source, archive, first_posts=first_posts)).messages == []
    assert first_posts <= len(ids(archive)) < first_posts + 100
    assert len(server.asked("app.bsky.feed.getTimeline")) == 1
    (gap,) = archive.posts.gaps()
    # After a restart the rest is requested again.
    before = len(ids(archive))
    again = source_of(server, archive)
    await fill_gap(again, archive, gap, now=NOW, pages=3, report=ignore_progress, arrived=lambda _: None)
    assert len(ids(archive)) == before + 300


OLD = ("app.bsky.feed.getPosts", "app.bsky.graph.getMutes", "app.bsky.graph.getBlocks", "app.bsky.graph.getListMutes")


async def test_an_old_sign_in_reports_its_missing_permissions_once(bluesky: Serve, archive: Archive) -> None:
    server = bluesky(posts=60, old_scopes=OLD)
    source = source_of(server, archive)
    told = [*(await sync(source, archive)).messages, *(await sync(source, archive, 1)).messages]
    # The first sync cannot compare: the permissions of an app password are only known from responses.
    assert told == [
        "This sign-in lacks permissions, so quietfeed cannot see who you mute and block:"
        " `quietfeed account add bluesky` signs in again.",
        f"This sign-in at {server.host} lacks the permission app.bsky.feed.getPosts, which quietfeed needs to notice"
        " deleted posts: `quietfeed account add bluesky` signs in again.",
    ]
    # It is not reported after a restart either.
    other = source_of(server, archive)
    assert (await sync(other, archive, 2)).messages == []
    assert len(ids(archive)) == 60


async def test_an_old_sign_in_that_cannot_read_who_answers_hides_nobody_for_it(
    bluesky: Serve, archive: Archive
) -> None:
    server = bluesky(posts=60, old_scopes=("app.bsky.notification.listNotifications",))
    source = source_of(server, archive)
    (told,) = (await sync(source, archive)).messages
    assert "lacks the permission app.bsky.notification.listNotifications" in told
    account = source.account.key
    assert "statuses" in archive.ties.streams(account)
    answered = archive.ties.contacts(account, list(server.world.people)[1])
    assert answered
    people = list(server.world.people)[1:]
    pending = archive.ties.pending_relationships(account, people)
    assert people[0] in pending
    assert len(pending) < len(people)


@pytest.mark.parametrize(
    ("scope", "lacking"),
    [
        (READING, []),
        (TRANSITIONAL, []),
        (READING.replace("rpc:app.bsky.graph.getMutes?aud=*", ""), ["app.bsky.graph.getMutes"]),
        ("atproto transition:generic", ["chat.bsky.convo.getMessages", "chat.bsky.convo.listConvos"]),
    ],
)
def test_a_browser_sign_in_stores_its_granted_scopes(scope: str, lacking: list[str]) -> None:
    client = urlencode({"redirect_uri": "http://127.0.0.1/", "scope": scope}, safe=":/?=*")
    secret = {"kind": "oauth", "client_id": f"http://localhost?{client}"}
    assert scopes_of(secret) == scope.split()
    assert not_granted(scopes_of(secret), QUERIES) == lacking

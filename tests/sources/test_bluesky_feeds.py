"""Custom feeds and lists of a Bluesky account: the list of them, their pages, and each kind of failure."""

from collections.abc import Callable
from typing import Any

import pytest
from bluesky_feeds import CLOSE, GARDEN, GONE, WALKERS, saved

from quietfeed.models.errors import PermissionMissing, RateLimited, SignInNeeded, SourceError, Unreachable
from quietfeed.tests.saying import says
from quietfeed.tests.signed_in import bluesky_source as source_of

Serve = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("closes_sources")


def saving(server: Any, *items: tuple[str, bool]) -> None:
    server.world.preferences = [saved(*items)]


async def test_the_saved_feeds_come_first_then_the_users_own_lists(bluesky: Serve) -> None:
    server = bluesky()
    saving(server, ("following", True), (WALKERS, False), (GARDEN, True), (GONE, False))
    feeds = await source_of(server).feeds()
    assert [(each.name, each.kind, each.pinned, each.gone) for each in feeds] == [
        ("Gardening 🌱", "feed", True, False),
        ("Walkers", "list", False, False),
        ("gone", "feed", False, True),
        ("Close ones", "list", False, False),
    ]
    garden, walkers, _, own = feeds
    names = [person["handle"] for person in server.world.people.values()]
    assert garden.about == "What grows, and what does not."
    assert (garden.by, walkers.by, own.by) == (names[8], names[9], "")


async def test_preferences_of_older_clients_are_read(bluesky: Serve) -> None:
    server = bluesky()
    old = {"$type": "app.bsky.actor.defs#savedFeedsPref", "pinned": [GARDEN], "saved": [WALKERS, GARDEN]}
    server.world.preferences = [old]
    feeds = await source_of(server).feeds()
    assert [(each.id, each.pinned) for each in feeds] == [(GARDEN, True), (WALKERS, False), (CLOSE, False)]


async def test_a_feed_is_read_in_its_own_order_to_its_end(bluesky: Serve) -> None:
    server = bluesky()
    source = source_of(server)
    first = await source.feed(GARDEN, None)
    second = await source.feed(GARDEN, first.cursor)
    assert second.cursor is None
    uris = [place["post"]["uri"] for place in server.feeds.places[GARDEN]]
    assert [post.id for page in (first, second) for post in page.posts] == uris
    times = [post.at for post in first.posts]
    assert times != sorted(times, reverse=True)  # type: ignore[type-var]
    assert all(post.author.followers is not None for post in first.posts)
    assert all(post.account == source.account.key for post in first.posts)


async def test_a_list_is_read_and_an_empty_one_is_no_error(bluesky: Serve) -> None:
    source = source_of(bluesky())
    assert {post.author.handle for post in (await source.feed(CLOSE, None)).posts} == {"ada.here.example"}
    assert (await source.feed(WALKERS, None)).posts == ()


@pytest.mark.parametrize(
    ("broken", "kind", "words"),
    [
        (("InvalidRequest", "could not find feed", 400), SourceError, "deleted by its author"),
        (("UnknownFeed", "unknown feed", 400), SourceError, "deleted by its author"),
        (("InvalidRequest", "could not resolve identity: did:web:x", 400), Unreachable, "does not respond"),
        (("UpstreamFailure", "feed unavailable", 502), Unreachable, "does not respond"),
        (("InvalidFeedResponse", "feed provided an invalid response", 502), Unreachable, "does not respond"),
        (("AuthenticationRequired", "members only", 401), SourceError, "rejected your account"),
        (("Forbidden", "not for you", 403), SourceError, "rejected your account"),
        (("RateLimitExceeded", "slow down", 429), RateLimited, "Rate limited by"),
        (
            ("ScopeMissingError", 'Missing required scope "rpc:x"', 403),
            PermissionMissing,
            "lacks the permission app.bsky.feed.getFeed",
        ),
    ],
)
async def test_a_failed_feed_has_its_reason_and_the_account_no_error(
    bluesky: Serve, broken: tuple[str, str, int], kind: type[SourceError], words: str
) -> None:
    server = bluesky()
    server.feeds.broken[GARDEN] = broken
    source = source_of(server)
    with pytest.raises(kind, check=says(words)) as told:
        await source.feed(GARDEN, None)
    assert type(told.value) is kind
    if kind is not RateLimited:
        assert len((await source.timeline(None)).posts) == 50


async def test_a_revoked_sign_in_is_not_an_error_of_the_feed(bluesky: Serve) -> None:
    server = bluesky()
    source = source_of(server)
    server.access.clear()
    with pytest.raises(SignInNeeded, check=says("no longer accepts the sign-in")):
        await source.feed(GARDEN, None)
    with pytest.raises(SignInNeeded, check=says("no longer accepts the sign-in")):
        await source.feeds()


async def test_an_unknown_feed_is_reported(bluesky: Serve) -> None:
    source = source_of(bluesky())
    for wrong in ("list:1", "at://did:plc:x/app.bsky.feed.post/1", "at://nobody/app.bsky.feed.generator/x", ""):
        with pytest.raises(SourceError, check=says("neither a feed nor a list")):
            await source.feed(wrong, None)

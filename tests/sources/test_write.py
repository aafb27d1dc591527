"""The contract of every writer, on all networks: an action is done once, or is known not to be done."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.action import ActionKey, Like, Unlike, target_of
from quietfeed.models.errors import (
    PermissionMissing,
    PostDeleted,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    SourceError,
    Unreachable,
)
from quietfeed.models.source import has_ties
from quietfeed.models.writer import writer_of
from quietfeed.sources import interaction_id, network, write_rules
from quietfeed.tests.saying import says
from quietfeed.tests.signed_in import account_on, secret_on

if TYPE_CHECKING:
    from .conftest import Net

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_a_like_is_done_found_and_undone(net: "Net") -> None:
    key = net.key()
    assert await net.writer.find(Like(net.target), key) is None
    receipt = await net.writer.perform(Like(net.target), key)
    assert net.liked
    assert await net.writer.find(Like(net.target), key) == receipt
    unlike = Unlike(net.target, receipt.record_id)
    again = net.key()
    assert await net.writer.find(unlike, again) is None
    await net.writer.perform(unlike, again)
    assert not net.liked
    assert await net.writer.find(Like(net.target), key) is None


async def test_an_already_liked_post_gets_no_second_like(net: "Net") -> None:
    first = await net.writer.perform(Like(net.target), net.key())
    again = await net.writer.perform(Like(net.target), net.key())
    assert again.record_id == first.record_id
    assert net.times_liked == 1


async def test_undoing_a_missing_like_is_no_error(net: "Net") -> None:
    await net.writer.perform(Unlike(net.target, "3mzzzzzzzzz2z"), net.key())
    await net.writer.perform(Unlike(net.target), net.key())
    assert not net.liked


async def test_a_like_without_a_stored_record_is_undone(net: "Net") -> None:
    await net.writer.perform(Like(net.target), net.key())
    await net.writer.perform(Unlike(net.target), net.key())
    assert not net.liked


async def test_an_answer_that_is_lost_is_unclear_and_the_like_is_found(net: "Net") -> None:
    net.server.quirks.cut_off = 1
    key = net.key()
    with pytest.raises(Unreachable):
        await net.writer.perform(Like(net.target), key)
    assert await net.writer.find(Like(net.target), key) is not None
    assert net.times_liked == 1


@pytest.mark.parametrize(
    ("status", "error"), [(401, SignInNeeded), (403, RequestRejected), (422, RequestRejected), (503, Unreachable)]
)
async def test_a_rejection_names_its_cause(net: "Net", status: int, error: type[SourceError]) -> None:
    net.refuse(status)
    with pytest.raises(error):
        await net.writer.perform(Like(net.target), net.key())
    assert not net.liked


async def test_a_deleted_post_is_an_error_of_its_own(net: "Net") -> None:
    net.server.deleted.add(net.target.post_id)
    with pytest.raises(PostDeleted):
        await net.writer.perform(Like(net.target), net.key())


async def test_a_limit_states_its_end(net: "Net") -> None:
    net.server.quirks.limited = 5
    net.server.quirks.limit_headers = {"Retry-After": "30"}
    with pytest.raises(RateLimited):
        await net.writer.perform(Like(net.target), net.key())


async def test_a_sync_finds_the_like_under_the_id_that_the_outbox_gives_it(net: "Net") -> None:
    await net.writer.perform(Like(net.target), net.key())
    if net.name == "mastodon":
        net.server.world.favourites.insert(0, net.server.known[net.target.post_id])
    else:
        places = [each for each in net.server.world.home if each["post"]["uri"] == net.target.post_id]
        net.server.world.likes.insert(0, places[0])
    assert has_ties(net.source)
    pages = [page async for page in net.source.interactions({})]
    found = [each for page in pages for each in page.interactions if each.kind == "like"]
    wanted = interaction_id(net.name, "like", net.target)
    assert [each.person.id for each in found if each.id == wanted] == [net.target.person_id]


async def test_a_token_without_the_permission_gets_advice(mastodon: Callable[..., Any]) -> None:
    server = mastodon(posts=5, scopes=("read",))
    account = Account("mastodon", server.url, f"june@{server.host}", "1")
    source = network("mastodon").open_source(account, {"token": "good"})
    writer = writer_of(source)
    assert writer is not None
    with pytest.raises(PermissionMissing, check=says(r"account refresh ACCOUNT --write")):
        await writer.perform(Like(target_of((await source.timeline(None)).posts[0])), ActionKey("a", AT))
    await source.close()


async def test_the_view_of_a_lagging_appview_does_not_make_a_second_like(bluesky: Callable[..., Any]) -> None:
    server = bluesky(posts=5, lagging=True)
    source = network("bluesky").open_source(account_on("bluesky", server), secret_on("bluesky", server))
    writer = writer_of(source)
    assert writer is not None
    like, key = Like(target_of((await source.timeline(None)).posts[0])), ActionKey("3mzzzzzzzzz2a", AT)
    server.quirks.cut_off = 1
    with pytest.raises(Unreachable):
        await writer.perform(like, key)
    # Sending it again under the same key is rejected, and it is found.
    with pytest.raises(Unreachable):
        await writer.perform(like, key)
    assert await writer.find(like, key) is not None
    assert len(server.records) == 1
    (record,) = server.records.values()
    assert record["createdAt"] == "2026-11-23T12:00:00.000Z"
    await source.close()


def test_the_write_capabilities_of_each_network() -> None:
    assert [(limit.points, limit.seconds) for limit in write_rules("bluesky").limits] == [
        (5_000, 3_600),
        (35_000, 86_400),
    ]
    assert [(limit.points, limit.seconds) for limit in write_rules("mastodon").limits] == [(300, 300)]
    assert not write_rules("elsewhere").capabilities

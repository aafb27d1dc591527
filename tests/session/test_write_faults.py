"""Every kind of action on a server that rejects it, is busy, or disconnects: reported, rolled back, and done once."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from quietfeed.models.action import Action
from quietfeed.models.action_kinds import kind_of, reverse_of
from quietfeed.models.view import PostKey
from quietfeed.session import OutboxEntry
from quietfeed.store.archive import Archive

Opens = Callable[[str], Awaitable[Any]]
REJECTED, AWAY = (403, 404, 422), (429, 503, -1)


def seen(net: Any, key: PostKey) -> tuple[object, ...]:
    """The state of the post and its author on the screen."""
    judged = net.session.actions.judged(key)
    tie = judged.tie
    flags = (tie.you_follow, tie.muting, tie.blocking, tie.boosts_muted, tie.likes_from_you, tie.boosts_from_you)
    return judged.liked, judged.boosted, judged.bookmarked, judged.voted, judged.post.counts, flags


async def queue(net: Any, action: Action) -> OutboxEntry:
    await net.session.actions.do(action)
    entry: OutboxEntry | None = net.session.outbox.newest(action)
    assert entry is not None
    return entry


def hurry(net: Any, entry: OutboxEntry) -> None:
    """Let a retry be due now."""
    archive = Archive(net.session.places.database)
    archive._db.run("update outbox set next_at = 0 where id = ?", (entry.id,))
    archive.close()


@pytest.mark.parametrize("fault", REJECTED)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_a_rejected_action_of_any_kind_is_rolled_back_with_the_reason(
    name: str, fault: int, open_net: Opens
) -> None:
    net = await open_net(name)
    key = net.someone()
    before = seen(net, key)
    net.server.quirks.write_fault = fault
    for action in net.every_kind(key):
        kind = kind_of(action).name
        entry = await net.session.outbox.deliver((await queue(net, action)).id, 0)
        if fault == 404 and kind == "delete" and name == "mastodon":
            # Deleting something that does not exist succeeds.
            assert entry.state == "done"
            continue
        assert (entry.state, entry.reason.count("\n")) == ("failed", 0), (kind, entry)
        assert entry.reason.endswith("."), (kind, entry.reason)
        assert "Traceback" not in entry.reason
        assert net.times(action) == 0, kind
        assert seen(net, key) == before, kind
    await net.session.close()


@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_a_rejected_opposite_leaves_the_action_it_should_undo(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    key = net.someone()
    for action in [each for each in net.every_kind(key) if kind_of(each).opposite]:
        kind = kind_of(action)
        done = await net.session.outbox.deliver((await queue(net, action)).id, 0)
        assert (done.state, net.holds(action)) == ("done", True), done
        if kind.name == "follow":
            # Their boosts are hidden later, which is possible only while the user follows them.
            continue
        before, back = seen(net, key), reverse_of(action)
        assert back is not None
        net.server.quirks.write_fault = 403
        entry = await net.session.outbox.deliver((await queue(net, back)).id, 0)
        net.server.quirks.write_fault = 0
        assert (entry.state, net.holds(action), seen(net, key)) == ("failed", True, before), (kind.opposite, entry)
        assert entry.reason.endswith("."), entry.reason
        entry = await net.session.outbox.deliver((await queue(net, back)).id, 0)
        assert (entry.state, net.holds(action)) == ("done", False), (kind.opposite, entry)
    await net.session.close()


@pytest.mark.parametrize("fault", AWAY)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_an_action_of_any_kind_waits_for_its_server_and_is_done_once(
    name: str, fault: int, open_net: Opens
) -> None:
    net = await open_net(name)
    key = net.someone()
    net.server.quirks.limit_headers = {"Retry-After": "0"}
    actions = net.every_kind(key)
    # The follow is undone last: boosts are hidden only while the user follows their author.
    last = [each for each in actions if kind_of(each).name == "follow"]
    for action in actions:
        await _waits_and_is_done(net, action, fault, partial(_was_done, net, action))
        if action not in last:
            await _take_back(net, action, fault)
    for action in last:
        await _take_back(net, action, fault)
    await net.session.close()


def _was_done(net: Any, action: Action, times: int) -> bool:
    return bool(net.times(action) == times)


async def _take_back(net: Any, action: Action, fault: int) -> None:
    back = reverse_of(action)
    if back is not None:
        await _waits_and_is_done(net, back, fault, lambda times: net.holds(action) is not bool(times))


async def _waits_and_is_done(net: Any, action: Action, fault: int, was_done: Callable[[int], bool]) -> None:
    kind = kind_of(action).name
    net.server.quirks.write_fault = fault
    entry = await net.session.outbox.deliver((await queue(net, action)).id, 0)
    assert entry.state == ("pending" if fault == 429 else "unclear"), (kind, entry)
    assert entry.reason, kind
    assert was_done(0), kind
    net.server.quirks.write_fault = 0
    hurry(net, entry)
    entry = await net.session.outbox.deliver(entry.id, 0)
    if kind == "report" and fault != 429:
        # It cannot be compared: the user decides.
        assert net.session.outbox.needs_confirmation(entry)
        entry = await net.session.outbox.deliver(net.session.outbox.confirm(entry.id).id, 0)
    assert entry.state == "done", (kind, entry)
    assert was_done(1), kind
    await net.session.outbox.send_due()
    assert was_done(1), kind

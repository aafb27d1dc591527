"""What a command does in one call: a sync of everything, and queries judged with every mark."""

from collections.abc import Awaitable, Callable
from typing import Any

from quietfeed.models.verdict import Level
from quietfeed.session import Session
from quietfeed.session.full_sync import Synced
from quietfeed.session.queries import Wanted


async def test_one_call_sends_and_fetches(open_net: Callable[[str], Awaitable[Any]]) -> None:
    net = await open_net("mastodon")
    session: Session = net.session
    key = net.someone()
    await session.actions.on_post("like", key)
    net.server.world.home.insert(0, net.server.world.status(-1, author="2"))
    results: list[Synced] = []
    notices: list[str] = []
    await session.sync.run(results.append, notices.append)
    (result,) = results
    assert result.account == session.accounts[0]
    assert (result.errors, result.stored) == ((), session.timeline.stored(result.account.key))
    assert (result.new, result.shown, result.hidden) == (1, 1, 0)
    assert net.server.likes == {key[1]}
    assert notices == []
    await session.close()


def test_a_query_trains_pending_marks_first(demo_world: Callable[..., Session]) -> None:
    session = demo_world()
    session.marks.set(session.timeline.posts[0].key, "spam")
    assert session.learning.pending
    found = list(session.queries.timeline(Wanted(Level.quiet, hidden=True, limit=3)))
    assert not session.learning.pending
    assert len(found) == 3
    assert not any(each.judged.verdict.shown_at(Level.quiet) for each in found)

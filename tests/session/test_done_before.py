"""Actions that would change nothing, because the server was already in that state."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from quietfeed.models.action import Action, ActionKey, Target
from quietfeed.models.action_kinds import kind_of, make_action
from quietfeed.models.view import Change
from quietfeed.models.writer import Writer, writer_of
from quietfeed.phrases.actions import done_sentence
from quietfeed.phrases.changes import change_text
from quietfeed.tests.session.conftest import Net

Opens = Callable[[str], Awaitable[Net]]
KEY = ActionKey("3mzzzzzzzzz2a", datetime(2026, 6, 1, tzinfo=UTC))


async def writer(net: Net, account_key: str) -> Writer:
    """A writer of the account, as another client has one."""
    (account,) = (each for each in net.session.signing_in.all() if each.key == account_key)
    found = writer_of(await net.session.signing_in.source(account))
    assert found is not None
    return found


async def done_and_undone(net: Net, action: Action) -> tuple[str, Change | None]:
    """The sentence about an action after the server confirmed it, and the change that undo then makes."""
    session = net.session
    await session.actions.do(action)
    entry = session.outbox.entries()[0]
    entry = await session.outbox.deliver(entry.id, 10)
    assert entry.state == "done"
    assert entry.receipt is not None
    kind = kind_of(action).name
    change = await session.history.undo_any()
    await session.outbox.send_due()
    return done_sentence(kind, "them", entry.receipt), change


async def test_a_hashtag_that_was_followed_before_stays_followed_after_undo(open_net: Opens) -> None:
    net = await open_net("mastodon")
    net.server.acts.state.add(("follow_tag", "walking"))
    action = make_action("follow_tag", Target(net.someone()[0], tag="walking"))
    sentence, change = await done_and_undone(net, action)
    assert sentence == "you already follow them"
    assert change is not None
    assert change.kind == "done_before"
    assert change_text(change, net.session.clock.now()) == "nothing to undo: you already follow #walking"
    assert net.holds(action)
    await net.session.close()


async def test_a_hashtag_that_was_not_followed_is_unfollowed_by_undo(open_net: Opens) -> None:
    net = await open_net("mastodon")
    action = make_action("follow_tag", Target(net.someone()[0], tag="walking"))
    sentence, change = await done_and_undone(net, action)
    assert sentence == "followed: them"
    assert change is not None
    assert change.kind == "action"
    assert not net.holds(action)
    await net.session.close()


@pytest.mark.parametrize("network", ["mastodon", "bluesky"])
async def test_a_person_followed_in_another_client_stays_followed_after_undo(open_net: Opens, network: str) -> None:
    net = await open_net(network)
    account, post_id = net.someone()
    author = net.session.actions.judged((account, post_id)).post.author
    person = Target(account, item_id=post_id, person_id=author.id, handle=author.handle)
    follow, unfollow = make_action("follow", person), make_action("unfollow", person)
    elsewhere = await writer(net, account)
    await elsewhere.perform(unfollow, KEY)
    await elsewhere.perform(follow, KEY)
    _, change = await done_and_undone(net, follow)
    assert change is not None
    assert change.kind == "done_before"
    assert net.holds(follow)
    await net.session.close()

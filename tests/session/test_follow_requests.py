"""A pending follow request is shown as a request in any case, and withdrawn by unfollowing."""

from collections.abc import Awaitable, Callable
from typing import Any

from quietfeed.models.action import AcceptFollow, Block, Follow, Target, Unblock, Unfollow
from quietfeed.phrases.actions import menu_text
from quietfeed.phrases.ties import tie_text
from quietfeed.session.sync import ignore_progress
from quietfeed.store.archive import Archive

Opens = Callable[[str], Awaitable[Any]]


async def done(net: Any, action: Any) -> str:
    change = await net.session.actions.on_person(action)
    entry = net.session.outbox.newest(action)
    assert entry is not None
    if change.kind == "already_done":
        return "already"
    return str((await net.session.outbox.deliver(entry.id, 0)).state)


async def read_again(net: Any, account: str) -> None:
    """Sync with every relationship requested again."""
    archive = Archive(net.session.places.database)
    archive.relationships.request_again(account)
    archive.close()
    await net.session.fetching.refresh(ignore_progress)


async def requested_elsewhere(net: Any) -> Target:
    """Request to follow somebody in another client, and sync. Returns that person, by one of their posts."""
    key = net.someone()
    author = net.session.actions.judged(key).post.author
    net.server.world.follows[author.id] = (False, False)
    net.server.acts.locked.add(author.id)
    net.server.acts.set("request", author.id, value=True)
    await read_again(net, key[0])
    return Target(key[0], item_id=key[1], person_id=author.id, handle=author.handle)


async def test_a_request_made_elsewhere_is_shown_and_withdrawn(open_net: Opens) -> None:
    net = await open_net("mastodon")
    about = await requested_elsewhere(net)
    key = (about.account, about.item_id)
    judged = net.session.actions.judged(key)
    assert (judged.tie.you_follow, judged.tie.requested) == (False, True)
    assert "you requested to follow them, and they have not accepted yet" in tie_text(
        net.session.people.tie_to((key[0], about.person_id))
    )
    assert "unfollow" in net.session.menu.of(judged)
    assert menu_text("unfollow", judged) == f"withdraw the request to follow {about.handle}"
    assert net.session.actions.is_done("follow", about)
    assert await done(net, Unfollow(about)) == "done"
    assert not net.server.acts.has("request", about.person_id)
    judged = net.session.actions.judged(key)
    assert (judged.tie.you_follow, judged.tie.requested) == (False, False)
    # A new request counts as no follow until they accept it.
    assert await done(net, Follow(about)) == "done"
    judged = net.session.actions.judged(key)
    assert (judged.tie.you_follow, judged.tie.requested) == (False, True)
    assert await done(net, Unfollow(about)) == "done"
    assert not net.server.acts.has("request", about.person_id)
    await net.session.close()


async def test_a_request_can_be_withdrawn_and_made_again_before_anything_is_sent(open_net: Opens) -> None:
    net = await open_net("mastodon")
    about = await requested_elsewhere(net)
    key = (about.account, about.item_id)
    actions, requests = net.session.actions, len(net.server.requests)
    for _ in range(2):
        assert (await actions.on_person(Unfollow(about))).kind == "action"
        assert not actions.judged(key).tie.requested
        # The request is still there, so nothing is sent.
        assert (await actions.on_person(Follow(about))).kind == "action_withdrawn"
        assert actions.judged(key).tie.requested
    await net.session.outbox.send_due()
    assert (len(net.server.requests), net.server.acts.has("request", about.person_id)) == (requests, True)
    # Undo of the withdrawal, before and after it is sent, leaves the request too.
    await actions.on_person(Unfollow(about))
    await net.session.history.undo_any()
    assert actions.judged(key).tie.requested
    assert await done(net, Unfollow(about)) == "done"
    await net.session.history.undo_any()
    await net.session.outbox.send_due()
    assert (actions.judged(key).tie.requested, net.server.acts.has("request", about.person_id)) == (True, True)
    await net.session.close()


async def test_a_block_ends_the_follow_here_too(open_net: Opens) -> None:
    net = await open_net("mastodon")
    key = net.someone()
    author = net.session.actions.judged(key).post.author
    about = Target(key[0], item_id=key[1], person_id=author.id, handle=author.handle)
    net.server.acts.blocks_end_follows = True
    await done(net, Follow(about))
    assert net.session.actions.judged(key).tie.you_follow
    assert await done(net, Block(about)) == "done"
    assert await done(net, Unblock(about)) == "done"
    assert net.session.actions.judged(key).tie.you_follow is False
    assert await done(net, Follow(about)) == "done"
    assert net.server.acts.has("follow", author.id)
    await net.session.close()


async def test_an_accepted_request_is_a_follow_at_once(open_net: Opens) -> None:
    net = await open_net("mastodon")
    key = net.someone()
    author = net.session.actions.judged(key).post.author
    net.server.world.follows[author.id] = (False, False)
    net.server.acts.requests = [author.id]
    await read_again(net, key[0])
    assert net.session.actions.judged(key).tie.follows_you is False
    about = Target(key[0], item_id=key[1], person_id=author.id, handle=author.handle)
    assert await done(net, AcceptFollow(about)) == "done"
    assert net.session.actions.judged(key).tie.follows_you is True
    await net.session.close()

"""The permission of every kind of action: named when it is missing. Nothing is sent before writing is switched on."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.action import Compose, Target
from quietfeed.models.action_kinds import ACTION_KINDS, kind_of
from quietfeed.models.draft import Draft, DraftMedia
from quietfeed.models.errors import WritingOff
from quietfeed.sources import write_rules

Opens = Callable[[str], Awaitable[Any]]

MASTODON = {
    "like": ("write:favourites", "like posts"),
    "boost": ("write:statuses", "boost posts"),
    "bookmark": ("write:bookmarks", "bookmark posts"),
    "pin": ("write:accounts", "pin posts"),
    "vote": ("write:statuses", "vote in polls"),
    "delete": ("write:statuses", "delete posts"),
    "follow": ("write:follows", "follow people"),
    "hide_boosts": ("write:follows", "hide the boosts of a person"),
    "mute": ("write:mutes", "mute people"),
    "block": ("write:blocks", "block people"),
    "report": ("write:reports", "report people"),
    "note": ("write:accounts", "write notes on people"),
    "follow_requests": ("write:follows", "answer follow requests"),
    "follow_tag": ("write:follows", "follow hashtags"),
    "change_list": ("write:lists", "publish a list of the people you know"),
    "compose": ("write:statuses", "post"),
    "edit": ("write:statuses", "edit posts"),
}
BLUESKY = {
    "like": ("repo:app.bsky.feed.like", "like posts"),
    "boost": ("repo:app.bsky.feed.repost", "boost posts"),
    "bookmark": ("rpc:app.bsky.bookmark.createBookmark", "bookmark posts"),
    "pin": ("repo:app.bsky.actor.profile", "pin posts"),
    "delete": ("repo:app.bsky.feed.post", "delete posts"),
    "follow": ("repo:app.bsky.graph.follow", "follow people"),
    "hide_boosts": ("rpc:app.bsky.graph.muteActor", "hide the boosts of a person"),
    "mute": ("rpc:app.bsky.graph.muteActor", "mute people"),
    "block": ("repo:app.bsky.graph.block", "block people"),
    "report": ("rpc:com.atproto.moderation.createReport", "report people"),
    "change_list": ("repo:app.bsky.graph.list", "publish a list of the people you know"),
    "compose": ("repo:app.bsky.feed.post", "post"),
}
TABLES = {"mastodon": MASTODON, "bluesky": BLUESKY}
"""The permission of each capability, and its purpose, as in docs/actions.md."""


def test_every_capability_of_a_network_has_its_permission() -> None:
    for name, table in TABLES.items():
        assert table.keys() == write_rules(name).capabilities
    assert {kind.capability for kind in ACTION_KINDS.values()} == MASTODON.keys()


def without_permission(net: Any) -> None:
    """Let the token of a session only read."""
    if net.name == "mastodon":
        net.server.quirks.scopes = ("read",)
    else:
        net.server.quirks.write_fault, net.server.quirks.write_error = 403, "ScopeMissingError"


@pytest.mark.parametrize("name", list(TABLES))
async def test_a_missing_permission_names_its_purpose_and_the_fix(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    key = net.someone()
    actions, account = net.every_kind(key), net.session.accounts[0].name
    without_permission(net)
    author = net.session.actions.judged(key).post.author.id
    for action in actions:
        if name == "mastodon":
            # Boosts can be hidden only of a followed person, and a follow needs an unfollowed one.
            net.server.world.follows[author] = (kind_of(action).name == "hide_boosts", True)
        await net.session.actions.do(action)
        entry = net.session.outbox.newest(action)
        entry = await net.session.outbox.deliver(entry.id, 0)
        scope, purpose = TABLES[name][kind_of(action).capability]
        assert (entry.state, entry.reason) == (
            "failed",
            f"This sign-in at {net.server.url.removeprefix('http://')} lacks the permission {scope}, which quietfeed"
            f" needs to {purpose}: `quietfeed account refresh {account} --write` requests it.",
        )
        assert net.times(action) == 0
    await net.session.close()


@pytest.mark.parametrize(("name", "scope"), [("mastodon", "write:media"), ("bluesky", "blob:*/*")])
async def test_an_attachment_needs_a_separate_permission(
    name: str, scope: str, open_net: Opens, tmp_path: Path
) -> None:
    net = await open_net(name)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    account = net.session.accounts[0].key
    without_permission(net)
    draft = Draft("A picture", (account,), media=(DraftMedia(str(picture), "a lake"),))
    action = Compose(Target(account, item_id="draft:1"), draft)
    await net.session.actions.do(action)
    entry = await net.session.outbox.deliver(net.session.outbox.newest(action).id, 0)
    assert entry.state == "failed"
    assert f"lacks the permission {scope}, which quietfeed needs to attach files: " in entry.reason
    assert net.texts() == []
    await net.session.close()


@pytest.mark.parametrize("name", list(TABLES))
async def test_nothing_is_sent_for_an_account_before_writing_is_switched_on(name: str, open_net: Opens) -> None:
    net = await open_net(name)
    key = net.someone()
    session, account = net.session, net.session.accounts[0]
    # The token allows everything; the user has not.
    session.signing_in.set_writing(account, False)
    sent = len(net.server.requests)
    for action in net.every_kind(key):
        with pytest.raises(WritingOff):
            await session.actions.do(action)
    number = session.composing.save(Draft("Not yet", (account.key,)))
    with pytest.raises(WritingOff):
        await session.composing.send(number, at_once=True)
    await session.outbox.send_due()
    assert session.outbox.entries() == []
    assert len(net.server.requests) == sent
    # What was queued before writing was switched off is not sent either.
    session.signing_in.set_writing(account, True)
    await session.actions.on_post("like", key)
    session.signing_in.set_writing(session.accounts[0], False)
    await session.outbox.send_due()
    assert len(net.server.requests) == sent
    await session.close()

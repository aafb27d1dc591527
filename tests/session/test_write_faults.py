"""Every kind of action on a server that rejects it, is busy, or goes away: one sentence, rolled back, nothing twice."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from quietfeed.models.action import Action, Compose, Delete, Mute, Report, SetNote, Target, Vote, target_of
from quietfeed.models.action_kinds import ACTION_KINDS, kind_of, make_action
from quietfeed.models.draft import Draft
from quietfeed.models.view import PostKey
from quietfeed.session import OutboxEntry
from quietfeed.sources import write_rules
from quietfeed.store.archive import Archive

Opens = Callable[[str], Awaitable[Any]]
KINDS = ("like", "boost", "bookmark", "pin", "vote", "delete", "follow", "hide_boosts", "mute", "block", "report",
         "note", "follow_tag", "compose")  # fmt: skip
REJECTED, AWAY = (403, 404, 422), (429, 503, -1)


def all_actions(net: Any, key: PostKey) -> list[Action]:
    """One action of each kind that the network has, on somebody's post, their author, or a post of the user's own."""
    target = target_of(net.session.actions.judged(key).post)
    person = Target(target.account, item_id=key[1], person_id=target.person_id, handle=target.handle)
    made: dict[str, Action] = {
        "vote": Vote(target, "77", (0,)),
        "delete": Delete(own_post(net, key[0])),
        "pin": make_action("pin", target if net.name == "mastodon" else own_post(net, key[0])),
        "mute": Mute(person),
        "report": Report(target, "sells things"),
        "note": SetNote(person, "met at the lake"),
        "follow_tag": make_action("follow_tag", Target(key[0], item_id=key[1], tag="walking")),
        "compose": Compose(Target(key[0], item_id="1"), Draft("Good morning", (key[0],))),
    }
    able = write_rules(net.name).capabilities
    subjects = {"post": target, "person": person}
    return [
        made.get(kind) or make_action(kind, subjects[ACTION_KINDS[kind].subject])
        for kind in KINDS
        if ACTION_KINDS[kind].capability in able
    ]


def own_post(net: Any, account: str) -> Target:
    if net.name == "mastodon":
        status = net.server.world.status(500, author="1") | {"_text": "mine"}
        if all(each["id"] != status["id"] for each in net.server.posts.made):
            net.server.posts.made.append(status)
        return Target(account, status["id"])
    uri = f"at://{net.server.world.me['did']}/app.bsky.feed.post/3mzzzzzzzzzzz"
    net.server.records[uri] = {"text": "mine"}
    return Target(account, uri, cid="bafyreib2rxk3rw6putwxnsr3vhcojrwpaewtbmfyoviqyxwyjyiqevxpqm")


def count_on_server(net: Any, action: Action) -> int:
    """How often an action was done."""
    kind = kind_of(action)
    if kind.name == "compose":
        return sum(text == "Good morning" for text in net.texts())
    if isinstance(action, Vote):
        return int(action.poll_id in net.server.acts.votes)
    if kind.name == "report":
        return len(net.server.acts.reports)
    target = action.target
    subject = {"post": target.post_id, "person": target.person_id, "tag": target.tag}[kind.subject]
    if kind.name == "like":
        return int(net.server.liked.get(subject, 0))
    if kind.name == "delete" and net.name == "mastodon":
        return int(subject in net.server.deleted)
    if kind.name == "note":
        return int(net.server.acts.notes.get(subject, "") != "")
    if net.name == "mastodon":
        return int(net.server.acts.has(kind.name, subject))
    return int(net.server.acts.has(net.server, kind.name, subject))


def seen(net: Any, key: PostKey) -> tuple[object, ...]:
    """What the screen shows of the post and its author."""
    judged = net.session.actions.judged(key)
    tie = judged.tie
    flags = (tie.you_follow, tie.muting, tie.blocking, tie.boosts_muted, tie.likes_from_you, tie.boosts_from_you)
    return judged.liked, judged.boosted, judged.bookmarked, judged.voted, judged.post.counts, flags


async def queue(net: Any, action: Action) -> OutboxEntry:
    await net.session.actions.do(action)
    entry = net.session.outbox.newest(action)
    assert entry is not None
    return entry


def hurry(net: Any, entry: OutboxEntry) -> None:
    """Let a retry be due now."""
    archive = Archive(net.session.places.database)
    archive._db.run("update outbox set next_at = 0 where id = ?", (entry.id,))
    archive.close()


def prepare(net: Any, key: PostKey) -> None:
    """Nobody follows whom they follow already."""
    if net.name == "bluesky":
        person = net.session.actions.judged(key).post.author.id
        net.server.world.follows[person] = (False, True)


@pytest.mark.parametrize("fault", REJECTED)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_a_rejected_action_of_any_kind_is_rolled_back_and_says_why(
    name: str, fault: int, open_net: Opens
) -> None:
    net = await open_net(name)
    key = net.someone()
    prepare(net, key)
    before = seen(net, key)
    net.server.quirks.write_fault = fault
    for action in all_actions(net, key):
        kind = kind_of(action).name
        entry = await net.session.outbox.deliver((await queue(net, action)).id, 0)
        if fault == 404 and kind == "delete" and name == "mastodon":
            # What is not there is deleted.
            assert entry.state == "done"
            continue
        assert (entry.state, entry.reason.count("\n")) == ("failed", 0), (kind, entry)
        assert entry.reason.endswith("."), (kind, entry.reason)
        assert "Traceback" not in entry.reason
        assert count_on_server(net, action) == 0, kind
        assert seen(net, key) == before, kind
    await net.session.close()


@pytest.mark.parametrize("fault", AWAY)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_an_action_of_any_kind_waits_for_its_server_and_is_done_once(
    name: str, fault: int, open_net: Opens
) -> None:
    net = await open_net(name)
    key = net.someone()
    prepare(net, key)
    net.server.quirks.limit_headers = {"Retry-After": "0"}
    for action in all_actions(net, key):
        kind = kind_of(action).name
        net.server.quirks.write_fault = fault
        entry = await net.session.outbox.deliver((await queue(net, action)).id, 0)
        assert entry.state == ("pending" if fault == 429 else "unclear"), (kind, entry)
        assert entry.reason, kind
        assert count_on_server(net, action) == 0, kind
        net.server.quirks.write_fault = 0
        hurry(net, entry)
        entry = await net.session.outbox.deliver(entry.id, 0)
        if kind == "report" and fault != 429:
            # It cannot be compared: the user decides.
            assert net.session.outbox.needs_confirmation(entry)
            entry = await net.session.outbox.deliver(net.session.outbox.confirm(entry.id).id, 0)
        assert entry.state == "done", (kind, entry)
        assert count_on_server(net, action) == 1, kind
        await net.session.outbox.send_due()
        assert count_on_server(net, action) == 1, kind
    await net.session.close()

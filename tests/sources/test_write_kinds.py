"""Every kind of action on both networks: done once, found again, undone, and compared after a lost answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from quietfeed.models.account import Account
from quietfeed.models.action import (
    AcceptFollow,
    Action,
    ActionKey,
    Delete,
    Mute,
    RejectFollow,
    Report,
    SetNote,
    Target,
    Vote,
    target_of,
)
from quietfeed.models.action_kinds import make_action, reverse_of
from quietfeed.models.errors import CannotCompare, PermissionMissing, RequestRejected, SourceError, Unreachable
from quietfeed.models.source import has_lookup, has_personal, has_translate
from quietfeed.models.writer import writer_of
from quietfeed.sources import network
from quietfeed.tests.saying import says
from quietfeed.tests.signed_in import account_on, secret_on

if TYPE_CHECKING:
    from .conftest import Net

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)

PAIRS = ("boost", "bookmark", "pin", "follow", "hide_boosts", "mute", "block", "follow_tag")


async def prepared(net: "Net", kind: str) -> Action:
    """Prepares the state that the action needs, such as a person who is not followed yet."""
    if kind == "follow":
        net.server.world.follows[net.target.person_id] = (False, True)
    return make_action(kind, net.target)


@pytest.mark.parametrize("kind", PAIRS)
async def test_an_action_is_done_once_found_and_undone(net: "Net", kind: str) -> None:
    if net.lacks(kind):
        pytest.skip(f"{net.name} has no {kind}")
    action, key = await prepared(net, kind), net.key()
    assert await net.writer.find(action, key) is None
    receipt = await net.writer.perform(action, key)
    assert net.has(kind)
    assert await net.writer.find(action, key) is not None
    again = await net.writer.perform(action, net.key())
    assert net.has(kind)
    assert net.server.acts.times[kind, net.subject(kind)] <= 1
    back = reverse_of(action, receipt.record_id or again.record_id)
    assert back is not None
    undo = net.key()
    assert await net.writer.find(back, undo) is None
    await net.writer.perform(back, undo)
    assert not net.has(kind)
    # Undoing a missing action is no error.
    await net.writer.perform(back, net.key())


@pytest.mark.parametrize("kind", [*PAIRS, "delete", "note"])
async def test_after_a_lost_answer_the_action_is_found(net: "Net", kind: str) -> None:
    if net.lacks(kind):
        pytest.skip(f"{net.name} has no {kind}")
    if kind == "note":
        action: Action = SetNote(net.target, "met at the lake")
    elif kind == "delete":
        action = await own_post(net)
    else:
        action = await prepared(net, kind)
    key = net.key()
    net.server.quirks.cut_off = 1
    if kind == "delete" and net.name == "mastodon":
        net.server.quirks.cut_off = 0
        await net.writer.perform(action, key)
    else:
        with pytest.raises(Unreachable):
            await net.writer.perform(action, key)
    assert await net.writer.find(action, key) is not None


async def own_post(net: "Net") -> Delete:
    if net.name == "mastodon":
        status = net.server.world.status(500, author="1") | {"_text": "mine"}
        net.server.posts.made.append(status)
        return Delete(Target(net.source.account.key, status["id"]))
    uri = f"at://{net.server.world.me['did']}/app.bsky.feed.post/3mzzzzzzzzzzz"
    net.server.records[uri] = {"text": "mine"}
    return Delete(Target(net.source.account.key, uri))


async def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(net: "Net") -> None:
    delete = await own_post(net)
    assert await net.writer.find(delete, net.key()) is None
    await net.writer.perform(delete, net.key())
    assert await net.writer.find(delete, net.key()) is not None
    await net.writer.perform(delete, net.key())


async def test_a_report_arrives_and_cannot_be_compared(net: "Net") -> None:
    report = Report(net.target, "sells things")
    await net.writer.perform(report, net.key())
    (made,) = net.server.acts.reports
    assert "sells things" in made.values()
    assert net.target.post_id in str(made)
    with pytest.raises(CannotCompare):
        await net.writer.find(report, net.key())
    await net.writer.perform(Report(Target(net.target.account, person_id=net.target.person_id), "again"), net.key())
    assert net.target.post_id not in str(net.server.acts.reports[1])


async def test_somebody_who_is_not_seen_yet_is_found_by_the_handle(net: "Net") -> None:
    assert has_lookup(net.source)
    found = await net.source.find_person(net.target.handle)
    assert found is not None
    assert found.id == net.target.person_id
    assert (
        await net.source.find_person("nobody.else.example" if net.name == "bluesky" else "nobody@else.example") is None
    )


async def test_bluesky_mutes_have_scopes_and_no_end(
    bluesky: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    server = bluesky(posts=5)
    source = network("bluesky").open_source(account_on("bluesky", server), secret_on("bluesky", server))
    writer = writer_of(source)
    assert writer is not None
    target = target_of((await source.timeline(None)).posts[0])
    with pytest.raises(RequestRejected, check=says("mutes do not expire")):
        await writer.perform(Mute(target, 3600), ActionKey("a", AT))
    await writer.perform(Mute(target), ActionKey("a", AT))
    with pytest.raises(RequestRejected, check=says("unmute them on the server first")):
        await writer.perform(make_action("hide_boosts", target), ActionKey("b", AT))
    # The other scopes of the mute stay.
    server.acts.mutes[target.person_id] = {"onlyQuoteposts": True}
    await writer.perform(make_action("hide_boosts", target), ActionKey("c", AT))
    assert server.acts.mutes[target.person_id] == {
        "actor": target.person_id,
        "onlyReposts": True,
        "onlyQuoteposts": True,
    }
    await writer.perform(make_action("show_boosts", target), ActionKey("d", AT))
    assert server.acts.mutes[target.person_id] == {"actor": target.person_id, "onlyQuoteposts": True}
    await source.close()


async def test_a_follow_of_a_locked_person_is_a_request(masto: "Net") -> None:
    masto.server.world.follows[masto.target.person_id] = (False, True)
    masto.server.acts.locked.add(masto.target.person_id)
    follow = make_action("follow", masto.target)
    assert (await masto.writer.perform(follow, masto.key())).requested
    found = await masto.writer.find(follow, masto.key())
    assert found is not None
    assert found.requested
    await masto.writer.perform(make_action("unfollow", masto.target), masto.key())
    assert await masto.writer.find(follow, masto.key()) is None


async def test_hiding_boosts_follows_nobody_new(masto: "Net") -> None:
    masto.server.world.follows[masto.target.person_id] = (False, False)
    with pytest.raises(RequestRejected, check=says("do not follow")):
        await masto.writer.perform(make_action("hide_boosts", masto.target), masto.key())
    assert not masto.server.acts.has("follow", masto.target.person_id)


async def test_a_vote_is_compared_before_it_is_sent_again(masto: "Net") -> None:
    vote = Vote(masto.target, "p1", (0, 2))
    assert await masto.writer.find(vote, masto.key()) is None
    masto.server.quirks.cut_off = 1
    with pytest.raises(Unreachable):
        await masto.writer.perform(vote, masto.key())
    assert masto.server.acts.votes == {"p1": ["0", "2"]}
    assert await masto.writer.find(vote, masto.key()) is not None
    masto.server.acts.silent_polls = True
    with pytest.raises(CannotCompare):
        await masto.writer.find(vote, masto.key())


async def test_mutes_end_and_notes_and_requests_are_read(masto: "Net") -> None:
    await masto.writer.perform(Mute(masto.target, 3600), masto.key())
    assert masto.server.acts.forms[-1]["duration"] == "3600"
    await masto.writer.perform(SetNote(masto.target, "met at the lake"), masto.key())
    assert has_personal(masto.source)
    assert await masto.source.note_on(masto.target.person_id) == "met at the lake"
    masto.server.acts.requests = ["3", "4"]
    assert [each.id for each in await masto.source.follow_requests()] == ["3", "4"]
    accept = AcceptFollow(Target(masto.target.account, person_id="3"))
    assert await masto.writer.find(accept, masto.key()) is None
    await masto.writer.perform(accept, masto.key())
    assert await masto.writer.find(accept, masto.key()) is not None
    await masto.writer.perform(RejectFollow(Target(masto.target.account, person_id="4")), masto.key())
    assert await masto.source.follow_requests() == []


async def test_a_response_older_than_an_action_is_requested_again(masto: "Net") -> None:
    masto.server.acts.stale = True
    await masto.writer.perform(make_action("bookmark", masto.target), masto.key())
    await masto.writer.perform(make_action("boost", masto.target), masto.key())
    await masto.writer.perform(make_action("mute", masto.target), masto.key())
    assert masto.has("mute")


async def test_a_translation_comes_from_the_server_or_is_an_error(masto: "Net") -> None:
    assert has_translate(masto.source)
    post = (await masto.source.timeline(None)).posts[0]
    translation = await masto.source.translate(post, "en")
    assert (translation.text, translation.source, translation.provider) == ("translated", "de", "here")
    masto.server.quirks.refused["translate"] = 404
    with pytest.raises(SourceError, check=says("does not translate")):
        await masto.source.translate(post, "en")


@pytest.mark.parametrize(
    ("kind", "scope"), [("boost", "write:statuses"), ("unfollow", "write:follows"), ("bookmark", "write:bookmarks")]
)
async def test_a_token_without_the_scope_of_an_action_gets_advice(
    mastodon: Callable[..., Any], kind: str, scope: str
) -> None:
    server = mastodon(posts=5, scopes=("read", "write:favourites"))
    source = network("mastodon").open_source(
        Account("mastodon", server.url, f"june@{server.host}", "1"), {"token": "good"}
    )
    writer = writer_of(source)
    assert writer is not None
    action = make_action(kind, target_of((await source.timeline(None)).posts[0]))
    with pytest.raises(PermissionMissing, check=says(rf"{scope}.*account refresh ACCOUNT --write")):
        await writer.perform(action, ActionKey("a", AT))
    await source.close()

"""A look without signing in: somebody's public timeline, read from loopback servers without a token."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quietfeed.__main__ import main
from quietfeed.models.errors import SourceError, UsageError
from quietfeed.models.verdict import Level
from quietfeed.phrases.errors import error_text
from quietfeed.session import open_public
from quietfeed.sources import network
from quietfeed.tests.saying import says

Serve = Callable[..., Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("QUIETFEED_HOME", str(tmp_path))
    yield tmp_path
    assert not list(tmp_path.iterdir()), "nothing is kept"


async def ties_of(handle: str, server: Any) -> dict[str, Any]:
    session = await open_public(handle, server.url)
    try:
        arrival = await session.fetching.refresh(lambda _progress: None)
        assert not arrival.errors
        return {judged.post.author.handle: judged.tie for judged in session.timeline.posts}
    finally:
        await session.close()


async def test_a_public_bluesky_timeline_holds_those_who_are_followed(bluesky: Serve) -> None:
    server = bluesky(posts=40)
    ties = await ties_of(server.world.me["handle"], server)
    followed = {server.world.people[each]["handle"] for each, pair in server.world.follows.items() if pair[0]}
    assert followed <= ties.keys()
    first, second = (server.world.people[each]["handle"] for each in list(server.world.follows)[:2])
    assert (ties[first].you_follow, ties[first].follows_you) == (True, True)
    assert (ties[second].you_follow, ties[second].follows_you) == (True, False)
    assert all("authorization" not in request.headers for request in server.requests)


@pytest.mark.parametrize("quirk", ["lacking", "garbled"])
async def test_follow_lists_replace_missing_relationships(bluesky: Serve, quirk: str) -> None:
    server = bluesky(posts=40, **{quirk: ("app.bsky.graph.getRelationships",)})
    session = await open_public(server.world.me["handle"], server.url)
    await session.fetching.refresh(lambda _progress: None)
    judged = {each.post.author.id: each for each in session.timeline.posts}
    friend, followed = list(server.world.follows)[:2]
    assert (judged[friend].tie.you_follow, judged[friend].tie.follows_you) == (True, True)
    assert (judged[followed].tie.you_follow, judged[followed].tie.follows_you) == (True, None)
    # Nothing waits for an answer that never comes.
    assert judged[friend].verdict.shown_at(Level.known)
    assert not judged[followed].verdict.shown_at(Level.known)
    await session.close()


async def test_replies_in_the_feeds_count_as_replies(bluesky: Serve) -> None:
    server = bluesky(posts=10)
    world = server.world
    friend = next(iter(world.follows))
    own = world.posts[0]["post"]
    world.home.append({"post": world.answer(60, list(world.people).index(friend) + 1, own)})
    ties = await ties_of(world.me["handle"], server)
    assert ties[world.people[friend]["handle"]].replies_to_you == 1


async def test_answers_to_strangers_are_left_out(bluesky: Serve) -> None:
    server = bluesky(posts=4)
    world = server.world
    friend = list(world.people).index(next(iter(world.follows))) + 1
    stranger = next(each for each in world.people if each not in world.follows and each != world.me["did"])
    world.home.append({"post": world.answer(61, friend, world.post(62, list(world.people).index(stranger) + 1))})
    source = await network("bluesky").look(world.me["handle"], server.url)
    uris = {post.id for post in (await source.timeline(None)).posts}
    await source.close()
    assert uris
    assert world.home[-1]["post"]["uri"] not in uris


async def test_a_public_mastodon_timeline_holds_those_who_are_followed(mastodon: Serve) -> None:
    server = mastodon(posts=40)
    ties = await ties_of(f"{server.world.me['acct']}@here.example", server)
    followed = [each for each, pair in server.world.follows.items() if pair[0]]
    by_id = {
        person["id"]: handle for handle in ties for person in server.world.people.values() if person["acct"] in handle
    }
    assert set(followed) <= by_id.keys()
    assert (ties[by_id[followed[0]]].you_follow, ties[by_id[followed[0]]].follows_you) == (True, True)


async def test_another_server_gets_the_whole_handle(mastodon: Serve) -> None:
    server = mastodon(posts=10)
    assert (await network("mastodon").look("ada@there.example", server.url)).account.remote_id == "2"
    # This server has a local june.
    with pytest.raises(SourceError, check=says("no public account june@there")):
        await network("mastodon").look("june@there.example", server.url)


async def test_a_hidden_list_of_follows_is_reported(mastodon: Serve) -> None:
    server = mastodon(posts=10, private_follows=True)
    session = await open_public(f"{server.world.me['acct']}@here.example", server.url)
    try:
        arrival = await session.fetching.refresh(lambda _progress: None)
    finally:
        await session.close()
    assert any("does not make their follows public" in error for error in arrival.errors)


@pytest.mark.parametrize(("name", "handle"), [("bluesky", "nobody.here.example"), ("mastodon", "nobody@here.example")])
async def test_somebody_who_is_not_there(name: str, handle: str, bluesky: Serve, mastodon: Serve) -> None:
    server = bluesky(posts=4) if name == "bluesky" else mastodon(posts=4)
    with pytest.raises(SourceError):
        await network(name).look(handle, server.url)


@pytest.mark.parametrize("handle", ["", "@"])
async def test_no_handle_is_wrong_usage(handle: str) -> None:
    with pytest.raises(UsageError):
        await open_public(handle)


def test_the_command_writes_records(bluesky: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    server = bluesky(posts=30)
    handle = server.world.me["handle"]
    assert main(["try", handle, "--server", server.url, "--json", "--all", "--limit", "5"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(records) == 5
    assert all({"verdict", "tie", "text"} <= record.keys() for record in records)


def test_a_server_that_is_away_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "ada.here.example", "--server", "http://127.0.0.1:9", "--json"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("quietfeed: ")
    assert "Traceback" not in told


@pytest.mark.parametrize("network_name", ["mastodon", "bluesky"])
async def test_a_private_timeline_is_not_reported_as_a_lost_sign_in(
    mastodon: Serve, bluesky: Serve, network_name: str
) -> None:
    server = mastodon(posts=20) if network_name == "mastodon" else bluesky(posts=20)
    me = server.world.me
    handle = me["handle"] if network_name == "bluesky" else f"{me['username']}@here.example"
    session = await open_public(handle, server.url)
    assert (await session.fetching.refresh(lambda _progress: None)).errors == ()
    with pytest.raises(SourceError) as caught:
        await session.reading.thread(session.timeline.posts[0].key)
    assert error_text(caught.value) == f"{server.host} shows this only to people who are signed in there."
    await session.close()


async def test_a_handle_without_an_account_is_named(bluesky: Serve) -> None:
    server = bluesky(posts=5)
    with pytest.raises(SourceError) as raised:
        await open_public("nobody.example", server.url)
    assert error_text(raised.value) == "There is no account nobody.example on Bluesky: check the handle."

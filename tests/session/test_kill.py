"""Killed at random moments, each like is done once: kill -9 between any two steps loses or repeats nothing."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.models.action import Like
from quietfeed.session import Session, open_session
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.session.forker import Forker
from quietfeed.tests.soak import count

LIKER = Path(__file__).with_name("liker.py")
POSTS = 40


async def prepared(name: str, request: pytest.FixtureRequest, home: Path) -> tuple[Any, Session, list[str]]:
    """A server that answers a little late, and a home with an account that may write and its posts."""
    serve: Callable[..., Any] = request.getfixturevalue(name)
    session = open_session(home)
    if name == "mastodon":
        server = serve(posts=POSTS, scopes=("read", "write"))
        await session.signing_in.flow.with_token(name, server.url, "good", writing=True)
    else:
        server = serve(posts=POSTS)
        handle = server.world.me["handle"]
        await session.signing_in.flow.with_token(name, server.url, "abcd-efgh-ijkl-mnop", handle, writing=True)
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    found = dict.fromkeys(each.post.original_id or each.post.id for each in session.timeline.posts)
    return server, session, [each for each in found if session.timeline.keys_of(each)]


async def kill_often(name: str, request: pytest.FixtureRequest, home: Path, kills: int, seed: int) -> None:
    """Kill the liker so many times while it works, then let it finish: the server has each like once."""
    dice = random.Random(seed)
    server, session, ids = await prepared(name, request, home)
    await session.close()
    server.quirks.latency = 0.004
    forker = Forker(LIKER, home, ids)
    for number in range(kills):
        asked = len(server.requests)
        forker.start()
        # Errors are only possible from here on.
        until = time.monotonic() + 20
        wanted = asked + dice.randrange(1, max(4 * len(ids) // kills, 3))
        while len(server.requests) < wanted and forker.alive() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.01)
        assert forker.kill() in (-9, 0), number
    forker.start()
    assert forker.wait() == 0
    forker.close()
    session = open_session(home)
    entries = session.outbox.entries()
    await session.close()
    assert {each.action.target.post_id for each in entries if isinstance(each.action, Like)} == {*ids}
    assert [each.state for each in entries] == ["done"] * len(ids)
    assert server.liked == dict.fromkeys(ids, 1)
    if name == "bluesky":
        assert len(server.records) == len(ids)


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize(("name", "kills"), [("mastodon", 3), ("bluesky", 2)])
async def test_killed_at_random_moments_each_like_is_done_once(
    name: str, kills: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await kill_often(name, request, tmp_path, kills, seed=1)


@pytest.mark.soak
@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
@pytest.mark.parametrize("seed", range(count("KILLS_SENDING", 200) // 20))
async def test_two_hundred_kills(name: str, seed: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    await kill_often(name, request, tmp_path, 10, seed)


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_two_processes_at_once_like_each_post_once(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server, session, ids = await prepared(name, request, tmp_path)
    for post_id in ids:
        await session.actions.on_post("like", session.timeline.keys_of(post_id)[0])
    both = [Forker(LIKER, tmp_path, ids) for _ in range(2)]
    for each in both:
        each.start()
    assert [each.wait() for each in both] == [0, 0]
    for each in both:
        each.close()
    assert server.liked == dict.fromkeys(ids, 1)
    states = {each.state for each in session.outbox.entries()}
    assert states == {"done"}
    await session.close()

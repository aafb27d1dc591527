"""Killed at random moments, each post is sent once: kill -9 between any two steps loses or repeats nothing."""

import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.session import open_session
from quietfeed.tests.session.forker import Forker
from quietfeed.tests.soak import count

Opens = Callable[[str], Awaitable[Any]]
POSTER = Path(__file__).with_name("poster.py")


def lines(count: int, thread: str) -> list[str]:
    """The posts to send; the last one is a thread."""
    return [*(f"{n:09} a post" for n in range(count)), f"{count:09} {thread}/"]


async def kill_often(name: str, open_net: Opens, home: Path, kills: int, seed: int) -> None:
    """Kill the poster so many times while it works, then let it finish: the server has each post once."""
    dice = random.Random(seed)
    net = await open_net(name)
    await net.session.close()
    thread = "A sentence of the thread stands here. " * (30 if name == "mastodon" else 20)
    wanted = lines(8, thread)
    if name == "mastodon":
        net.server.posts.quirks.idempotent = False
    net.server.quirks.latency = 0.004
    forker = Forker(POSTER, home, wanted)
    for number in range(kills):
        asked = len(net.server.requests)
        forker.start()
        until = time.monotonic() + 20
        goal = asked + dice.randrange(1, max(2 * len(wanted) // kills, 3))
        while len(net.server.requests) < goal and forker.alive() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.01)
        assert forker.kill() in (-9, 0), number
    forker.start()
    assert forker.wait() == 0
    forker.close()
    await check(net, home, wanted)


async def check(net: Any, home: Path, wanted: list[str]) -> None:
    session = open_session(home)
    entries, drafts = session.outbox.entries(), session.composing.drafts()
    await session.close()
    assert {each.state for each in entries} == {"done"}
    assert drafts == []
    texts = net.texts()
    assert texts[: len(wanted) - 1] == wanted[:-1]
    assert " ".join(texts[len(wanted) - 1 :]).split() == wanted[-1].split()


@pytest.mark.parametrize(("name", "kills"), [("mastodon", 3), ("bluesky", 2)])
async def test_killed_at_random_moments_each_post_is_sent_once(
    name: str, kills: int, open_net: Opens, tmp_path: Path
) -> None:
    await kill_often(name, open_net, tmp_path, kills, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
@pytest.mark.parametrize("seed", range(count("KILLS_SENDING", 200) // 20))
async def test_two_hundred_kills(name: str, seed: int, open_net: Opens, tmp_path: Path) -> None:
    await kill_often(name, open_net, tmp_path, 10, seed)

"""Killed at random moments, each action of every kind is done once: kill -9 loses or repeats nothing."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from quietfeed.codec.actions import action_to_record
from quietfeed.models.action_kinds import kind_of, order_key
from quietfeed.session import open_session
from quietfeed.tests.soak import count

Opens = Callable[[str], Awaitable[Any]]
ACTOR = Path(__file__).with_name("actor.py")
KINDS_OF_TWO = ("mute", "hide_boosts")
"""On Bluesky one replaces the other."""


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
@pytest.mark.parametrize("seed", range(count("KILLS_SENDING", 200) // 20))
async def test_two_hundred_kills(name: str, seed: int, open_net: Opens, tmp_path: Path) -> None:
    """Ten kills a run, while the process does one action of each kind on several posts."""
    dice = random.Random(seed)
    net = await open_net(name)
    firsts = {each.post.author.id: each.key for each in net.session.timeline.posts if each.post.booster is None}
    actions = [action for key in list(firsts.values())[:3] for action in net.every_kind(key)]
    once = {(order_key(each), each.target.post_id): each for each in actions}
    actions = [each for each in once.values() if kind_of(each).name != KINDS_OF_TWO[seed % 2]]
    await net.session.close()
    file = tmp_path / "actions"
    file.write_text(json.dumps([action_to_record(each) for each in actions]))
    net.server.quirks.latency = 0.004
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, str(ACTOR), str(tmp_path), str(file)], env=environment)

    for _ in range(10):
        asked, process, until = len(net.server.requests), start(), time.monotonic() + 20
        goal = asked + dice.randrange(1, max(2 * len(actions) // 10, 3))
        while len(net.server.requests) < goal and process.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.01)
        process.kill()
        process.wait()
    assert start().wait(240) == 0
    session = open_session(tmp_path)
    states = {kind_of(each.action).name: each.state for each in session.outbox.entries()}
    asks = {kind_of(each.action).name for each in session.outbox.waiting()}
    await session.close()
    assert asks <= {"report"}
    assert {name: state for name, state in states.items() if name not in asks and state != "done"} == {}
    counts = {(kind_of(each).name, order_key(each)): net.times(each) for each in actions}
    wrong = {about: count for about, count in counts.items() if count != 1 and about[0] not in asks}
    assert wrong == {}
    assert all(count <= 1 for count in counts.values())

"""The outbox of two sessions on one store, and of several accounts: each action is sent once, and none is delayed."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace

from quietfeed.models.tuning import Tuning
from quietfeed.session import Session, open_session
from quietfeed.session.events import ActionChanged
from quietfeed.session.sync import ignore_progress
from quietfeed.tests.session.forker import Forker
from quietfeed.tests.session.test_kill_posts import POSTER, lines
from quietfeed.tests.soak import count

Opens = Callable[[str], Awaitable[Any]]
POSTS = 6


async def finish(session: Session) -> None:
    for entry in reversed(session.outbox.entries()):
        await session.outbox.deliver(entry.id, 20)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_two_sessions_on_one_store_send_each_action_once(
    name: str, seed: int, open_net: Opens, tmp_path: Path
) -> None:
    """As the screens and `quietfeed sync` together. One of the two is cancelled in the middle of a request."""
    dice = random.Random(seed)
    net = await open_net(name)
    other = open_session(tmp_path, tuning=Tuning(first_retry=0.01))
    other.timeline.load()
    key = net.someone()
    await net.session.actions.toggle("like", key)
    for number in range(POSTS):
        await net.queue(replace(net.session.composing.new(), text=f"post {number} of two sessions"))
    if name == "mastodon":
        net.server.posts.quirks.idempotent = False
    both = [asyncio.ensure_future(each.outbox.send_due()) for each in (net.session, other)]
    if seed:
        asked, goal = len(net.server.requests), dice.randrange(1, POSTS)
        while len(net.server.requests) < asked + goal and not both[seed - 1].done():
            await asyncio.sleep(0)
        both[seed - 1].cancel()
    await asyncio.gather(*both, return_exceptions=True)
    await asyncio.gather(finish(net.session), finish(other))
    assert {each.state for each in other.outbox.entries()} == {"done"}
    sent = [text for text in net.texts() if "of two sessions" in text]
    assert sorted(sent) == [f"post {number} of two sessions" for number in range(POSTS)]
    assert set(net.server.liked.values()) == {1}
    await other.close()
    await net.session.close()


async def test_a_server_that_does_not_answer_delays_no_action_of_another_account(
    mastodon: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    slow, fast = (mastodon(posts=8, scopes=("read", "write")) for _ in range(2))
    session = open_session(tmp_path)
    for server in (slow, fast):
        await session.signing_in.flow.with_token("mastodon", server.url, "good", writing=True)
    session.signing_in.reload()
    await session.fetching.refresh(ignore_progress)
    session.timeline.load()
    for account in session.accounts:
        key = next(each.key for each in session.timeline.posts if each.key[0] == account.key)
        await session.actions.toggle("like", key)
    answered, done = Event(), []

    def note(event: ActionChanged) -> None:
        if event.state == "done":
            done.append(event.key[0] if event.key else "")
            answered.set()

    session.events.subscribe(ActionChanged, note)
    slow.quirks.waits_for = answered
    await session.outbox.send_due()
    assert done == [account.key for account in reversed(session.accounts)]
    await session.close()


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
@pytest.mark.parametrize("seed", range(count("KILLS_SENDING", 200) // 20))
async def test_two_processes_of_which_one_is_killed_send_each_post_once(
    name: str, seed: int, open_net: Opens, tmp_path: Path
) -> None:
    """Two processes work one outbox, and one of them is killed, ten times."""
    dice, net = random.Random(seed), await open_net(name)
    wanted = lines(12, "A sentence of the thread stands here. " * 20)
    for line in wanted:
        await net.queue(replace(net.session.composing.new(), text=line, thread=line.endswith("/")))
    await net.session.close()
    if name == "mastodon":
        net.server.posts.quirks.idempotent = False
    net.server.quirks.latency = 0.004
    both = [Forker(POSTER, tmp_path, wanted) for _ in range(2)]
    for each in both:
        each.start()
    for _ in range(10):
        victim, asked, until = dice.choice(both), len(net.server.requests), time.monotonic() + 2
        while len(net.server.requests) < asked + dice.randrange(1, 6) and time.monotonic() < until:
            time.sleep(0.001)
        assert victim.kill() in (-9, 0)
        victim.start()
    assert [each.wait() for each in both] == [0, 0]
    for each in both:
        each.close()
    session = open_session(tmp_path)
    assert {each.state for each in session.outbox.entries()} == {"done"}
    await session.close()
    # The post of the killed process comes later than those of the other one; the parts of a thread keep their order.
    texts, single = net.texts(), wanted[:-1]
    assert sorted(each for each in texts if each in single) == single
    assert " ".join(each for each in texts if each not in single).split() == wanted[-1].split()

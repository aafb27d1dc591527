"""The background loop of the outbox: sends what is queued, repeats when it is due, and reports failures as events."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from quietfeed.models.errors import NotFound, StoreError
from quietfeed.session.clock import Clock
from quietfeed.session.events import Events, SendingFailed
from quietfeed.session.send_loop import SendLoop

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Server:
    """Counts the sendings; each waits until it may end."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()
        self.due: datetime | None = None
        self.error: Exception | None = None

    async def send_due(self) -> datetime | None:
        self.begun += 1
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return self.due


def started() -> tuple[Server, Events, SendLoop]:
    server, events = Server(), Events()
    loop = SendLoop(server.send_due, events, Clock(lambda: NOW))
    loop.send()
    return server, events, loop


async def until(done: Callable[[], bool]) -> None:
    for _ in range(20):
        if done():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never ends")


async def test_what_is_queued_during_a_sending_is_sent_afterwards() -> None:
    server, _events, loop = started()
    await until(lambda: server.begun == 1)
    loop.send()
    loop.send()
    assert loop.busy
    server.may_end.set()
    await until(lambda: not loop.busy)
    assert server.begun == 2
    await loop.stop()


async def test_the_next_attempt_is_made_when_it_is_due() -> None:
    server, _events, loop = started()
    server.due = NOW + timedelta(minutes=5)
    server.may_end.set()
    await until(lambda: not loop.busy)
    assert loop._timer is not None
    assert 200 < loop._timer.when() - asyncio.get_running_loop().time() <= 300
    await loop.stop()
    assert loop._timer is None


async def test_a_failure_is_an_event_and_the_next_action_is_sent() -> None:
    server, events, loop = started()
    failures: list[str] = []
    events.subscribe(SendingFailed, lambda event: failures.append(event.message))
    server.error = NotFound("There is no such account.")
    server.may_end.set()
    await until(lambda: not loop.busy)
    assert failures == ["There is no such account."]
    server.error = None
    loop.send()
    await until(lambda: server.begun == 2)
    await loop.stop()


async def test_a_locked_database_or_a_full_disk_is_reported_and_the_actions_are_sent_later() -> None:
    server, events, loop = started()
    failures: list[str] = []
    events.subscribe(SendingFailed, lambda event: failures.append(event.message))
    server.error = StoreError("Another quietfeed has locked the database.")
    server.may_end.set()
    await until(lambda: not loop.busy)
    assert failures == ["Another quietfeed has locked the database."]
    assert loop._timer is not None
    await loop.stop()


async def test_stopping_waits_for_the_end_of_a_cancelled_sending() -> None:
    server, _events, loop = started()
    await until(lambda: server.begun == 1)
    await loop.stop()
    assert not loop.busy

"""The undo stack: a command is pushed when it was applied and removed when it was reverted, local or remote."""

import pytest

from quietfeed.models.errors import StoreError
from quietfeed.models.view import Change
from quietfeed.session.events import Events, VerdictsChanged
from quietfeed.session.history import Command, History, RemoteCommand


class Value:
    """Something that commands change. `broken` makes every write fail."""

    def __init__(self) -> None:
        self.now = 0
        self.broken = False

    def put(self, number: int) -> Change:
        if self.broken:
            raise StoreError("The disk is full.")
        self.now = number
        return Change("mark", count=number)

    def to(self, number: int) -> Command:
        before = self.now
        return Command("mark", str(number), lambda: self.put(number), lambda: self.put(before))

    def remote(self, number: int) -> RemoteCommand:
        before = self.now

        async def apply() -> Change:
            return self.put(number)

        async def revert() -> Change:
            return self.put(before)

        return RemoteCommand("mark", str(number), apply, revert)


@pytest.fixture
def value() -> Value:
    return Value()


def test_commands_are_undone_and_reported_newest_first(value: Value) -> None:
    history = History(Events())
    for number in (1, 2):
        assert history.run(value.to(number)).count == number
    assert [command.subject for command in history.commands] == ["1", "2"]
    change = history.undo()
    assert change is not None
    assert (change.count, change.undone, value.now) == (1, True, 1)
    history.undo()
    assert (history.undo(), value.now, history.commands) == (None, 0, ())


def test_a_failed_command_is_not_pushed_and_one_that_cannot_be_reverted_stays(value: Value) -> None:
    history = History(Events())
    history.run(value.to(1))
    value.broken = True
    with pytest.raises(StoreError):
        history.run(value.to(2))
    with pytest.raises(StoreError):
        history.undo()
    assert [command.subject for command in history.commands] == ["1"]
    value.broken = False
    history.undo()
    assert value.now == 0


def test_every_change_is_published(value: Value) -> None:
    events = Events()
    heard: list[tuple[int, bool]] = []
    events.subscribe(VerdictsChanged, lambda event: heard.append((event.change.count, event.change.undone)))
    history = History(events)
    history.run(value.to(1))
    history.undo()
    assert heard == [(1, False), (0, True)]


async def test_remote_commands_share_the_stack(value: Value) -> None:
    history = History(Events())
    history.run(value.to(1))
    await history.run_remote(value.remote(2))
    with pytest.raises(TypeError):
        history.undo()
    change = await history.undo_any()
    assert change is not None
    assert (change.count, change.undone, value.now) == (1, True, 1)
    await history.undo_any()
    assert (await history.undo_any(), value.now) == (None, 0)


async def test_a_command_on_top_of_a_remote_one_that_is_being_reverted_stays(value: Value) -> None:
    history = History(Events())
    later = value.to(5)

    async def revert() -> Change:
        history.run(later)
        return Change("unmark")

    async def apply() -> Change:
        return Change("mark")

    await history.run_remote(RemoteCommand("mark", "remote", apply, revert))
    await history.undo_any()
    assert history.commands == (later,)

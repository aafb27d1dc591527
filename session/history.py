"""The undo stack. Every change by the user is a command that can be applied and reverted."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from ..models.view import Change, ChangeKind
from .events import Events, VerdictsChanged


class Command(msgspec.Struct, frozen=True):
    """A local change. If `apply` or `revert` raises, nothing has changed."""

    kind: ChangeKind
    subject: str
    """The object of the change, for the list of undoable changes: a handle, a post id, a level."""
    apply: Callable[[], Change]
    revert: Callable[[], Change]


class RemoteCommand(msgspec.Struct, frozen=True):
    """A change on a server. `apply` and `revert` return when the change is queued or done."""

    kind: ChangeKind
    subject: str
    apply: Callable[[], Awaitable[Change]]
    revert: Callable[[], Awaitable[Change]]


class History:
    """The changes by the user in this session, oldest first.

    A command is added after it was applied and removed after it was reverted. If either raises, the stack is unchanged.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._commands: list[Command | RemoteCommand] = []

    @property
    def commands(self) -> tuple[Command | RemoteCommand, ...]:
        """The undoable commands, oldest first."""
        return tuple(self._commands)

    def run(self, command: Command) -> Change:
        """Apply a command and add it to the stack. Raises what `apply` raises."""
        change = command.apply()
        self._commands.append(command)
        return self._publish(change)

    async def run_remote(self, command: RemoteCommand) -> Change:
        """Apply a remote command and add it to the stack. Raises what `apply` raises."""
        change = await command.apply()
        self._commands.append(command)
        return self._publish(change)

    def clear(self) -> None:
        """Empty the stack: earlier changes can no longer be undone."""
        self._commands.clear()

    def discard(self, command: Command | RemoteCommand) -> None:
        """Remove a command that a server rejected."""
        if command in self._commands:
            self._commands.remove(command)

    @property
    def newest_is_remote(self) -> bool:
        """Whether the newest command is remote."""
        return bool(self._commands) and isinstance(self._commands[-1], RemoteCommand)

    def undo(self) -> Change | None:
        """Revert the newest command; None if there is none. Raises what `revert` raises.

        If the newest command may be remote, use `undo_any`.
        """
        if not self._commands:
            return None
        command = self._commands[-1]
        if isinstance(command, RemoteCommand):
            raise TypeError("A remote command is undone by undo_any.")
        return self._reverted(command, command.revert())

    async def undo_any(self) -> Change | None:
        """Revert the newest command, local or remote; None if there is none. Raises what `revert` raises."""
        if not self._commands:
            return None
        command = self._commands[-1]
        if isinstance(command, Command):
            return self.undo()
        return self._reverted(command, await command.revert())

    def _reverted(self, command: Command | RemoteCommand, change: Change) -> Change:
        # A remote revert takes time, so newer commands may be on the stack now.
        self._commands.remove(command)
        return self._publish(replace(change, undone=True))

    def _publish(self, change: Change) -> Change:
        self._events.publish(VerdictsChanged(change))
        return change

"""The undo stack: every change that the user makes is a command that can be applied and reverted."""

from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from ..models.view import Change, ChangeKind
from .events import Events, VerdictsChanged


class Command(msgspec.Struct, frozen=True):
    """A change on this machine. `apply` and `revert` store their result first; if they raise, nothing has changed."""

    kind: ChangeKind
    subject: str
    """What is changed, for a list of what can be undone: a handle, a post id, a level."""
    apply: Callable[[], Change]
    revert: Callable[[], Change]


class RemoteCommand(msgspec.Struct, frozen=True):
    """A change on a server. `apply` and `revert` return when the change is queued or done."""

    kind: ChangeKind
    subject: str
    apply: Callable[[], Awaitable[Change]]
    revert: Callable[[], Awaitable[Change]]


class History:
    """What the user did in this session, newest last. A command enters after it was applied, and leaves after it was
    reverted: one that raises stays where it is.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._commands: list[Command | RemoteCommand] = []

    @property
    def commands(self) -> tuple[Command | RemoteCommand, ...]:
        """What can be undone, oldest first."""
        return tuple(self._commands)

    def run(self, command: Command) -> Change:
        """Apply a command and remember it. Raises what `apply` raises."""
        change = command.apply()
        self._commands.append(command)
        return self._publish(change)

    async def run_remote(self, command: RemoteCommand) -> Change:
        """The same for a command on a server."""
        change = await command.apply()
        self._commands.append(command)
        return self._publish(change)

    def discard(self, command: Command | RemoteCommand) -> None:
        """Forget a command that a server refused: there is nothing to undo."""
        if command in self._commands:
            self._commands.remove(command)

    @property
    def newest_is_remote(self) -> bool:
        """Whether `undo_any` would ask a server."""
        return bool(self._commands) and isinstance(self._commands[-1], RemoteCommand)

    def undo(self) -> Change | None:
        """Revert the newest command; None when nothing is left. Raises what `revert` raises.

        Where the newest command may be one on a server, use `undo_any`.
        """
        if not self._commands:
            return None
        command = self._commands[-1]
        if isinstance(command, RemoteCommand):
            raise TypeError("A remote command is undone by undo_any.")
        return self._reverted(command, command.revert())

    async def undo_any(self) -> Change | None:
        """The same for local and remote commands."""
        if not self._commands:
            return None
        command = self._commands[-1]
        if isinstance(command, Command):
            return self.undo()
        return self._reverted(command, await command.revert())

    def _reverted(self, command: Command | RemoteCommand, change: Change) -> Change:
        # A remote revert takes time: other commands may have come on top meanwhile.
        self._commands.remove(command)
        return self._publish(replace(change, undone=True))

    def _publish(self, change: Change) -> Change:
        self._events.publish(VerdictsChanged(change))
        return change

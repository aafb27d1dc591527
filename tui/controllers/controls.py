"""Combines the controllers of a screen with a timeline."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from ...models.view import Change, JudgedPost
from .commands import Commands, Count, Restore
from .selection import Selection
from .view import Command, View
from .window import Window

# Imported when they are first used: no first screen waits for them.
if TYPE_CHECKING:
    from .acting import Acting
    from .composing import Composing
    from .looking import Looking
    from .marking import Marking
    from .search import Jumps, Search


class Controls:
    """The controllers that every screen with a timeline has. `subject` and `add_to_message`: see Marking.

    Except for the count and the selection, they are built at the first key that needs them, or by `prepare`.
    """

    def __init__(
        self,
        view: View,
        *,
        jumps: "Callable[[], Jumps] | None" = None,
        subject: Callable[[], JudgedPost] | None = None,
        add_to_message: Callable[[Change], str] = lambda _: "",
    ) -> None:
        self.view = view
        self.count = Count()
        self.selection = Selection(view)
        self._jumps = jumps
        self._subject = subject
        self._add_to_message = add_to_message
        self._commands: Commands | None = None

    @cached_property
    def acting(self) -> "Acting":
        from .acting import Acting

        return Acting(self.view, self._subject)

    @cached_property
    def composing(self) -> "Composing":
        from .composing import Composing

        return Composing(self.view)

    @cached_property
    def marking(self) -> "Marking":
        from .marking import Marking

        return Marking(
            self.view,
            self.selection,
            self._subject,
            undo_action=lambda: self.acting.undo(),
            add_to_message=self._add_to_message,
        )

    @cached_property
    def search(self) -> "Search":
        from .search import Search

        jumps = None
        if self._jumps is not None:
            jumps = self._jumps()
        return Search(self.view, self.count, jumps)

    @cached_property
    def looking(self) -> "Looking":
        from .looking import Looking

        return Looking(self.view, self.run)

    def commands(
        self,
        *tables: Mapping[str, Command],
        leave: Command,
        window: Window | None = None,
        snapshot: Callable[[], Restore] | None = None,
        digits: Mapping[str, Command] | None = None,
        before: Command = lambda: None,
        more: Callable[[], Mapping[str, Command]] = dict,
    ) -> Commands:
        """The commands of the screen: those of all controllers, overridden by the screen's own `tables`.

        Reading and marking need one part of the table; the other one, with `more`, is built when a key first needs it.
        """

        def make_table() -> Mapping[str, Command]:
            from .navigation import Navigation

            found: dict[str, Command] = {"quit": leave}
            for controller in (Navigation(self.view, self.count, window), self.search, self.marking):
                found |= controller.commands()
            for table in tables:
                found |= table
            return found

        def make_rest() -> Mapping[str, Command]:
            from .forgetting import Forgetting
            from .importing import Importing
            from .menus import Menus
            from .outbox import Outbox
            from .publishing import Publishing
            from .subscribing import Subscribing

            found: dict[str, Command] = {}
            for controller in (
                self.acting,
                Menus(self.view, self.acting, self.run),
                self.composing,
                Forgetting(self.view, self.acting),
                self.looking,
                Subscribing(self.view),
                Importing(self.view),
                Publishing(self.view, self.acting),
                Outbox(self.view),
            ):
                found |= controller.commands()
            found |= more()
            return found

        self._commands = Commands(
            self.view,
            self.count,
            make_table,
            make_rest,
            back=(self.selection.end, self._end_search),
            leave=leave,
            snapshot=snapshot,
            digits=digits,
            before=before,
        )
        return self._commands

    def _end_search(self) -> bool:
        """End the search, if one was begun. Returns whether there was one."""
        return "search" in vars(self) and self.search.end()

    def prepare(self) -> None:
        """Build the commands of reading and marking before the first key needs them."""
        if self._commands is not None:
            self._commands.prepare()

    def run(self, name: str) -> None:
        """Run a command of the screen by its action id."""
        if self._commands is not None:
            self._commands.run(name)

"""Combines the controllers of a screen with a timeline."""

from collections.abc import Callable, Mapping

from ...models.view import Change, JudgedPost
from .acting import Acting
from .commands import Commands, Count, Restore
from .composing import Composing
from .forgetting import Forgetting
from .importing import Importing
from .looking import Looking
from .marking import Marking
from .menus import Menus
from .navigation import Navigation
from .search import Jumps, Search
from .selection import Selection
from .subscribing import Subscribing
from .view import Command, View
from .window import Window


class Controls:
    """The controllers that every screen with a timeline has. `subject` and `add_to_message`: see Marking."""

    def __init__(
        self,
        view: View,
        *,
        jumps: Jumps | None = None,
        subject: Callable[[], JudgedPost] | None = None,
        add_to_message: Callable[[Change], str] = lambda _: "",
    ) -> None:
        self.view = view
        self.count = Count()
        self.selection = Selection(view)
        self.acting = Acting(view, subject)
        self.forgetting = Forgetting(view, self.acting)
        self.menus = Menus(view, self.acting, self.run)
        self.composing = Composing(view)
        self.marking = Marking(
            view, self.selection, subject, undo_action=self.acting.undo, add_to_message=add_to_message
        )
        self.search = Search(view, self.count, jumps)
        self.looking = Looking(view, self.run)
        self.subscribing = Subscribing(view)
        self.importing = Importing(view)
        self._commands: Commands | None = None

    def commands(
        self,
        *tables: Mapping[str, Command],
        leave: Command,
        window: Window | None = None,
        snapshot: Callable[[], Restore] | None = None,
        digits: Mapping[str, Command] | None = None,
        before: Command = lambda: None,
    ) -> Commands:
        """The commands of the screen: those of all controllers, overridden by the screen's own `tables`."""
        table: dict[str, Command] = {"quit": leave}
        navigation = Navigation(self.view, self.count, window)
        writing = (self.acting, self.menus, self.composing, self.forgetting)
        for controller in (
            navigation,
            self.search,
            self.marking,
            *writing,
            self.looking,
            self.subscribing,
            self.importing,
        ):
            table |= controller.commands()
        for more in tables:
            table |= more
        back = (self.selection.end, self.search.end)
        self._commands = Commands(
            self.view, self.count, table, back=back, leave=leave, snapshot=snapshot, digits=digits, before=before
        )
        return self._commands

    def run(self, name: str) -> None:
        """Run a command of the screen by its action id."""
        if self._commands is not None:
            self._commands.run(name)

"""Runs the commands of a screen by their action ids, with the count typed before them."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Protocol, runtime_checkable

from ...phrases.action_table import NOT_HERE
from ..context import app_of
from ..keys import MOTIONS
from .view import Command, View

COUNT_AFTER = 0.5
"""If a digit or a motion follows a level key within this many seconds, the level key was a count."""
_HIGHEST_COUNT = 9999

Restore = Callable[[], None]


class Count:
    """The count before a command: `5j` moves five posts."""

    def __init__(self) -> None:
        self.typed = ""
        self.times = 1
        self.given = False
        """Whether a count was typed before the command that runs now."""

    def add(self, digit: str) -> None:
        self.typed = str(min(int(self.typed + digit), _HIGHEST_COUNT))

    def take(self) -> None:
        """Move the typed count to the command that runs now."""
        self.times, self.given = max(int(self.typed or 1), 1), bool(self.typed)
        self.typed = ""


class Commands:
    """The commands of one screen.

    A level key (or in the tray the key of a kind) is also a digit. It acts at once. If a digit or a motion follows
    within COUNT_AFTER seconds, it was a count, and its effect is undone. `snapshot` is called before a digit acts and
    returns a function that undoes it. `digits` are further digits that act. `before` is called before each command.
    `table` and `rest` make the commands; those of `rest` are made when a key is not in `table`.
    """

    def __init__(
        self,
        view: View,
        count: Count,
        table: Callable[[], Mapping[str, Command]],
        rest: Callable[[], Mapping[str, Command]],
        *,
        back: Collection[Callable[[], bool]] = (),
        leave: Command,
        snapshot: Callable[[], Restore] | None = None,
        digits: Mapping[str, Command] | None = None,
        before: Command = lambda: None,
    ) -> None:
        self._make_table = table
        self._make_rest = rest
        self._view = view
        self._count = count
        self._back = back
        self._leave = leave
        self._snapshot = snapshot
        self._digits = digits or {}
        self._before = before
        self._acted: tuple[str, float, Restore] | None = None

    @cached_property
    def table(self) -> Mapping[str, Command]:
        """The most frequent commands by the ids of their actions. Built at the first key, or by `prepare`."""
        return self._make_table()

    @cached_property
    def rest(self) -> Mapping[str, Command]:
        """The other commands. Built when one of them is first run: many sessions need none."""
        return self._make_rest()

    def prepare(self) -> None:
        """Build the table of the most frequent commands."""
        self.table  # noqa: B018 - a cached property

    def run(self, name: str) -> None:
        self._before()
        digit = self._digit_of(name)
        if digit and self._is_count():
            self.add_digit(digit)
            return
        if name in MOTIONS:
            self._undo_digit()
        self._count.take()
        if self._count.given:
            self._view.show_message("")
        command = self.table.get(name) or self.rest.get(name)
        if command is None:
            self._view.show_message(NOT_HERE)
        elif digit:
            self._act(digit, command)
        else:
            self._acted = None
            command()

    def add_digit(self, digit: str) -> None:
        """Add a digit to the count. 0 also starts one. 1 to 4 are levels until a count has started."""
        if digit in self._digits and not self._is_count():
            self._act(digit, self._digits[digit])
            return
        self._undo_digit()
        self._count.add(digit)
        self._view.show_message(f"{self._count.typed} …")

    def back(self) -> None:
        """Cancel the count, else the selection, else the search; else leave the screen."""
        self._acted = None
        if self._count.typed:
            self._count.typed = ""
            self._view.show_message("")
        elif not any(ends() for ends in self._back):
            self._leave()

    def _is_count(self) -> bool:
        """Whether a digit that is pressed now belongs to a count."""
        return bool(self._count.typed) or self._acted_just_now()

    def _digit_of(self, name: str) -> str:
        """The digit that a level action is bound to; "" for other actions and keys."""
        if not name.startswith("level_"):
            return ""
        digit = name.removeprefix("level_")
        bound = app_of(self._view.screen).keys.get(name, "").split(",")
        if digit in bound:
            return digit
        return ""

    def _act(self, digit: str, command: Command) -> None:
        restore = None
        if self._snapshot is not None:
            restore = self._snapshot()
        command()
        if restore is not None:
            self._acted = (digit, app_of(self._view.screen).seconds(), restore)

    def _acted_just_now(self) -> bool:
        return self._acted is not None and app_of(self._view.screen).seconds() - self._acted[1] < COUNT_AFTER

    def _undo_digit(self) -> None:
        """Undo the effect of the last digit, because it was a count."""
        if self._acted is not None and self._acted_just_now():
            digit, _, restore = self._acted
            restore()
            self._count.add(digit)
        self._acted = None


@runtime_checkable
class HasCommands(Protocol):
    """A screen whose keys are looked up by the ids of their actions."""

    commands: Commands

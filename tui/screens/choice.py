"""A small panel that asks for one of several choices, by number or letter, by moving, or with the mouse."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from ..context import app_of
from ..guard import catches_errors, close
from ..keys import rebind
from ..widgets.lines import MOVES, LineList, line_panel

_SIGNS = "123456789abcdefghilmnoprstuvwxyz"
"""The keys of the choices, in order. j, k and q have other uses."""


@catches_errors
class ChoiceScreen(ModalScreen[int | None]):
    """The result is the index of the choice, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("q", "leave", id="quit", show=False),
        *MOVES,
        *(Binding(sign, f"choose({number})", show=False) for number, sign in enumerate(_SIGNS, 1)),
    ]

    def __init__(self, question: str, choices: Sequence[str], hint: str) -> None:
        super().__init__()
        self._question = question
        self._choices = choices
        self._hint = hint

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def compose(self) -> ComposeResult:
        """Compose the question and the choices, each with its number or letter."""
        yield from line_panel(self._question, self._hint)

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)
        signs = _SIGNS[: len(self._choices)]
        numbered = (f"{sign}  {choice}" for sign, choice in zip_longest(signs, self._choices, fillvalue=" "))
        self.query_one(LineList).set_lines(numbered)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Choose with enter or the mouse."""
        close(self, message.option_index)

    def action_choose(self, number: int) -> None:
        """Choose by number or letter."""
        if number <= len(self._choices):
            close(self, number - 1)

    def action_leave(self) -> None:
        """Close without a choice."""
        close(self, None)

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

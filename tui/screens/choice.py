"""A small panel that asks for one of several choices, by number or letter, by moving, or with the mouse."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual import events
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


def signs_of(count: int, taken: Collection[str] = ()) -> list[str]:
    """The numbers and letters of so many choices, without those that are taken; "" when they run out."""
    free = [sign for sign in _SIGNS if sign not in taken]
    return [*free, *[""] * count][:count]


@catches_errors
class ChoiceScreen(ModalScreen[int | None]):
    """The result is the index of the choice, or None.

    With `confirms`, an answer sends or deletes something. Then the key or click that opened the question does not
    answer it too: a held key is repeated, and a double click is two clicks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("q", "leave", id="quit", show=False),
        *MOVES,
    ]

    def __init__(
        self, question: str, choices: Sequence[str], hint: str, keys: Sequence[str] = (), *, confirms: bool = False
    ) -> None:
        """`keys` has a further key for each choice, as Textual names it, or ""."""
        super().__init__()
        self._question = question
        self._choices = choices
        self._hint = hint
        self._keys = keys
        self._confirms = confirms
        self._opened = 0.0

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def compose(self) -> ComposeResult:
        """Compose the question and the choices, each with its number or letter."""
        yield from line_panel(self._question, self._hint)

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)
        # A new message carries the time of the clock that stamps all messages.
        self._opened = events.Idle().time
        bound = self._bindings.key_to_bindings
        signs = signs_of(len(self._choices), {*bound, *self._keys})
        for keys in (signs, self._keys):
            for number, key in enumerate(keys):
                if key and key not in bound:
                    self._bindings.bind(key, f"choose({number})", show=False)
        numbered = (f"{sign or ' '}  {choice}" for sign, choice in zip(signs, self._choices, strict=True))
        self.query_one(LineList).set_lines(numbered)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Choose with enter or the mouse."""
        self._answer(message.option_index)

    def action_choose(self, number: int) -> None:
        """Choose by the index of a choice."""
        self._answer(number)

    def _answer(self, choice: int) -> None:
        if self._confirms and app_of(self).is_repeated(self._opened):
            self.show_message("this is a new question: release the key, then press it to answer")
        else:
            close(self, choice)

    def action_leave(self) -> None:
        """Close without a choice."""
        close(self, None)

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

"""A small panel that asks for one line of text."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ..guard import catches_errors, close


@catches_errors
class LineScreen(ModalScreen[str | None]):
    """The result is the typed line, or None. A line with a mistake stays open, with a sentence about it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(
        self,
        question: str,
        value: str = "",
        hint: str = "enter accepts · esc closes",
        mistake_in: Callable[[str], str] = lambda _: "",
    ) -> None:
        """`mistake_in` says what is wrong with a typed line; "" if it is right."""
        super().__init__()
        self._question, self._value, self._hint, self._mistake_in = question, value, hint, mistake_in

    def compose(self) -> ComposeResult:
        """Compose the question, the input, and the hint."""
        with Vertical(classes="panel"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(self._value, compact=True)
            yield Static(self._hint, classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Close with the typed line, unless it has a mistake."""
        message.stop()
        mistake = self._mistake_in(message.value)
        if mistake:
            self.query_one(".quiet", Static).update(mistake)
        else:
            close(self, message.value)

    def action_leave(self) -> None:
        """Close without a result."""
        close(self, None)

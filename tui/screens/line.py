"""A small panel that asks for one line of text."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ..guard import catches_errors, close


@catches_errors
class LineScreen(ModalScreen[str | None]):
    """The result is the typed line, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, question: str, value: str = "", hint: str = "enter accepts · esc closes") -> None:
        super().__init__()
        self._question, self._value, self._hint = question, value, hint

    def compose(self) -> ComposeResult:
        """Compose the question, the input, and the hint."""
        with Vertical(classes="panel"):
            yield Static(self._question, classes="title", markup=False)
            yield Input(self._value, compact=True)
            yield Static(self._hint, classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Close with the typed line."""
        message.stop()
        close(self, message.value)

    def action_leave(self) -> None:
        """Close without a result."""
        close(self, None)

"""Asking for a public handle to look at: its quiet timeline, without signing in and without keeping anything."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ...session import Session, open_public
from ...session.networks import example_handles
from ..guard import catches_errors, close, run_task

_WORDS = (
    "Whose timeline? quietfeed reads whom they follow and what those wrote, as far as it is public, and hides the"
    " rest. Nothing is kept, and nobody is told."
)


@catches_errors
class PreviewScreen(Screen[Session | None]):
    """One field for a handle; answers with the session that shows its timeline, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self) -> None:
        super().__init__(classes="centred")

    def compose(self) -> ComposeResult:
        """The question, the field, and what the server said."""
        with Vertical(classes="page"):
            yield Static("Look at a public handle", classes="heading", markup=False)
            yield Static(_WORDS, markup=False)
            yield Input(placeholder=example_handles())
            yield Static("", id="told", markup=False)
            yield Static("enter looks · esc goes back", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """The field has the keys."""
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look, off the screen's own path: a server may take its time."""
        handle = message.value.strip()
        if not handle.strip("@"):
            self.say("Type somebody's handle first.")
            return
        self.say(f"asking for {handle} …")

        async def look() -> None:
            close(self, await open_public(handle))

        run_task(self, look, name="looking at this handle", group="preview", exclusive=True)

    def say(self, sentence: str) -> None:
        """Show one sentence below the field."""
        self.query_one("#told", Static).update(sentence)

    def action_leave(self) -> None:
        """Back to the screen below; an answer that is still to come is dropped."""
        self.workers.cancel_group(self, "preview")
        close(self)

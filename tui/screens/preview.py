"""Asks for a public handle and previews its quiet timeline, without signing in or storing anything."""

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
    """A field for a handle. Answers with the session of its timeline, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self) -> None:
        super().__init__(classes="centred")

    def compose(self) -> ComposeResult:
        """The question, the field, and the answer of the server."""
        with Vertical(classes="page"):
            yield Static("Look at a public handle", classes="heading", markup=False)
            yield Static(_WORDS, markup=False)
            yield Input(placeholder=example_handles())
            yield Static("", id="told", markup=False)
            yield Static("enter looks · esc goes back", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Fetch in the background, because a server may be slow."""
        handle = message.value.strip()
        if not handle.strip("@"):
            self.say("Type somebody's handle first.")
            return
        self.say(f"asking for {handle} …")

        async def look() -> None:
            close(self, await open_public(handle))

        run_task(self, look, name="looking at this handle", group="preview", exclusive=True)

    def say(self, sentence: str) -> None:
        self.query_one("#told", Static).update(sentence)

    def action_leave(self) -> None:
        """Close the screen. An answer that is still due is dropped."""
        self.workers.cancel_group(self, "preview")
        close(self)

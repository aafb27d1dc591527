"""Asks for a public handle and previews its timeline, without signing in or storing anything."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ...session import Session, open_public
from ...session.networks import example_handles
from ..guard import catches_errors, close, run_task

_TEXT = (
    "Whose timeline? quietfeed reads the public posts of the people they follow, and hides the noise. Nothing is"
    " stored, and nobody is notified."
)


@catches_errors
class PreviewScreen(Screen[Session | None]):
    """A field for a handle. The result is the session of its timeline, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self) -> None:
        super().__init__(classes="centred")

    def compose(self) -> ComposeResult:
        """Compose the question, the field, and the message."""
        with Vertical(classes="page"):
            yield Static("Preview a public handle", classes="heading", markup=False)
            yield Static(_TEXT, markup=False)
            yield Input(placeholder=example_handles())
            yield Static("", id="page-message", markup=False)
            yield Static("enter opens · esc goes back", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Fetch in the background, because a server may be slow."""
        handle = message.value.strip()
        if not handle.strip("@"):
            self.show_message("Type a handle first.")
            return
        self.show_message(f"fetching {handle} …")

        async def preview() -> None:
            close(self, await open_public(handle))

        run_task(self, preview, name="previewing this handle", group="preview", exclusive=True)

    def show_message(self, sentence: str) -> None:
        self.query_one("#page-message", Static).update(sentence)

    def action_leave(self) -> None:
        """Close the screen. A later response is ignored."""
        self.workers.cancel_group(self, "preview")
        close(self)

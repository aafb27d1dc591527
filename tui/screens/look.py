"""Asking for a public handle to look at: its quiet timeline, without signing in and without keeping anything."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ...models.errors import QuietfeedError
from ...session import Session, open_public

_WORDS = (
    "Whose timeline? quietfeed reads whom they follow and what those wrote, as far as it is public, and hides the"
    " rest. Nothing is kept, and nobody is told."
)


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
            yield Input(placeholder="ada.bsky.social, or ada@mastodon.example")
            yield Static("", id="told", markup=False)
            yield Static("enter looks · esc goes back", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """The field has the keys."""
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look, off the screen's own path: a server may take its time."""
        if not message.value.strip().strip("@"):
            self._told("Type somebody's handle first.")
            return
        self._told(f"asking for {message.value.strip()} …")
        self.run_worker(self._look(message.value), exclusive=True)

    async def _look(self, handle: str) -> None:
        try:
            session = await open_public(handle)
        except QuietfeedError as error:
            self._told(str(error))
            return
        self.dismiss(session)

    def _told(self, text: str) -> None:
        self.query_one("#told", Static).update(text)

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.dismiss(None)

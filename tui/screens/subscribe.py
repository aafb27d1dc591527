"""Asks for the address of a blog, and lists its feeds to choose from."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from ...models.errors import QuietfeedError
from ...models.subscription import FoundFeed, FoundFeeds
from ...phrases.errors import error_text
from ...phrases.subscriptions import feed_line, nothing_found, recommended_text
from ...session import Session
from ..context import app_of
from ..guard import catches_errors, close, run_task
from ..keys import rebind
from ..widgets.lines import FIELD_MOVES, LineList, line_panel

_HINT = "the address of a blog, of one of its pages, or of its feed · enter searches · esc closes"


@catches_errors
class SubscribeScreen(ModalScreen[tuple[FoundFeed, ...] | None]):
    """A field for an address. The result is the feeds to subscribe to, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        *FIELD_MOVES,
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._choices: list[tuple[str, tuple[FoundFeed, ...]]] = []
        self._searched = ""

    def compose(self) -> ComposeResult:
        """Compose the question, the field, and the list of feeds."""
        field = Input(placeholder="blog.example", compact=True)
        yield from line_panel("Subscribe to which blog?", _HINT, field=field)

    def on_mount(self) -> None:
        """Focus the field."""
        rebind(self, app_of(self).keys)
        self.query_one(LineList).display = False
        self.query_one(Input).focus()

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Clear the list of feeds when the address changes."""
        message.stop()
        if self._choices and message.value.strip() != self._searched:
            self._show(FoundFeeds())
            self.show_message(_HINT)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Search the address for feeds. If they are listed already, subscribe to the chosen one."""
        message.stop()
        address = message.value.strip()
        at = self.query_one(LineList).highlighted
        if self._choices and at is not None:
            close(self, self._choices[at][1])
        elif not address:
            self.show_message("Type the address of a blog first.")
        else:
            self._find(address)

    def _find(self, address: str) -> None:
        self._searched = address
        self.show_message(f"searching {address} …")

        async def find() -> None:
            try:
                found = await self._session.subscriptions.find(address)
            except QuietfeedError as error:
                self.show_message(error_text(error))
                return
            if self.query_one(Input).value.strip() == address:
                self._show(found)
                if self._choices:
                    self.show_message("enter subscribes · esc closes")
                else:
                    self.show_message(nothing_found(address, found))

        run_task(self, find, name="looking for a feed", group="find", exclusive=True)

    def _show(self, found: FoundFeeds) -> None:
        self._choices = [(feed_line(feed), (feed,)) for feed in found.feeds]
        if found.recommended:
            self._choices.append((f"{recommended_text(found)}: subscribe to all of them", found.recommended))
        lines = self.query_one(LineList)
        lines.set_lines(line for line, _ in self._choices)
        lines.display = bool(self._choices)

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """A click chooses a feed."""
        message.stop()
        close(self, self._choices[message.option_index][1])

    def action_leave(self) -> None:
        """Close without a choice. A later response is ignored."""
        self.workers.cancel_group(self, "find")
        close(self, None)

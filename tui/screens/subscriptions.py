"""Lists the subscriptions with their state, opens their posts, and unsubscribes with undo."""

from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from ...models.subscription import Subscription
from ...models.view import Change
from ...phrases.changes import change_text, count
from ...phrases.subscriptions import failing, state_text
from ...session import Session
from ..context import app_of, key_of
from ..guard import catches_errors, close
from ..keys import rebind
from ..widgets.lines import MOVES, LineList, line_panel


class Wish(msgspec.Struct, frozen=True):
    """The user's next step: subscribe to another blog, or read the posts of one."""

    kind: Literal["subscribe", "posts"]
    subscription: Subscription | None = None


@catches_errors
class SubscriptionsScreen(ModalScreen[Wish | None]):
    """All subscriptions by title. `changed` is called after each change, to redraw the timeline below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("q", "leave", id="quit", show=False),
        *MOVES,
        Binding("x,delete", "unsubscribe", show=False),
        Binding("m", "mine", show=False),
        Binding("u", "undo", id="undo", show=False),
        Binding("I", "subscribe", id="subscribe", show=False),
    ]

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._changed = changed
        self._all: list[Subscription] = []

    def compose(self) -> ComposeResult:
        """Compose the number of subscriptions, the list, and the keys."""
        yield from line_panel("", "", wide=True)

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)
        self._draw(0)
        self._show_keys()

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def _show_keys(self) -> None:
        add = key_of(self, "subscribe")
        if self._all:
            self.show_message(
                f"enter shows its posts · x unsubscribes · m your own blog · {add} subscribes to another · esc closes"
            )
        else:
            self.show_message(f"{add} subscribes to a blog · esc closes")

    def _draw(self, at: int) -> None:
        self._all = sorted(self._session.subscriptions.all(), key=lambda each: each.shown_name.casefold())
        now = self._session.clock.now()
        lines = (f"{each.shown_name} · {state_text(each, now)}" for each in self._all)
        self.query_one(LineList).set_lines(lines, at)
        title = count(len(self._all), "subscription")
        if failed := len(failing(self._all)):
            title += f", {failed} of them failed at the last request"
        self.query_one(".title", Static).update(title)

    def _chosen(self) -> Subscription | None:
        at = self.query_one(LineList).highlighted
        if at is None or at >= len(self._all):
            return None
        return self._all[at]

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Show the posts of a subscription."""
        message.stop()
        close(self, Wish("posts", self._all[message.option_index]))

    def action_subscribe(self) -> None:
        """Subscribe to another one."""
        close(self, Wish("subscribe"))

    def action_unsubscribe(self) -> None:
        """Unsubscribe from the chosen one."""
        chosen = self._chosen()
        if chosen is None:
            return
        change = self._session.subscriptions.unsubscribe([chosen])
        self._show_change(change, f" · {key_of(self, 'undo')} undoes")

    def action_mine(self) -> None:
        """Make the chosen one the user's own blog, or undo that."""
        chosen = self._chosen()
        if chosen is None:
            return
        change = self._session.subscriptions.set_mine(chosen, mine=not chosen.mine)
        self._show_change(change, f" · {key_of(self, 'undo')} undoes")

    def _show_change(self, change: Change, hint: str = "") -> None:
        self._draw(self.query_one(LineList).highlighted or 0)
        self._changed()
        self.show_message(change_text(change, self._session.clock.now()) + hint)

    def action_undo(self) -> None:
        """Undo the last change here."""
        commands = self._session.history.commands
        if not commands or commands[-1].kind not in ("subscribed", "unsubscribed", "own_blog"):
            self.show_message("nothing to undo here")
            return
        change = self._session.history.undo()
        if change is not None:
            self._show_change(change)

    def action_leave(self) -> None:
        """Close the list."""
        close(self, None)

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

"""Lists the subscriptions with their state, opens their posts, and unsubscribes with undo."""

from collections.abc import Callable
from typing import ClassVar, Literal

import msgspec
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ...models.subscription import Subscription
from ...phrases.changes import change_text, count
from ...phrases.subscriptions import failing, state_text
from ...session import Session
from ..context import app_of, key_of
from ..guard import catches_errors, close
from ..keys import rebind


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
        Binding("j,down", "down", id="down", show=False),
        Binding("k,up", "up", id="up", show=False),
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
        with Vertical(classes="panel wide"):
            yield Static("", classes="title", markup=False)
            yield OptionList()
            yield Static("", classes="quiet", markup=False)

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)
        self._draw(0)
        self._say_keys()

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def _say_keys(self) -> None:
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
        options = self.query_one(OptionList)
        options.clear_options()
        lines = (f"{each.shown_name} · {state_text(each, now)}" for each in self._all)
        options.add_options(Option(Text(line, no_wrap=True, overflow="ellipsis")) for line in lines)
        if self._all:
            options.highlighted = min(at, len(self._all) - 1)
        title = count(len(self._all), "subscription")
        if failed := len(failing(self._all)):
            title += f", {failed} of them failed at the last request"
        self.query_one(".title", Static).update(title)

    def _chosen(self) -> Subscription | None:
        at = self.query_one(OptionList).highlighted
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
        self._draw(self.query_one(OptionList).highlighted or 0)
        self._changed()
        self.show_message(f"{change_text(change, self._session.clock.now())} · {key_of(self, 'undo')} undoes")

    def action_mine(self) -> None:
        """Make the chosen one the user's own blog, or undo that."""
        chosen = self._chosen()
        if chosen is None:
            return
        change = self._session.subscriptions.set_mine(chosen, mine=not chosen.mine)
        self._draw(self.query_one(OptionList).highlighted or 0)
        self._changed()
        self.show_message(f"{change_text(change, self._session.clock.now())} · {key_of(self, 'undo')} undoes")

    def action_undo(self) -> None:
        """Undo the last change here."""
        commands = self._session.history.commands
        if not commands or commands[-1].kind not in ("subscribed", "unsubscribed", "own_blog"):
            self.show_message("nothing to undo here")
            return
        change = self._session.history.undo()
        self._draw(self.query_one(OptionList).highlighted or 0)
        self._changed()
        if change is not None:
            self.show_message(change_text(change, self._session.clock.now()))

    def action_leave(self) -> None:
        """Close the list."""
        close(self, None)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

"""Shared by the panels that lie over the timeline: bars, and a modal that escape leaves."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class PanelScreen(ModalScreen[None]):
    """A panel of text that scrolls, closed by escape, q or the key that opened it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "close", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def text(self) -> Text:
        """What the panel says; a rich Text is never read as markup."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The text in a box."""
        with VerticalScroll(classes="panel"):
            yield Static(self.text(), id="panel-text")

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def bar(share: float, width: int) -> str:
    """A bar of at most `width` cells, `share` in [0, 1]; something that is more than nothing shows."""
    full = round(min(max(share, 0.0), 1.0) * width)
    return "█" * max(full, 1 if share > 0.004 else 0)

"""Shared by the panels that lie over the timeline: pieces of styled text, bars, and a modal that escape leaves."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..keyed import Keyed
from ..widgets.charts import Line, bar

HEADING = "bold $primary"
QUIET = "$text-muted"
BAR = "$secondary"


_WIDEST = 88
_FRAME = 7
"""Border, padding and scrollbar."""


class PanelScreen(ModalScreen[str | None], Keyed):
    """A panel of text that scrolls. It answers with an action to be run on the screen below, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "close", show=False),
        Binding("q", "dismiss", id="quit", show=False),
        Binding("j,down", "lines(1)", id="down", show=False),
        Binding("k,up", "lines(-1)", id="up", show=False),
        Binding("space,pagedown,ctrl+f", "pages(1)", id="page_down", show=False),
        Binding("b,pageup,ctrl+b", "pages(-1)", id="page_up", show=False),
        Binding("ctrl+d", "pages(0.5)", id="half_down", show=False),
        Binding("ctrl+u", "pages(-0.5)", id="half_up", show=False),
        Binding("g,home", "end(False)", id="top", show=False),
        Binding("G,end", "end(True)", id="bottom", show=False),
    ]
    _laid_out = 0
    OPENED_BY = ""
    """The action that opened the panel: its key closes it again."""

    def pieces(self) -> list[Line]:
        """What the panel says."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The text in a box."""
        with VerticalScroll(classes="panel", can_focus=False):
            yield Static(Content.assemble(*self.pieces()), id="panel-text")

    @property
    def room(self) -> int:
        """How many cells a line of the panel has: what the style sheet leaves of the screen's width."""
        return max(min(self.app.size.width, _WIDEST) - _FRAME, 8)

    def on_resize(self, event: events.Resize) -> None:
        """Another width lays the text out anew."""
        if event.size.width != self._laid_out:
            self._laid_out = event.size.width
            self.query_one("#panel-text", Static).update(Content.assemble(*self.pieces()))

    def action_lines(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_pages(self, by: float) -> None:
        """Scroll by what is seen of the panel, less two lines of it."""
        panel = self.query_one(VerticalScroll)
        panel.scroll_relative(y=round(by * max(panel.size.height - 2, 1)), animate=False)

    def action_end(self, last: bool) -> None:
        """To the first line or the last."""
        panel = self.query_one(VerticalScroll)
        panel.scroll_to(y=panel.max_scroll_y if last else 0, animate=False)

    def action_do(self, name: str) -> None:
        """Close, and have the action run below; the key that opened the panel only closes it."""
        self.dismiss(None if name == self.OPENED_BY else name)

    def action_dismiss(self, result: str | None = None) -> None:  # type: ignore[override]
        """Close."""
        self.dismiss(result)


def labelled_bar(share: float, width: int, style: str = BAR) -> Line:
    """A bar with the space it leaves."""
    return (f"{bar(share, width):<{width}} ", style)

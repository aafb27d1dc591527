"""Shared by panels over the timeline: their keys, scrolling, and styled text."""

from collections.abc import Iterable
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from ..guard import close
from ..keys import bindings
from ..widgets.charts import Line, bar

HEADING = "bold $primary"
QUIET = "$text-muted"
BAR = "$secondary"
_WIDEST = 88
_FRAME = 7
"""Border, padding and scrollbar."""


def panel_bindings(actions: Iterable[str]) -> list[Binding]:
    """The bindings of a panel: scrolling, closing, and actions that it returns."""
    scrolling = ("down", "up", "page_down", "page_up", "half_down", "half_up", "top", "bottom", "quit")
    return [Binding("escape,enter", "app.step_back", show=False), *bindings((*scrolling, *actions))]


class PanelCommands:
    """The commands of a panel: it scrolls, or closes and returns an action for the screen below.

    The key of `opened_by`, the action that opened the panel, only closes it.
    """

    def __init__(self, screen: Screen[Any], opened_by: str) -> None:
        self._screen = screen
        self._opened_by = opened_by

    def run(self, name: str) -> None:
        panel = self._screen.query_one(VerticalScroll)
        page = max(panel.size.height - 2, 1)
        lines = {
            "down": 1,
            "up": -1,
            "page_down": page,
            "page_up": -page,
            "half_down": round(page / 2),
            "half_up": -round(page / 2),
        }
        if name in lines:
            panel.scroll_relative(y=lines[name], animate=False)
        elif name in ("top", "bottom"):
            line = panel.max_scroll_y if name == "bottom" else 0
            panel.scroll_to(y=line, animate=False)
        elif name in ("quit", self._opened_by):
            close(self._screen)
        else:
            close(self._screen, name)

    def add_digit(self, digit: str) -> None:
        """Do nothing: a panel has no counts."""

    def back(self) -> None:
        close(self._screen)


def compose_panel(pieces: Iterable[Line]) -> ComposeResult:
    """Compose a scrolling box with a text."""
    with VerticalScroll(classes="panel", can_focus=False):
        yield Static(Content.assemble(*pieces), id="panel-text")


def panel_width(screen: Screen[Any]) -> int:
    """The width of a line in a panel, in cells: the screen's width without the style sheet's margins."""
    return max(min(screen.app.size.width, _WIDEST) - _FRAME, 8)


def labelled_bar(share: float, width: int, style: str = BAR) -> Line:
    """A bar, padded to its full width."""
    return (f"{bar(share, width):<{width}} ", style)

"""The handlers of a screen with a list of posts for mounting, resizing and resuming."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.events import Resize
from textual.screen import Screen

from ..context import app_of
from ..keys import rebind
from ..widgets.frame import ListFrame


class ListHandlers:
    """The parts of a screen's Textual handlers that all lists of posts share."""

    def __init__(
        self,
        screen: Screen[Any],
        frame: ListFrame,
        redraw: Callable[[], None],
        draw_title: Callable[[], None],
        here: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._here = here
        self._screen = screen
        self._frame = frame
        self._redraw = redraw
        self._draw_title = draw_title

    def mount(self) -> None:
        """Bind the user's keys, focus the list and draw it."""
        rebind(self._screen, app_of(self._screen).keys)
        self._frame.timeline.focus()
        self._redraw()

    def resize(self, event: Resize) -> None:
        """Draw the lines whose length depends on the width."""
        if event.size.width:
            self._draw_title()
            self._frame.draw_keys(app_of(self._screen).keys, event.size.width, self._here)

    def resume(self) -> None:
        """Redraw after a screen above closed: posts may have been marked there."""
        if self._frame.timeline.rows:
            self._redraw()

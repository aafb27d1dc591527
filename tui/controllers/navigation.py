"""Moves the cursor: by rows, by pages, to the ends."""

from collections.abc import Mapping

from .commands import Count
from .view import Command, View
from .window import Window


class Navigation:
    """The motions. With a window, posts are loaded before the cursor reaches them."""

    def __init__(self, view: View, count: Count, window: Window | None = None) -> None:
        self._view = view
        self._count = count
        self._window = window

    def commands(self) -> Mapping[str, Command]:
        timeline, count = self._view.timeline, self._count
        return {
            "down": lambda: self._rows(count.times),
            "up": lambda: self._rows(-count.times),
            "page_down": lambda: timeline.move_page(count.times),
            "page_up": lambda: timeline.move_page(-count.times),
            "half_down": lambda: timeline.move_page(0.5),
            "half_up": lambda: timeline.move_page(-0.5),
            "top": self._top,
            "bottom": self._bottom,
        }

    def _rows(self, by: int) -> None:
        if self._window is not None and abs(by) > 1:
            self._window.ensure_loaded(by)
        self._view.timeline.move(by)

    def _top(self) -> None:
        if self._window is not None:
            self._window.start_at_newest()
        self._view.timeline.select_number(0)
        if self._window is not None:
            self._window.say_how_far_selected("top", "newer")

    def _bottom(self) -> None:
        if self._window is not None:
            self._window.start_at_oldest()
        self._view.timeline.select_number(len(self._view.timeline.rows) - 1)
        if self._window is not None:
            self._window.say_how_far_selected("bottom", "older")

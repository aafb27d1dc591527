"""The foot of the home screen: counts, progress, and the keys for the row under the cursor."""

from collections.abc import Callable

from textual.widgets import Static

from ...models.view import Progress
from ...phrases.actions import FOOTER, FOOTER_KEYS
from ...phrases.progress import progress_text
from ...session import Session
from ..context import app_of
from ..widgets.rows import GapRow, HiddenRow, PostRow, Row
from ..widgets.status import counts_line, keys_line, set_text
from .view import View
from .window import Window

KeysHere = tuple[tuple[str, str], ...]
"""Actions as (id, word)."""


def keys_here(session: Session, row: Row | None) -> KeysHere:
    """The actions that belong to a row: what its post allows, or what enter does there."""
    if isinstance(row, HiddenRow):
        return (("open", FOOTER["unfold"]),)
    if isinstance(row, GapRow):
        return (("open", FOOTER["fill"]),)
    if not isinstance(row, PostRow):
        return ()
    return tuple((FOOTER_KEYS.get(name, name), FOOTER[name]) for name in session.menu.main(row.judged))


class Foot:
    """The two lines at the foot of the home screen. `progress` returns that of a running fetch."""

    def __init__(self, view: View, window: Window, progress: Callable[[], Progress | None]) -> None:
        self._view = view
        self._window = window
        self._progress = progress
        self.counts = Static("", id="status", markup=False)
        self.keys = Static("", id="keys", markup=False)
        self.shows_actions = False
        """Whether the keys include those of the row. They depend on services that the first paint does not wait for."""
        self._above = 0
        self._keys_of: tuple[KeysHere, int] = ((), 0)

    def draw(self) -> None:
        """Draw both lines."""
        self.draw_counts()
        self.draw_keys()

    def draw_counts(self) -> None:
        """Show how many posts are shown and hidden, how many unread ones are above the screen, and the progress."""
        progress = self._progress()
        busy = ""
        if progress:
            busy = progress_text(progress)
        self._above = self._window.unread_above()
        timeline, width = self._view.session.timeline, self._view.screen.size.width - 2
        line = counts_line(timeline.counts(), timeline.level, width, waiting=self._above, busy=busy)
        set_text(self.counts, line)

    def draw_keys(self) -> None:
        """Show the main keys, those of the row under the cursor first. Drawn only if they changed."""
        here: KeysHere = ()
        if self.shows_actions:
            here = keys_here(self._view.session, self._view.timeline.selected)
        width = self._view.screen.size.width
        if (here, width) != self._keys_of:
            self._keys_of = (here, width)
            set_text(self.keys, keys_line(app_of(self._view.screen).keys, width, here=here))

    def is_outdated(self) -> bool:
        """Whether the number of unread posts above the screen has changed since it was drawn."""
        return self._window.unread_above() != self._above

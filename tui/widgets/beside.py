"""Shows a second pane beside a timeline on a wide terminal: the selected post, whole, and why it is shown or hidden."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from ...models.view import PostKey
from ...session import Session
from ..guard import catches_errors, guarded
from ..messages import Selected
from .timeline import Timeline

# Imported on demand: a narrow terminal has no pane.
if TYPE_CHECKING:
    from .pane import Pane

WIDE = 140
"""From this many columns on there is a second pane."""


@catches_errors
class Beside(Horizontal):
    """A timeline, and from 140 columns on a pane about the post under its cursor."""

    def __init__(self, session: Session, timeline: Timeline) -> None:
        super().__init__(classes="beside")
        self._session = session
        self._timeline = timeline
        self._pane: Pane | None = None
        self._timer: Timer | None = None
        self._key: PostKey | None = None
        self._width = 0

    def compose(self) -> ComposeResult:
        """Compose the timeline, and the pane if the terminal is wide enough."""
        yield self._timeline
        if self._fits(self.app.size.width):
            yield self._new_pane()

    def on_mount(self) -> None:
        """Check the width after each layout, because a container that draws nothing gets no Resize event."""
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _screen: self._laid_out())

    def _laid_out(self) -> None:
        """Add or hide the pane when the width of the terminal passes the threshold."""
        width = self.app.size.width
        if width == self._width:
            return
        self._width = width
        if self._fits(width) and self._pane is None:
            self.mount(self._new_pane())
        self._follow()

    def on_selected(self, message: Selected) -> None:
        """Update the pane when the cursor rests. The screen handles this message too."""
        key = None if message.row is None else message.row.key
        # Rows are replaced many times while posts load. Only a move restarts the delay.
        if self._timer is not None and key != self._key:
            self._timer.stop()
            self._timer = None
        self._key = key
        self._follow()

    def draw_anew(self) -> None:
        """Draw the pane again at once, because private posts are now covered or shown."""
        if self._pane is not None:
            self._pane.draw_anew()

    def _fits(self, width: int) -> bool:
        wide = width >= WIDE
        self.set_class(wide, "-wide")
        return wide

    def _new_pane(self) -> "Pane":
        from .pane import Pane

        self._pane = Pane(self._session, self._timeline)
        return self._pane

    def _follow(self) -> None:
        if self._pane is not None and self._timer is None and self.has_class("-wide"):
            self._timer = self.set_timer(
                self._session.tuning.pane_delay, guarded(self.screen, self._rested, "the pane")
            )

    def _rested(self) -> None:
        self._timer = None
        if self._pane is not None and self.has_class("-wide"):
            self.call_after_refresh(guarded(self.screen, self._show, "the pane"))

    def _show(self) -> None:
        if self._pane is not None:
            self._pane.show(self._timeline.selected)

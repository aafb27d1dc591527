"""Tracks what the user has read: the posts on the screen that the cursor has passed, and the position."""

from textual.timer import Timer

from ...models.view import PostKey
from ...session.unread import UnreadTracker
from ..guard import guarded
from ..widgets.rows import HiddenRow, PostRow, Row
from ..widgets.timeline import Timeline
from .view import View

SAVE_AFTER = 0.5
"""Seconds after the first motion until the position is stored."""


class Reader:
    """Marks passed posts as read. Posts that were never on the screen stay unread."""

    def __init__(self, reading: UnreadTracker) -> None:
        self._reading = reading
        self._cursor = 0
        self._visible: list[Row] = []
        self._key: PostKey | None = None

    def look(self, timeline: Timeline) -> bool:
        """Handle a possible move of the cursor. Returns whether posts were marked as read."""
        selected = timeline.selected
        key = None if selected is None else selected.key
        passed: list[Row] = []
        if self._key is not None and key != self._key:
            places = {row.key: place for place, row in enumerate(self._visible)}
            here = places.get(self._key, 0)
            down = timeline.cursor > self._cursor
            if key is not None:
                there = places.get(key, len(places) if down else -1)
            else:
                there = here
            if there > here:
                passed = self._visible[here:there]
            else:
                passed = self._visible[there + 1 : here + 1]
        self._key, self._cursor, self._visible = key, timeline.cursor, timeline.visible_rows()
        return bool(self._reading.read(each for row in passed for each in keys_in(row)))


class Position:
    """Stores the post under the cursor, so that the next start begins there."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._post: PostKey | None = None
        self._timer: Timer | None = None

    def note(self, row: Row | None) -> None:
        """Store the post of a row some time later. Further moves until then are stored together."""
        if isinstance(row, PostRow):
            self._post = row.key
        if self._timer is None:
            screen = self._view.screen
            self._timer = screen.set_timer(SAVE_AFTER, guarded(screen, self._save, "storing the position"))

    def save_now(self) -> None:
        """Store a position that is still to be stored."""
        if self._timer is not None:
            self._save()

    def _save(self) -> None:
        self._timer = None
        self._view.session.timeline.save_reading(self._post)


def keys_in(row: Row) -> tuple[PostKey, ...]:
    """The posts that a row represents."""
    if isinstance(row, PostRow):
        return (row.key, *(copy.key for copy in row.copies), *row.folded)
    if isinstance(row, HiddenRow):
        return row.keys
    return ()

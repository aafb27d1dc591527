"""Follows the cursor: what it has left behind on the screen is read."""

from ...models.view import PostKey
from ...session.unread import UnreadTracker
from ..widgets.rows import HiddenRow, PostRow, Row
from ..widgets.timeline import Timeline


class Reader:
    """Tells a Reading what was passed. Posts that were jumped over without having been on the screen stay unread."""

    def __init__(self, reading: UnreadTracker) -> None:
        self._reading = reading
        self._cursor = 0
        self._visible: list[Row] = []
        self._key: PostKey | None = None

    def look(self, timeline: Timeline) -> bool:
        """The cursor may have moved; whether something was read by that."""
        selected = timeline.selected
        key = None if selected is None else selected.key
        passed: list[Row] = []
        if self._key is not None and key != self._key:
            places = {row.key: place for place, row in enumerate(self._visible)}
            here = places.get(self._key, 0)
            down = timeline.cursor > self._cursor
            there = places.get(key, len(places) if down else -1) if key is not None else here
            passed = self._visible[here:there] if there > here else self._visible[there + 1 : here + 1]
        self._key, self._cursor, self._visible = key, timeline.cursor, timeline.visible_rows()
        return bool(self._reading.read(each for row in passed for each in keys_in(row)))


def keys_in(row: Row) -> tuple[PostKey, ...]:
    """The posts that a row stands for."""
    if isinstance(row, PostRow):
        return (row.key, *(copy.key for copy in row.copies), *row.folded)
    return row.keys if isinstance(row, HiddenRow) else ()

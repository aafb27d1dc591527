"""Selects posts while the cursor moves, so that one mark marks them all."""

from ...models.view import PostKey
from ..widgets.rows import PostRow
from .view import View


class Selection:
    """The posts between the start of the selection and the cursor."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._anchor: PostKey | None = None

    @property
    def active(self) -> bool:
        """Whether posts are being selected."""
        return self._anchor is not None

    def toggle(self) -> None:
        """Begin or end a selection."""
        if self.end():
            return
        row = self._view.selected_post()
        if row is not None:
            self._anchor = row.key
            self._view.timeline.select_from(self._view.timeline.cursor)
            self._view.show_message("selecting: move, then mark; esc ends it")

    def end(self) -> bool:
        """End the selection. Returns whether there was one."""
        if self._anchor is None:
            return False
        self.clear()
        self._view.show_message("")
        return True

    def clear(self) -> None:
        """End the selection silently."""
        self._anchor = None
        self._view.timeline.select_from(None)

    def rows(self) -> list[PostRow]:
        """The selected posts."""
        timeline = self._view.timeline
        start = None
        if self._anchor is not None:
            start = timeline.find(self._anchor)
        if start is None:
            start = timeline.cursor
        first, last = sorted((start, timeline.cursor))
        return [row for row in timeline.rows[first : last + 1] if isinstance(row, PostRow)]

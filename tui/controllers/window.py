"""Keeps a range of the stored posts in memory: around the cursor, and loaded ahead of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import chain

from textual.geometry import Size

from ...models.view import PostKey, Side
from ...session import Session
from ..guard import run_task
from ..widgets.heights import estimate
from ..widgets.rows import PostRow, Row
from ..widgets.timeline import Timeline
from .reading import Reader, keys_in
from .selection import Selection
from .view import View

_FEW = 8
"""The batch size until the first screen is full, so that few extra posts are loaded."""


class Window:
    """Loads and evicts posts as the cursor moves. `build` makes the rows of the loaded posts."""

    def __init__(
        self, view: View, selection: Selection, build: Callable[[], list[Row]], draw_status: Callable[[], None]
    ) -> None:
        self.reader = Reader(view.session.unread)
        self.below = view.session.tuning.prefetch
        self._view = view
        self._selection = selection
        self._build = build
        self._draw_status = draw_status
        self._loading = False

    def open(self, size: Size) -> PostKey | None:
        """Load the posts of the first screen. Returns the post at which the timeline was left."""
        session = self._view.session
        place = session.timeline.place()
        if not session.timeline.posts:
            if place is not None:
                session.timeline.start_at(place, session.tuning.load_batch)
            fill_screen(session, size)
        return place

    def load_ahead(self, below: int = 0) -> None:
        """Load stored posts before the cursor reaches them: a few at a time, keys first."""
        self.below = max(below, self._view.session.tuning.prefetch)
        # A screen above this one may list posts of this one. They stay until it closes.
        if self._loading or not self._view.is_active:
            return
        session = self._view.session
        # Judge posts on return that were stale when the screen was left.
        if side_to_load(session, self._view.timeline, self.below) or session.timeline.has_stale:
            self._loading = True
            run_task(self._view.screen, self._load, name="loading stored posts", group="stored")

    async def _load(self) -> None:
        session, timeline = self._view.session, self._view.timeline
        batch = session.tuning.load_batch
        try:
            while True:
                await self._painted()
                if not self._view.is_active:
                    return
                # Mark passed posts as read before the rows around the cursor change.
                read = self.reader.look(timeline)
                side = side_to_load(session, timeline, self.below)
                if not session.timeline.load_step(side, batch):
                    return
                self.show_loaded()
                if self.reader.look(timeline) or read:
                    timeline.refresh()
                self._draw_status()
        finally:
            self._loading = False

    async def _painted(self) -> None:
        """Wait until the last key and each later one is drawn; at most a tenth of a second."""
        await asyncio.sleep(self._view.session.tuning.step_pause)
        painted = asyncio.Event()
        self._view.screen.call_after_refresh(painted.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await painted.wait()

    def show_loaded(self) -> None:
        """Show the loaded posts and evict distant ones."""
        self._view.timeline.set_rows(self._build(), repaint=False)
        if self.evict():
            self._view.timeline.set_rows(self._build(), repaint=False)

    def unread_above(self) -> int:
        """How many unread posts above the first one on the screen the level shows."""
        session = self._view.session
        keys = chain.from_iterable(map(keys_in, self._view.timeline.visible_rows()))
        return session.above.count(session.timeline.level, next(keys, None))

    def evict(self) -> bool:
        """Evict distant posts unless posts are being selected. Returns whether any were evicted."""
        if self._selection.active or not self._view.is_active:
            return False
        return evict(self._view.session, self._view.timeline, self.below)

    def show_post(self, key: PostKey, size: Size) -> None:
        """Load the posts around a stored post that is not loaded."""
        session = self._view.session
        if session.timeline.get(key) is None and session.timeline.start_at(key, session.tuning.load_batch):
            fill_screen(session, size)

    def ensure_loaded(self, by: int) -> None:
        """Load `by` posts below the cursor, or above it if `by` is negative, as far as they exist."""
        session, timeline = self._view.session, self._view.timeline
        above, below = posts_around(session, timeline) or (0, 0)
        if by < 0 and above < -by and not session.timeline.newest:
            session.timeline.load_newer(-by - above)
        if by > 0 and below < by and not session.timeline.complete:
            session.timeline.load(by - below)
        timeline.set_rows(self._build())

    def start_at_newest(self) -> None:
        """Load the newest stored posts if needed. A selection reaches only as far as posts are loaded."""
        session = self._view.session
        if not session.timeline.newest and not self._selection.active:
            session.timeline.start_at_newest()
            fill_screen(session, self._view.screen.app.size)
            self._view.timeline.set_rows(self._build())

    def start_at_oldest(self) -> None:
        """Load the oldest stored posts if needed."""
        session, size = self._view.session, self._view.screen.app.size
        if not session.timeline.complete and not self._selection.active:
            session.timeline.start_at_oldest(_FEW)
            if not is_full(session, size):
                fill_screen(session, size, session.timeline.load_newer)
            self._view.timeline.set_rows(self._build())

    def say_how_far_selected(self, key: str, side: Side) -> None:
        """A selection reaches only loaded posts: one key must not mark posts that were never on the screen."""
        session = self._view.session
        if side == "newer":
            whole = session.timeline.newest
        else:
            whole = session.timeline.complete
        if self._selection.active and not whole:
            count, again = len(self._selection.rows()), self._view.key_of(key)
            self._view.show_message(f"{count:,} loaded posts selected: {again} again continues to {side} posts")

    def is_unread(self, row: Row) -> bool:
        """Whether a row is an unread post."""
        if not isinstance(row, PostRow):
            return False
        unread = self._view.session.unread.unread
        # A boost of a read post is not new.
        entries = (row.key, *(copy.key for copy in row.copies))
        return all(key in unread for key in entries) or any(key in unread for key in row.folded)


def fill_screen(session: Session, size: Size, load: Callable[[int], int] | None = None) -> None:
    """Load enough posts for one screen, downwards or with `load`."""
    load = load or session.timeline.load
    for _ in range(session.tuning.prefetch // _FEW):
        if not load(_FEW) or is_full(session, size):
            break


def is_full(session: Session, size: Size) -> bool:
    """Whether the loaded posts fill a screen, by their estimated heights."""
    shown = (PostRow(judged) for judged in session.timeline.posts if judged.verdict.shown_at(session.timeline.level))
    return sum(estimate(row, size.width) for row in shown) >= size.height


def side_to_load(session: Session, timeline: Timeline, below: int) -> Side | None:
    """The side of the cursor with too few loaded posts, if more are stored."""
    around = posts_around(session, timeline)
    if around is None:
        if session.timeline.complete:
            return None
        return "older"
    if not session.timeline.newest and around[0] < session.tuning.keep_margin:
        return "newer"
    if not session.timeline.complete and around[1] < below:
        return "older"
    return None


def posts_around(session: Session, timeline: Timeline) -> tuple[int, int] | None:
    """The numbers of loaded posts above and below the cursor; None without posts."""
    keys = _keys_here(timeline)
    # The posts of a quiet line count as below it, so that loading any number of them ends.
    if keys:
        return session.timeline.around(keys[0])
    return None


def evict(session: Session, timeline: Timeline, below: int) -> bool:
    """Evict distant posts if there are many; never posts that `side_to_load` would load again."""
    keys = _keys_here(timeline)
    around = session.timeline.around(keys[0]) if keys else None
    margin = session.tuning.keep_margin
    if around is None or sum(around) <= 4 * margin:
        return False
    session.timeline.trim(margin, max(margin, below), keys[0], keys[-1])
    return True


def _keys_here(timeline: Timeline) -> tuple[PostKey, ...]:
    """The posts of the row under the cursor, or of the nearest row above or below that has any."""
    rows, cursor = timeline.rows, timeline.cursor
    for number in chain(range(min(cursor, len(rows) - 1), -1, -1), range(cursor + 1, len(rows))):
        if keys := keys_in(rows[number]):
            return keys
    return ()

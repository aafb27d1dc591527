"""The stretch of kept posts that is in memory: around the cursor, and loaded before the cursor comes to its ends."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from typing import Literal

from textual.geometry import Size

from ...models.view import PostKey
from ...session import Session
from ..controllers.reading import Reader, keys_in
from ..widgets.heights import estimate
from ..widgets.rows import PostRow, Row
from ..widgets.timeline import Timeline
from .marking import MarkingScreen

BATCH = 16
"""So many kept posts are loaded at once, or judged again: reading and judging them takes less than a frame."""
PREFETCH = 250
"""So many posts are loaded below the cursor."""
KEEP_MARGIN = 250
"""So many posts stay in memory on either side of the cursor, once there are many more."""

_FEW = 8
"""So many at once until the first screen is full: none is read for nothing."""

Side = Literal["newer", "older"]


class WindowScreen(MarkingScreen):
    """A screen over the kept timeline, of which it loads and forgets as the cursor goes. A subclass builds the rows."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._new_above: set[PostKey] = set()
        self._reader = Reader(session.reading)
        self._loading = False
        self._below = PREFETCH
        self._coming_back = False

    def build(self) -> list[Row]:
        """The rows of what is loaded."""
        raise NotImplementedError

    def draw_status(self) -> None:
        """Say how much is shown."""
        raise NotImplementedError

    def is_unread(self, row: Row) -> bool:
        """Whether a row is a post that was not read."""
        raise NotImplementedError

    def load_ahead(self, below: int = 0) -> None:
        """Bring kept posts before the cursor comes to where they stand: a few at a time, keys go first."""
        self._below = max(below, PREFETCH)
        # A screen that lies over this one lists posts of this one: they stay until it is left.
        if self._loading or not self.on_top:
            return
        # What was loaded and not settled when the screen was left is settled on coming back.
        if side_to_load(self.session, self.timeline, self._below) or self.session.has_stale:
            self._loading = True
            self.run_worker(self._loader(), name="reading what is kept", group="kept", exit_on_error=False)

    async def _loader(self) -> None:
        try:
            while True:
                await self._painted()
                if not self.on_top:
                    return
                # What the cursor has left behind is read, before the rows around it come and go.
                read = self._reader.look(self.timeline)
                side = side_to_load(self.session, self.timeline, self._below)
                if side is not None:
                    (self.session.load_newer if side == "newer" else self.session.load)(BATCH, settle=False)
                elif not self.session.rejudge_stale(BATCH):
                    return
                came = self.show_loaded()
                if self._coming_back:
                    self._new_above |= {row.key for row in came if self.is_unread(row)}
                    self._coming_back = not self.session.newest
                if self._reader.look(self.timeline) or read:
                    self.timeline.refresh()
                self.draw_status()
        finally:
            self._loading = False

    async def _painted(self) -> None:
        """The picture of the key that led here comes first, and of each key after it; at most a tenth of a second."""
        await asyncio.sleep(0.02)
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await painted.wait()

    def show_loaded(self) -> list[PostRow]:
        """Show what is loaded, and let go of what has come to lie far; the posts that came above the screen by it."""
        before = {row.key for row in self.timeline.rows}
        self.timeline.set_rows(self.build(), repaint=False)
        visible = self.timeline.visible_rows()
        above = self.timeline.rows[: self.timeline.find(visible[0].key) if visible and before else 0]
        came = [row for row in above if isinstance(row, PostRow) and row.key not in before]
        if self._anchor is None and self.on_top and evict(self.session, self.timeline, self._below):
            self.timeline.set_rows(self.build(), repaint=False)
        return came

    def do_down(self) -> None:
        """Next row, or as many on as were counted, loaded or not."""
        if self._times > 1:
            ensure_loaded(self.session, self.timeline, below=self._times)
            self.timeline.set_rows(self.build())
        super().do_down()

    def do_up(self) -> None:
        """Previous row, or as many back as were counted."""
        if self._times > 1:
            ensure_loaded(self.session, self.timeline, above=self._times)
            self.timeline.set_rows(self.build())
        super().do_up()

    def do_top(self) -> None:
        """To the newest post that is kept, loaded or not."""
        if not self.session.newest and self._anchor is None:
            self._coming_back = False
            self.session.start_at_newest()
            fill_screen(self.session, self.app.size)
            self.timeline.set_rows(self.build())
        super().do_top()
        self._say_selected("top", "newer", whole=self.session.newest)

    def do_bottom(self) -> None:
        """To the oldest post that is kept, loaded or not."""
        if not self.session.complete and self._anchor is None:
            self._coming_back = False
            self.session.start_at_oldest(_FEW)
            if not is_full(self.session, self.app.size):
                fill_screen(self.session, self.app.size, self.session.load_newer)
            self.timeline.set_rows(self.build())
        super().do_bottom()
        self._say_selected("bottom", "older", whole=self.session.complete)

    def _say_selected(self, key: str, side: Side, *, whole: bool) -> None:
        """A selection reaches as far as is loaded: what nobody has seen is not marked by one key."""
        if self._anchor is not None and not whole:
            count = len(self.selection())
            self.say(f"{count:,} selected, as far as is loaded: {self.key_of(key)} again goes on to {side} posts")


def fill_screen(session: Session, size: Size, load: Callable[[int], int] | None = None) -> None:
    """Load what fills a screen, downwards or as `load` does; all else comes behind it."""
    load = load or session.load
    for _ in range(PREFETCH // _FEW):
        if not load(_FEW) or is_full(session, size):
            break


def is_full(session: Session, size: Size) -> bool:
    """Whether what is loaded and shown fills a screen, by how long its posts seem; what lacks then comes next."""
    shown = (PostRow(judged) for judged in session.timeline if judged.verdict.shown_at(session.level))
    return sum(estimate(row, size.width) for row in shown) >= size.height


def ensure_loaded(session: Session, timeline: Timeline, *, above: int = 0, below: int = 0) -> None:
    """Load so many posts above or below the cursor at once, as far as there are so many."""
    around = posts_around(session, timeline) or (0, 0)
    if around[0] < above and not session.newest:
        session.load_newer(above - around[0])
    if around[1] < below and not session.complete:
        session.load(below - around[1])


def side_to_load(session: Session, timeline: Timeline, below: int) -> Side | None:
    """On which side of the cursor too few posts are loaded, where more are kept."""
    around = posts_around(session, timeline)
    if around is None:
        return None if session.complete else "older"
    if not session.newest and around[0] < KEEP_MARGIN:
        return "newer"
    return "older" if not session.complete and around[1] < below else None


def posts_around(session: Session, timeline: Timeline) -> tuple[int, int] | None:
    """How many loaded posts stand above the cursor and how many below; None where there are no posts."""
    keys = _keys_here(timeline)
    # The posts of a quiet line count as below it: however many there are, loading them comes to an end.
    return session.around(keys[0]) if keys else None


def evict(session: Session, timeline: Timeline, below: int) -> bool:
    """Forget what lies far from the cursor, where that is much; never what `side_to_load` would ask for again.

    Whether there was something to forget.
    """
    keys = _keys_here(timeline)
    around = session.around(keys[0]) if keys else None
    if around is None or sum(around) <= 4 * KEEP_MARGIN:
        return False
    session.trim(KEEP_MARGIN, max(KEEP_MARGIN, below), keys[0], keys[-1])
    return True


def _keys_here(timeline: Timeline) -> tuple[PostKey, ...]:
    """The posts of the row under the cursor, or of the nearest above that has any (a gap has none), or below."""
    rows, cursor = timeline.rows, timeline.cursor
    for number in chain(range(min(cursor, len(rows) - 1), -1, -1), range(cursor + 1, len(rows))):
        if keys := keys_in(rows[number]):
            return keys
    return ()

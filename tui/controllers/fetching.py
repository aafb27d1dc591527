"""Fetches new and older posts, and shows them as they arrive."""

import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic

from textual.timer import Timer

from ...models.errors import QuietfeedError
from ...models.jitter import after_limit, spread
from ...models.view import Gap, Progress, ProgressKind, RefreshResult
from ...phrases.changes import as_sentence
from ...phrases.errors import refusal_text
from ...phrases.progress import NOTHING_NEW, PROGRESS
from ...session.events import PostsArrived
from ..context import error_sentence
from ..guard import guarded, run_task
from ..messages import NearEnd
from ..widgets.rows import PostRow
from .upkeep import show_notices
from .view import View
from .window import Window

_AFTER_LIMIT = 1.0
"""Seconds after the end of a rate limit: servers state it in whole seconds."""
_MORE = 20
_FILLS = 2


class Fetching:
    """One request at a time to the networks, for the home screen."""

    def __init__(
        self, view: View, window: Window, draw_status: Callable[[], None], dice: Callable[[], float] = random.random
    ) -> None:
        """`dice` returns numbers in [0, 1) for the jitter of automatic refreshes."""
        self.progress: Progress | None = None
        """The current progress; None while idle."""
        self._view = view
        self._window = window
        self._draw_status = draw_status
        self._dice = dice
        self._tail_requested = False
        self._filled = 0
        self._arrived = False
        self._timer: Timer | None = None
        self._shown_at = 0.0
        self._retry: Timer | None = None

    def listen(self) -> Callable[[], None]:
        """Draw posts as they arrive, from any service. Returns the function that stops this."""
        return self._view.session.events.subscribe(PostsArrived, self._on_arrived)

    def refresh_regularly(self) -> None:
        """Refresh after about the interval of the configuration, again and again."""
        screen = self._view.screen

        def refresh() -> None:
            self.refresh_regularly()
            self.refresh()

        wait = spread(self._view.session.config.refresh_minutes * 60, self._dice())
        screen.set_timer(wait, guarded(screen, refresh, "refreshing"))

    def refresh(self, *, asked: bool = False) -> None:
        """Fetch new posts. Only a refresh that the user asked for says that there are none."""
        if self.progress is None:
            visible = [row.key for row in self._view.timeline.visible_rows() if isinstance(row, PostRow)]
            request = self._view.session.fetching.refresh(self._report, visible=visible)
            self._request(request, "refresh", nothing=NOTHING_NEW if asked else "")

    def finish(self) -> None:
        """Load the rest of a timeline after its first page, without changing the message line."""

        async def work() -> None:
            try:
                await self._view.session.fetching.finish(self._report)
            finally:
                self.progress = None
            self._show_arrived()

        self.progress = Progress("", "posts")
        run_task(self._view.screen, work, name=PROGRESS["posts"], group="network", failed=self._ended)

    def fill(self, gap: Gap) -> None:
        """Fetch the posts of a gap, or show why that is impossible."""
        if not gap.fillable:
            from ...phrases.gaps import unfillable

            self._view.show_message(as_sentence(unfillable(gap)))
        elif self.progress is None:
            self._request(self._view.session.fetching.fill(gap, self._report), "gap")

    def fetch_older(self) -> None:
        """Fetch posts older than all stored ones. Automatically only once, so that an offline timeline stops trying."""
        session = self._view.session
        if (
            self.progress is None
            and not self._tail_requested
            and any(gap.older_at is None and gap.fillable for gap in session.timeline.gaps)
        ):
            self._tail_requested = True
            self._request(session.fetching.more(_MORE, self._report), "older_posts")

    def _on_arrived(self, event: PostsArrived) -> None:
        self._arrived |= bool(event.keys)
        # The first posts of an account do not wait for more.
        self._draw_soon(at_once=self._arrived and not self._view.timeline.rows)

    def _report(self, progress: Progress) -> None:
        self.progress = progress
        self._draw_soon()

    def _draw_soon(self, *, at_once: bool = False) -> None:
        # A fast server sends fifty pages a second. Draw them together, so that keys are handled in between.
        left = self._shown_at + self._view.session.tuning.news_each - monotonic()
        draw = guarded(self._view.screen, self._show_news, "showing news")
        if at_once or left <= 0:
            draw()
        elif self._timer is None:
            self._timer = self._view.screen.set_timer(left, draw)

    def _show_news(self) -> None:
        self._timer, self._shown_at = None, monotonic()
        if self._arrived:
            self._show_arrived()
        else:
            self._draw_status()

    def _show_arrived(self) -> None:
        """Show new posts. The line being read stays; posts above the screen are counted."""
        self._arrived = False
        self._window.show_loaded()
        self._draw_status()

    def _request(self, request: Awaitable[RefreshResult], kind: ProgressKind, nothing: str = NOTHING_NEW) -> None:
        """Await a request. `nothing` is the message if it finds nothing; "" keeps the message that is shown."""
        self.progress = Progress("", kind)
        self._draw_status()

        async def work() -> None:
            await self._await_result(request, nothing)

        run_task(self._view.screen, work, name=PROGRESS[kind], group="network", failed=self._ended)

    def _ended(self) -> None:
        self.progress = None
        self._draw_status()

    async def _await_result(self, request: Awaitable[RefreshResult], nothing: str) -> None:
        session = self._view.session
        far = session.timeline.above
        try:
            arrival = await request
        except QuietfeedError as error:
            arrival = RefreshResult(errors=(error_sentence(self._view.screen, error),))
        finally:
            self.progress = None
        if not arrival.errors:
            self._tail_requested = False
        if arrival.retry_at is not None:
            self._retry_at(arrival.retry_at)
        self._show_arrived()
        # One network may be down while the other sends posts.
        parts = [*self._errors_of(arrival), *self._new_posts_text(arrival, session.timeline.above - far)]
        if parts or nothing:
            self._view.show_message(" · ".join(parts) or nothing)
        show_notices(self._view.screen, session)
        self._fill_screen()

    def _errors_of(self, arrival: RefreshResult) -> list[str]:
        """The first error. An account that needs a sign-in comes first, because the user can act on it."""
        if not arrival.refusals:
            return list(arrival.errors[:1])
        return [refusal_text(arrival.refusals[0], self._view.key_of("palette"))]

    def _retry_at(self, at: datetime) -> None:
        """Refresh when a rate limit ends, even if automatic refresh is off."""
        if self._retry is not None:
            self._retry.stop()
        wait = max((after_limit(at, self._dice()) - self._view.session.clock.now()).total_seconds(), 0.0) + _AFTER_LIMIT
        self._retry = self._view.screen.set_timer(wait, guarded(self._view.screen, self.refresh, "refreshing"))

    def _new_posts_text(self, arrival: RefreshResult, far: int) -> list[str]:
        """Describe the new posts. `far` is how many of them are above the loaded ones."""
        parts = []
        if arrival.new:
            kind = "older" if arrival.older else "new"
            text = f"{len(arrival.new)} {kind}: {arrival.shown} shown"
            if arrival.hidden:
                text += f", {arrival.hidden} hidden"
            parts.append(text)
        if far > 0:
            parts.append(f"{far} at the top: {self._view.key_of('top')} goes there")
        return parts

    def _fill_screen(self) -> None:
        """If hiding leaves the screen short, fetch more: automatically at most twice, then on a key."""
        if self._view.timeline.short and self._filled < _FILLS and not self._tail_requested:
            self._filled += 1
            self._view.timeline.post_message(NearEnd())

"""The feed: the quiet timeline, its status line, and everything a key does to it."""

from collections.abc import Awaitable
from time import monotonic

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from ...models.errors import QuietfeedError
from ...models.verdict import Level
from ...models.view import Change, PostKey, Progress, RefreshResult
from ...session import Session
from ..controllers.reading import keys_in
from ..messages import NearEnd, Opened, Selected, ShowPost
from ..widgets.rows import HiddenRow, PostRow, Row, build_rows
from ..widgets.selecting import SelectableTimeline
from ..widgets.status import counts_line, keys_line, progress_words, put, tell
from ..widgets.threads import Folds
from . import window
from .levels import LevelScreen
from .moving import contains

_MORE = 20
_FILLS = 2
NEWS_EACH = 0.15
"""Seconds between two looks at what a sync has brought."""
_DEMO_HINT = (
    "A made-up world to try quietfeed in: h what is hidden and why, s on a post that sells, 1 to 4 how quiet,"
    " t to train, ? all keys."
)


class HomeScreen(LevelScreen, window.WindowScreen):
    """The timeline of all accounts at the current level. With `over`, escape goes back to the screen below."""

    def __init__(self, session: Session, *, over: bool = False) -> None:
        super().__init__(session)
        self._over = over
        self._folds = Folds()
        self._fetching: Progress | None = None
        self._tail_asked = False
        self._revision = -1
        self._filled = 0
        self._place: PostKey | None = None
        self._place_timer: Timer | None = None
        self._news_timer: Timer | None = None
        self._news_shown = 0.0

    def compose(self) -> ComposeResult:
        """Hint, timeline, what was said, status, keys."""
        if not self.session.kept:
            yield Static(_DEMO_HINT if self.session.demo else self._look_hint(), id="hint", markup=False)
        yield SelectableTimeline(empty=f"Nothing here yet. {self.key_of('refresh')} asks for news.", id="timeline")
        yield Static("", id="saying", markup=False)
        yield Static("", id="status", markup=False)
        yield Static("", id="keys", markup=False)

    def _look_hint(self) -> str:
        back = ", esc goes back" if self._over else ""
        whose = " and ".join(account.handle for account in self.session.accounts)
        keys = ", ".join(
            f"{self.key_of(name)} {word}" for name, word in (("hidden", "what is hidden"), ("help", "all keys"))
        )
        return f"The timeline of {whose} as the public can see it; nothing of it is kept: {keys}{back}."

    def on_mount(self) -> None:
        """The kept timeline at once; the network and the learner come after the first screen is painted."""
        place = self.session.place()
        if not self.session.timeline:
            if place is not None:
                self._coming_back = self.session.start_at(place, window.BATCH)
            window.fill_screen(self.session, self.app.size)
        self.timeline.focus()
        rows = self.build()
        first = next((row.key for row in rows if isinstance(row, PostRow)), None)
        self.timeline.is_unread = self.is_unread
        self.timeline.set_rows(rows, select=place or first)
        self._new_above = {row.key for row in self.timeline.rows[: self.timeline.cursor] if self.is_unread(row)}
        self.draw_status()
        self.set_interval(60, self._each_minute)
        if self.session.config.refresh_minutes and self.session.kept:
            self.set_interval(self.session.config.refresh_minutes * 60, self.do_refresh)
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.load_ahead()
        # The demo world is whole from the start; what a public handle sees is still to be asked for.
        if not self.session.demo or not self.session.timeline:
            self.do_refresh()
        if self.session.unlearned:
            self.learn_soon()

    def _each_minute(self) -> None:
        self.timeline.keep_time()
        try:
            effect = self.session.expire_mutes()
        except QuietfeedError as error:
            self.say(str(error))
            return
        if effect is not None:
            self.redraw(effect)
            self.say(effect.sentence)

    def build(self) -> list[Row]:
        """The rows of what is loaded."""
        self._revision = self.session.revision
        posts = self.session.timeline
        rows = build_rows(posts, self.session.gaps, self.session.level, staying=self._retained, unfolded=self._unfolded)
        return self._folds.apply(rows, posts)

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show what is judged now."""
        self.retain_visible(effect, select)
        if select is not None:
            if self.session.judged(select) is None and self.session.start_at(select, window.BATCH):
                window.fill_screen(self.session, self.app.size)
            self._folds.unfold(select, self.session.timeline)
        self.timeline.set_rows(self.build(), select=select)
        self.draw_status()

    def say(self, sentence: str) -> None:
        """One line above the status."""
        tell(self.query_one("#saying", Static), sentence)

    def draw_status(self) -> None:
        """The line of counts."""
        busy = progress_words(self._fetching) if self._fetching else ""
        waiting = len(self._new_above) + self.session.above
        line = counts_line(self.session.counts(), self.session.level, self.size.width - 2, waiting=waiting, busy=busy)
        put(self.query_one("#status", Static), line)

    def on_resize(self, event: events.Resize) -> None:
        """The status line and the keys fit the new width."""
        if event.size.width:
            self.draw_status()
            put(self.query_one("#keys", Static), keys_line(getattr(self.app, "keys", {}), event.size.width))

    def on_screen_resume(self) -> None:
        """Back from another screen: what was marked there is shown, and learned if it was not yet."""
        if self._anchor is None:
            # The tray may have gone far.
            window.evict(self.session, self.timeline, self._below)
        if self._revision not in (-1, self.session.revision):
            self.redraw()
        if self._revision != -1 and self.session.unlearned:
            self.learn_soon()
        if self._revision != -1:
            self.load_ahead()

    def on_selected(self, message: Selected) -> None:
        """Remember the place and what was read, and forget news that was seen."""
        if self._reader.look(self.timeline):
            self.timeline.refresh()
        if isinstance(message.row, PostRow):
            self._place = message.row.key
        if self._place_timer is None:
            self._place_timer = self.set_timer(0.5, self._keep_place)
        self.load_ahead()
        if self._new_above:
            seen = {row.key for row in self.timeline.visible_rows()}
            self._new_above -= seen
            if self.timeline.cursor == 0:
                self._new_above.clear()
            self.draw_status()

    def _keep_place(self) -> None:
        self._place_timer = None
        try:
            self.session.keep_place(self._place)
            self.session.reading.keep()
        except QuietfeedError as error:
            self.say(str(error))

    def on_unmount(self) -> None:
        """The next start begins where this one was left."""
        if self._place_timer is not None:
            self._keep_place()

    def on_near_end(self, message: NearEnd) -> None:
        """Older posts, before the end is reached: kept ones without ceremony, then from the server."""
        message.stop()
        if self._fetching is not None:
            return
        if not self.session.complete:
            # However many of them are hidden: some more come each time that the end is reached.
            around = window.posts_around(self.session, self.timeline)
            self.load_ahead((around[1] if around else 0) + window.PREFETCH)
        elif not self._tail_asked and any(gap.older_at is None for gap in self.session.gaps):
            # Asked by itself only once, so that moving about at the end of an offline timeline asks for nothing.
            self._tail_asked = True
            self._ask(self.session.more(_MORE, self._report), "fetching older posts")

    def _report(self, progress: Progress) -> None:
        self._fetching = progress
        # A fast server sends fifty pages a second: they are drawn together, so that keys are answered in between.
        left = self._news_shown + NEWS_EACH - monotonic()
        if left <= 0:
            self._show_news()
        elif self._news_timer is None:
            self._news_timer = self.set_timer(left, self._show_news)

    def _show_news(self) -> None:
        self._news_timer, self._news_shown = None, monotonic()
        if self.session.revision != self._revision:
            self._show_arrived()
        self.draw_status()

    def _ask(self, asking: Awaitable[RefreshResult], what: str) -> None:
        self._fetching = Progress("", what)
        self.draw_status()
        self.run_worker(self._answer(asking), name=what, group="network", exit_on_error=False)

    async def _answer(self, asking: Awaitable[RefreshResult]) -> None:
        far = self.session.above
        try:
            arrival = await asking
        except QuietfeedError as error:
            arrival = RefreshResult(troubles=(str(error),))
        finally:
            self._fetching = None
        if not arrival.troubles:
            self._tail_asked = False
        self._show_arrived()
        hidden = f", {arrival.hidden} hidden" if arrival.hidden else ""
        news = f"{len(arrival.new)} new: {arrival.shown} shown{hidden}" if arrival.new else ""
        if not news and self.session.above > far:
            news = f"{self.session.above - far} new at the top: {self.key_of('top')} goes there"
        # One network may be away while the other brings news.
        told = [part for part in (arrival.troubles[0] if arrival.troubles else "", news) if part]
        self.say(" · ".join(told) or "nothing new")
        self._fill_screen()

    def _fill_screen(self) -> None:
        """Where hiding leaves the screen short, more is fetched: twice at most by itself, after that on a key."""
        if self.timeline.short and self._filled < _FILLS and not self._tail_asked:
            self._filled += 1
            self.timeline.post_message(NearEnd())

    def _show_arrived(self) -> None:
        """Posts that came since the last look; those above the screen are counted, the line being read stays."""
        self._new_above |= {row.key for row in self.show_loaded()}
        self.draw_status()

    def on_worker_failed(self) -> None:
        """Nothing is being fetched any more."""
        self._fetching = None
        self.draw_status()

    def do_refresh(self) -> None:
        """Ask for news."""
        if self._fetching is None:
            self._ask(self.session.refresh(self._report), "asking for news")

    def do_open(self) -> None:
        """Open what is under the cursor."""
        if self.timeline.selected is not None:
            self.on_opened(Opened(self.timeline.selected))

    def on_opened(self, message: Opened) -> None:
        """A post opens with its conversation, a quiet line unfolds, a gap is filled."""
        row = message.row
        if isinstance(row, PostRow):
            self.session.reading.read(keys_in(row))
            self.post_message(ShowPost(row.judged))
        elif isinstance(row, HiddenRow):
            self.unfold(row)
        elif self._fetching is None:
            self._ask(self.session.fill(row.gap, self._report), "filling the gap")

    def do_hidden(self) -> None:
        """Everything that is hidden."""
        from .tray import TrayScreen

        self.app.push_screen(TrayScreen(self.session))

    def do_feeds(self) -> None:
        """Custom feeds and lists, each a timeline of its own."""
        from .feeds import choose_feed

        choose_feed(self)

    def do_train(self) -> None:
        """The posts whose mark teaches most."""
        from .training import TrainingScreen

        self.app.push_screen(TrainingScreen(self.session))

    def do_report(self) -> None:
        """What is hidden, per day and category, and who makes the noise."""
        from .report import ReportScreen

        self.app.push_screen(ReportScreen(self.session), self.run_below)

    def switch_level(self, level: Level) -> None:
        """Show the posts of a level, and say how many went or came back."""
        effect = self.session.set_level(level)
        self.fold_again()
        counts = self.session.counts()
        parts = [f"{len(effect.hid)} more hidden" if effect.hid else "", f"{len(effect.showed)} back"]
        moved = " · ".join(part for part in parts[: 2 if effect.showed else 1] if part)
        self.say(f"level {level.name}: {moved or f'{counts.shown} shown'}")

    def do_quit(self) -> None:
        """Leave the program."""
        self.app.exit(0)

    def do_fold(self) -> None:
        """The conversation of the post under the cursor becomes one line, or all of its posts again."""
        row = self.selected_post()
        if row is not None:
            sentence, select = self._folds.toggle(row, self.timeline.rows, self.session.timeline)
            if select is not None:
                self.timeline.set_rows(self.build(), select=select)
            self.say(sentence)

    def do_read_all(self) -> None:
        """Everything in these rows is read."""
        keys = [key for row in self.timeline.rows for key in keys_in(row)]
        self.act(lambda: self.session.read_all(keys), "read")
        self._new_above.clear()
        self.draw_status()

    def is_unread(self, row: Row) -> bool:
        """Whether a row is a post that was not read."""
        unread = self.session.reading.unread
        return isinstance(row, PostRow) and any(key in unread for key in keys_in(row))

    def is_jump_target(self, row: PostRow) -> bool:
        """Here `n` goes to the next unread post."""
        return self.is_unread(row)

    def words_without_query(self, found: int) -> str:
        """How many are left."""
        return f"{found} unread" if found else "everything here is read"

    def leave(self) -> None:
        """Escape leaves the timeline only where it lies over the welcome screen."""
        if self._over:
            self.dismiss(None)

    def matches_hidden(self, query: str) -> int:
        """How many hidden posts hold the query."""
        level = self.session.level
        hidden = (judged for judged in self.session.timeline if not judged.verdict.shown_at(level))
        return sum(contains(PostRow(judged), query) for judged in hidden)

"""The home screen: the timeline of all accounts, its status line, and fetching."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from ...models.view import Change, PostKey
from ...phrases.changes import change_text
from ...session import Session
from ...session.events import TimelineChanged, VerdictsChanged
from ..context import app_of, key_of
from ..controllers.controls import Controls
from ..controllers.fetching import Fetching
from ..controllers.foot import Foot
from ..controllers.levels import Levels
from ..controllers.reading import Position, keys_in
from ..controllers.tally import Tallying
from ..controllers.upkeep import look_after_files
from ..controllers.view import Command, View
from ..controllers.window import Window, posts_around
from ..guard import catches_errors, close, guarded
from ..keys import rebind, timeline_bindings
from ..messages import NearEnd, Opened, Selected, ShowPost
from ..widgets.beside import Beside
from ..widgets.rows import GapRow, HiddenRow, PostRow, Row, build_rows
from ..widgets.status import MessageLine
from ..widgets.threads import Folds
from ..widgets.timeline import Timeline

if TYPE_CHECKING:
    from ..controllers.search import Jumps

_DEMO_HINT = (
    "A demo world with invented posts. h shows hidden posts and why, s marks a post as sales, 1 to 4 set the level,"
    " t trains the filter, ? lists all keys."
)


@catches_errors
class HomeScreen(Screen[None]):
    """The timeline of all accounts at the current level. With `over`, escape returns to the screen below."""

    BLANK = True
    """Textual draws the screen, which its widgets cover, as one line for all: 36 would take 0.1 MB."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, *, over: bool = False) -> None:
        super().__init__()
        self.session = session
        self._over = over
        self.timeline = Timeline(id="timeline")
        self.message = MessageLine(id="message")
        view = View(self, session, self.timeline, self.message, self.redraw)
        self.controls = Controls(view, jumps=self._jumps)
        self.levels = Levels(view, self.controls.count, self._describe_switch)
        self.window = Window(view, self.controls.selection, self._build, self.draw_status)
        self.fetching = Fetching(view, self.window, self.draw_status)
        self._foot = Foot(view, self.window, lambda: self.fetching.progress)
        self._position = Position(view)
        self._tallying = Tallying(view, self.window, self._foot.draw_counts)
        own = {
            "refresh": lambda: self.fetching.refresh(asked=True),
            "hidden": self._open_tray,
            "feeds": self._choose_feed,
            "train": self._open_training,
            "report": self._open_report,
            "fold": self._fold,
            "read_all": self._read_all,
            "quit": lambda: self.controls.composing.leave(lambda: self.app.exit(0)),
        }
        self.commands = self.controls.commands(
            self.levels.commands(),
            own,
            leave=self._leave,
            window=self.window,
            snapshot=self.levels.snapshot,
            more=self._reviewing,
        )
        self._folds = Folds()
        self._outdated = False
        self._stop_listening: list[Callable[[], None]] = []
        self._first_painted = False

    def _jumps(self) -> "Jumps":
        from ..controllers.search import Jumps

        return Jumps(self.window.is_unread, _unread_text, self._hidden_matches)

    def _reviewing(self) -> Mapping[str, Command]:
        from ..controllers.reviewing import Reviewing

        return Reviewing(self.controls.view, self.controls.marking.act).commands()

    def compose(self) -> ComposeResult:
        """Compose the hint, timeline, message, status and keys."""
        if self.session.signing_in.is_demo:
            yield Static(_DEMO_HINT, id="hint", markup=False)
        elif not self.session.is_stored:
            yield Static(self._preview_hint(), id="hint", markup=False)
        yield Beside(self.session, self.timeline)
        yield self.message
        yield self._foot.counts
        yield self._foot.keys

    def show_message(self, sentence: str) -> None:
        self.message.show(sentence)

    def _preview_hint(self) -> str:
        handles = " and ".join(account.handle for account in self.session.accounts)
        keys = f"{key_of(self, 'hidden')} shows hidden posts, {key_of(self, 'help')} lists all keys"
        if self._over:
            keys = f"{keys}, esc goes back"
        return f"A preview of the timeline of {handles}, from public posts. Nothing is stored. {keys}."

    def on_mount(self) -> None:
        """Show the stored timeline at once. Fetching and training start after the first screen is drawn."""
        subscribe = self.session.events.subscribe
        self._stop_listening = [
            subscribe(TimelineChanged, self._note_change),
            subscribe(VerdictsChanged, self._note_change),
            self.fetching.listen(),
        ]
        rebind(self, app_of(self).keys)
        place = self.window.open(self.app.size)
        self.timeline.drawer.empty = f"No posts yet. {key_of(self, 'refresh')} fetches new posts."
        self.timeline.focus()
        rows = self._build(place)
        first = next((row.key for row in rows if isinstance(row, PostRow)), None)
        self.timeline.drawer.is_unread = self.window.is_unread
        self.timeline.set_rows(rows, select=place or first)
        self.draw_status()
        self.set_interval(60, guarded(self, self._each_minute, "the minute's work"))
        if self.session.config.refresh_minutes and self.session.is_stored:
            self.fetching.refresh_regularly()
        self.call_after_refresh(guarded(self, self._after_first_paint, "the start"))

    def _note_change(self, event: TimelineChanged | VerdictsChanged) -> None:
        """Remember that the rows are outdated. Changes below another screen are drawn together, when it closes."""
        del event
        self._outdated = True

    def _after_first_paint(self) -> None:
        self._first_painted = self._foot.shows_actions = True
        # The first visible row is known only after painting.
        self._foot.draw()
        self.call_after_refresh(guarded(self, self.controls.prepare, "the start"))
        self._tallying.start()
        self.window.load_ahead()
        if self.session.is_stored:
            look_after_files(self, self.session)
        # The demo world needs no refresh. A public timeline is fetched now.
        if self.session.fetching.unfinished:
            self.fetching.finish()
        elif not self.session.signing_in.is_demo or not self.session.timeline.posts:
            self.fetching.refresh()

    def _each_minute(self) -> None:
        self.timeline.keep_time(self.session.clock.now())
        for change in self.session.people.end_due_mutes():
            self.redraw(change)
            self.show_message(change_text(change, self.session.clock.now()))

    def _build(self, select: PostKey | None = None) -> list[Row]:
        """The rows of the loaded posts. `select` is a post that needs a row of its own."""
        self._outdated = False
        timeline, levels = self.session.timeline, self.levels
        posts = timeline.posts
        rows = build_rows(
            posts,
            timeline.gaps,
            timeline.level,
            staying=levels.retained,
            unfolded=levels.unfolded,
            keep={select, *(row.key for row in self.timeline.visible_rows())},
            same=self.session.crossposts.same(),
        )
        return self._folds.apply(rows, posts)

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        self.levels.retain_visible(effect, select)
        if select is not None:
            self.window.show_post(select, self.app.size)
            self._folds.unfold(select, self.session.timeline.posts)
        self.timeline.set_rows(self._build(select), select=select)
        self.draw_status()

    def draw_status(self) -> None:
        """Show the counts, and continue counting after a change."""
        self._foot.draw()
        if self._first_painted:
            self._tallying.start()

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width:
            self.draw_status()

    def on_screen_resume(self) -> None:
        """Redraw after another screen closed: posts may have been marked there."""
        # The tray may have loaded distant posts.
        self.window.evict()
        if not self._stop_listening:
            return
        if self._outdated:
            self.redraw()
        self.window.load_ahead()

    def on_selected(self, message: Selected) -> None:
        """Store the position, mark passed posts as read, and drop seen posts from the count of new ones."""
        message.stop()
        if self.window.reader.look(self.timeline):
            self.timeline.refresh()
        self._foot.draw_keys()
        self._position.note(message.row)
        self.window.load_ahead()
        if self._foot.is_outdated():
            self.draw_status()

    def on_unmount(self) -> None:
        """Store the position, so that the next start begins here."""
        for stop in self._stop_listening:
            stop()
        self._position.save_now()

    def on_near_end(self, message: NearEnd) -> None:
        """Load older posts before the end is reached: stored ones, then those of the server."""
        message.stop()
        if self.fetching.progress is not None:
            return
        if self.session.timeline.complete:
            self.fetching.fetch_older()
        else:
            # Load more each time the end is reached, even if all loaded posts are hidden.
            around = posts_around(self.session, self.timeline)
            below = 0 if around is None else around[1]
            self.window.load_ahead(below + self.window.below)

    def on_opened(self, message: Opened) -> None:
        """Open a post with its conversation, unfold a quiet line, or fill a gap."""
        message.stop()
        row = message.row
        if isinstance(row, PostRow) and row.unlike:
            self.levels.unfold_takeover(row)
        elif isinstance(row, PostRow):
            self.session.unread.read(keys_in(row))
            self.post_message(ShowPost(row.judged))
        elif isinstance(row, HiddenRow):
            self.levels.unfold(row)
        elif isinstance(row, GapRow):
            self.fetching.fill(row.gap)

    def _open_tray(self) -> None:
        from .tray import TrayScreen

        self.app.push_screen(TrayScreen(self.session))

    def _choose_feed(self) -> None:
        from .feeds import choose_feed

        choose_feed(self.controls.view)

    def _open_training(self) -> None:
        from .training import TrainingScreen

        self.app.push_screen(TrainingScreen(self.session))

    def _open_report(self) -> None:
        from .report import ReportScreen

        self.controls.view.ask(ReportScreen(self.session), self.commands.run)

    def _describe_switch(self, effect: Change) -> str:
        """How many posts a switch of the level hid or showed."""
        parts = []
        if effect.hid:
            parts.append(f"{len(effect.hid)} more hidden")
        if effect.showed:
            parts.append(f"{len(effect.showed)} back")
        moved = " · ".join(parts) or f"{self.session.timeline.counts().shown} shown"
        return f"level {self.session.timeline.level.name}: {moved}"

    def _fold(self) -> None:
        """Fold the conversation of the post under the cursor into one line, or unfold it."""
        row = self.controls.view.selected_post()
        if row is None or self.levels.fold(row):
            return
        sentence, select = self._folds.toggle(row, self.timeline.rows, self.session.timeline.posts)
        if select is not None:
            self.timeline.set_rows(self._build(), select=select)
        self.show_message(sentence)

    def _read_all(self) -> None:
        """Mark all posts of these rows as read."""
        keys = [key for row in self.timeline.rows for key in keys_in(row)]
        self.controls.marking.act(lambda: self.session.unread.read_all(keys))
        self.draw_status()

    def _leave(self) -> None:
        """Escape closes the timeline only over the welcome screen."""
        if self._over:
            close(self)

    def _hidden_matches(self, query: str) -> int:
        """The number of hidden posts that match the query."""
        from ..controllers.search import contains

        level = self.session.timeline.level
        hidden = (judged for judged in self.session.timeline.posts if not judged.verdict.shown_at(level))
        return sum(contains(PostRow(judged), query) for judged in hidden)


def _unread_text(found: int) -> str:
    if found:
        return f"{found} unread"
    return "everything here is read"

"""The feed: the quiet timeline, its status line, and everything a key does to it."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from ..models.errors import QuietfeedError
from ..models.verdict import Level
from ..models.view import Arrival, Effect, PostKey, Progress
from ..session import Session
from .detail import DetailScreen
from .keys import bindings, footer
from .marking import MarkingScreen, keys_to_see
from .messages import NearEnd, Opened, Selected
from .rows import GapRow, HiddenRow, PostRow, build_rows
from .status import counts_line
from .timeline import Timeline
from .training import TrainingScreen
from .tray import TrayScreen

_MORE = 20
_DEMO_HINT = (
    "A made-up world, to try quietfeed in. h shows what is hidden and why; s on a post that sells, v on somebody you"
    " like; 1 to 4 say how quiet; ? lists all keys."
)


class FeedScreen(MarkingScreen):
    """The timeline of all accounts at the current level."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(), Binding("escape", "leave_search", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._staying: set[PostKey] = set()
        self._unfolded: set[PostKey] = set()
        self._opened: set[PostKey] = set()
        self._waiting: set[PostKey] = set()
        self._fetching: Progress | None = None
        self._revision = -1
        self._query = ""

    def compose(self) -> ComposeResult:
        """Hint, timeline, what was said, status, keys."""
        if self.session.demo:
            yield Static(_DEMO_HINT, id="hint", markup=False)
        yield Timeline(empty="Nothing here yet. R asks for news.", id="timeline")
        yield Static("", id="saying", markup=False)
        yield Static("", id="status", markup=False)
        yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """The kept timeline at once; the network and the learner come after the first screen is painted."""
        if not self.session.timeline:
            self.session.load()
        self.timeline.focus()
        self.timeline.set_rows(self._rows(), select=self.session.place())
        self.redraw()
        self.set_interval(60, self.timeline.keep_time)
        if self.session.config.refresh_minutes and not self.session.demo:
            self.set_interval(self.session.config.refresh_minutes * 60, self.do_refresh)
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        if not self.session.demo:
            self.do_refresh()
        if self.session.unlearned:
            self.learn_soon()

    def _rows(self) -> list[PostRow | HiddenRow | GapRow]:
        self._revision = self.session.revision
        return build_rows(
            self.session.timeline,
            self.session.gaps,
            self.session.level,
            staying=self._staying,
            unfolded=self._unfolded,
            opened=self._opened,
        )

    def redraw(self, effect: Effect | None = None) -> None:
        """Show what is judged now. What is hidden by an action while it is on the screen fades and stays."""
        self._staying |= keys_to_see(effect, self.timeline)
        select = None
        if effect is not None and effect.sentence.startswith("undone") and effect.key is not None:
            self._staying.discard(effect.key)
            self._unfolded.add(effect.key)
            select = effect.key
        self.timeline.set_rows(self._rows(), select=select)
        self._draw_status()

    def say(self, sentence: str) -> None:
        """One line above the status."""
        self.query_one("#saying", Static).update(sentence)

    def _draw_status(self) -> None:
        width = self.size.width
        counts = self.session.counts()
        line = counts_line(counts, self.session.level, width - 2, waiting=len(self._waiting), fetching=self._fetching)
        self.query_one("#status", Static).update(line)
        self.query_one("#keys", Static).update(footer(getattr(self.app, "keys", {}), width))

    def on_resize(self, event: events.Resize) -> None:
        """The status line and the keys fit the new width."""
        if event.size.width:
            self._draw_status()

    def on_selected(self, message: Selected) -> None:
        """Remember the place, and forget news that was seen."""
        row = message.row
        if isinstance(row, PostRow):
            self.session.keep_place(row.key)
        if self._waiting:
            seen = {each.key for each in self.timeline.visible_rows()}
            top = self.timeline.cursor == 0
            self._waiting = set() if top else self._waiting - seen
            self._draw_status()

    def on_near_end(self, message: NearEnd) -> None:
        """Older posts, before the end is reached."""
        message.stop()
        self.run_worker(self._more(), name="more", group="network", exclusive=False, exit_on_error=False)

    async def _more(self) -> None:
        if self._fetching is not None:
            return
        # Kept posts need no network and no ceremony.
        if self.session.load():
            self.redraw()
            return
        if any(gap.older_at is None for gap in self.session.gaps):
            await self._ask(self.session.more(_MORE, self._report), quiet=False)

    def _report(self, progress: Progress) -> None:
        self._fetching = progress
        if self.session.revision != self._revision:
            self.timeline.set_rows(self._rows())
        self._draw_status()

    async def _ask(self, asking: "object", *, quiet: bool) -> None:
        known = {judged.key for judged in self.session.timeline}
        try:
            arrival: Arrival = await asking  # type: ignore[misc]
        except QuietfeedError as error:
            arrival = Arrival(troubles=(str(error),))
        finally:
            self._fetching = None
        newest = self.timeline.selected
        shown = [key for key in arrival.new if key not in known and self._is_shown(key)]
        if known and newest is not None and self.timeline.cursor > 0:
            self._waiting.update(shown)
        self.timeline.set_rows(self._rows())
        self._draw_status()
        if arrival.troubles:
            self.say(arrival.troubles[0])
        elif arrival.new:
            hidden = f", {arrival.hidden} hidden" if arrival.hidden else ""
            self.say(f"{len(arrival.new)} new: {arrival.shown} shown{hidden}")
        elif not quiet:
            self.say("nothing new")

    def _is_shown(self, key: PostKey) -> bool:
        judged = self.session.judged(key)
        return judged is not None and judged.verdict.shown_at(self.session.level)

    def do_refresh(self) -> None:
        """Ask for news."""
        if self._fetching is None:
            self._fetching = Progress("", "asking for news")
            self._draw_status()
            asking = self._ask(self.session.refresh(self._report), quiet=False)
            self.run_worker(asking, name="refresh", group="network", exit_on_error=False)

    def do_open(self) -> None:
        """Open what is under the cursor."""
        if self.timeline.selected is not None:
            self.on_opened(Opened(self.timeline.selected))

    def on_opened(self, message: Opened) -> None:
        """A post opens with its conversation, a quiet line unfolds, a gap is filled."""
        row = message.row
        if isinstance(row, PostRow):
            self.app.push_screen(DetailScreen(self.session, row.judged), lambda _: self.redraw())
        elif isinstance(row, HiddenRow):
            self._unfolded.update(row.keys)
            self.timeline.set_rows(self._rows(), select=row.keys[0])
            self.say("unfolded; they fold again with the next level switch")
        elif self._fetching is None:
            self._fetching = Progress("", "filling the gap")
            asking = self._ask(self.session.fill(row.gap, self._report), quiet=False)
            self.run_worker(asking, name="fill", group="network", exit_on_error=False)

    def do_hidden(self) -> None:
        """Everything that is hidden."""
        self.app.push_screen(TrayScreen(self.session), lambda _: self.redraw())

    def do_train(self) -> None:
        """The posts whose mark teaches most."""
        self.app.push_screen(TrainingScreen(self.session), lambda _: self.redraw())

    def action_do(self, name: str) -> None:
        """Levels are four actions of one kind."""
        if name.startswith("level_"):
            self._switch(self.level_of(name))
        else:
            super().action_do(name)

    def _switch(self, level: Level) -> None:
        self._staying.clear()
        self._unfolded.clear()
        self.act(lambda: self.session.set_level(level))

    def do_search(self) -> None:
        """Ask what to look for."""
        if not self.query("#search"):
            self.mount(Input(placeholder="search in what is loaded", id="search"), before="#saying")
            self.query_one("#search", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Look for it, and go to the first match below."""
        self._query = message.value.strip()
        self.action_leave_search()
        self.timeline.highlight(self._query)
        if self._query:
            self.do_next_match()

    def action_leave_search(self) -> None:
        """Close the search line; on the timeline itself, end the search."""
        for line in self.query("#search"):
            line.remove()
        if self.focused is self.timeline:
            self._query = ""
            self.timeline.highlight("")
        self.timeline.focus()

    def do_next_match(self) -> None:
        """The next post that holds what was searched for, or else the next that the filter is not sure of."""
        rows = self.timeline.rows
        for step in range(1, len(rows) + 1):
            number = (self.timeline.cursor + step) % len(rows)
            row = rows[number]
            if isinstance(row, PostRow) and self._matches(row):
                self.timeline.select_number(number)
                return
        self.say(f"nothing here holds {self._query!r}" if self._query else "the filter is sure of everything here")

    def _matches(self, row: PostRow) -> bool:
        post = row.judged.post
        if self._query:
            parts = (post.text, post.warning, post.author.name, post.author.handle)
            return any(self._query.casefold() in part.casefold() for part in parts)
        return any(reason.kind == "unsure" for reason in row.judged.verdict.reasons)

"""The hidden tray: all hidden posts, newest first, each with its reason. One key brings a post back."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ...models.view import HIDE_CAUSES, Change, HideCause, PostKey, hide_cause
from ...phrases.people import counted
from ...session import Session
from ..context import is_on_top, key_of
from ..controllers.commands import Restore
from ..controllers.controls import Controls
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import Command, View
from ..guard import catches_errors, close, run_task
from ..keys import timeline_bindings
from ..messages import NearEnd, Selected
from ..widgets.frame import ListFrame, Piece, button
from ..widgets.rows import PostRow
from .listing import is_hidden, why_hidden

_BATCH = 25


@catches_errors
class TrayScreen(Screen[None]):
    """Hidden posts, all or of one kind. Marked posts stay until the tray closes."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings(), Binding("tab", "next_kind", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._frame = ListFrame(empty="Nothing is hidden here.")
        self._kind: HideCause | None = None
        self._listed: dict[PostKey, HideCause] = {}
        self._loading = False
        self._scanned = 0
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        kinds: dict[str, Command] = {str(number): self._chooser(kind) for number, kind in enumerate(HIDE_CAUSES, 1)}
        own = {f"level_{number}": kinds[number] for number in "1234"}
        # The key that opened the tray closes it.
        own["hidden"] = lambda: close(self)
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title)
        self.commands = self.controls.commands(
            own,
            leave=lambda: close(self),
            snapshot=self._snapshot,
            digits={number: kinds[number] for number in "56"},
            before=self._reset_scan,
        )

    def compose(self) -> ComposeResult:
        yield from self._frame.widgets(self.session)

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        self._handlers.mount()

    def on_resize(self, event: events.Resize) -> None:
        self._handlers.resize(event)

    def on_screen_resume(self) -> None:
        self._handlers.resume()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show posts of the chosen kind that were hidden when the tray opened, or since then."""
        del effect
        self._frame.timeline.set_rows(self._rows(), select=select)
        self._draw_title()

    def _rows(self) -> list[PostRow]:
        rows = []
        for judged in self.session.timeline.posts:
            if is_hidden(self.session, judged):
                self._listed[judged.key] = hide_cause(judged.verdict)
            kind = self._listed.get(judged.key)
            if kind is not None and self._kind in (None, kind):
                rows.append(PostRow(judged, note=why_hidden(self.session, judged) or "back in the timeline"))
        return rows

    def _draw_title(self) -> None:
        """Show how many posts are hidden, by kind, and which kind is listed. A click on a kind lists it."""
        counts = self.session.timeline.counts()
        total = counts.hidden_total
        if self._kind is not None:
            shown = f"hidden · {counts.hidden.get(self._kind, 0)} of {total}: {self._kind}"
            self._frame.draw_title([(shown, "bold"), " · ", button("tab: the next kind", "screen.next_kind")])
        elif total:
            title: list[Piece] = [(f"hidden · {total}: ", "bold")]
            for kind, share in counted(counts.hidden):
                title += [button(share, f"screen.kind('{kind}')"), ", "]
            title[-1] = " · "
            self._frame.draw_title([*title, button("tab or 1-6: one kind", "screen.next_kind")])
        else:
            self._frame.draw_title(f"hidden · nothing at level {self.session.timeline.level.name}")

    def on_selected(self, message: Selected) -> None:
        """Load more if the cursor is near an end of the list."""
        message.stop()
        self._load_soon()

    def on_near_end(self, message: NearEnd) -> None:
        """Load more with each key press at the end."""
        message.stop()
        self._scanned = 0
        self._load_soon()

    def _reset_scan(self) -> None:
        """Allow another scan of stored posts after a key press."""
        self._scanned = 0

    def _load_soon(self) -> None:
        """Load more hidden posts, a few at a time, when the cursor is near an end."""
        if not self._loading and is_on_top(self) and self._loader():
            self._loading = True
            run_task(self, self._load, name="loading stored posts", group="stored")

    async def _load(self) -> None:
        try:
            while is_on_top(self) and (load := self._loader()):
                before = len(self._frame.timeline.rows)
                self._scanned += load(_BATCH)
                self.redraw()
                if self._scanned >= self.session.tuning.tray_scan and len(self._frame.timeline.rows) == before:
                    self.show_message(
                        f"none in the next {self._scanned:,} posts: {key_of(self, 'down')} searches further"
                    )
                # Handle keys first.
                await asyncio.sleep(self.session.tuning.step_pause)
        finally:
            self._loading = False

    def _loader(self) -> Callable[[int], int] | None:
        """The function that loads posts on the side with too few hidden ones, if more are stored."""
        cursor, rows = self._frame.timeline.cursor, len(self._frame.timeline.rows)
        if self._scanned >= self.session.tuning.tray_scan:
            return None
        if not self.session.timeline.complete and rows - cursor <= self.session.tuning.tray_ahead:
            return self.session.timeline.load
        if not self.session.timeline.newest and cursor < self.session.tuning.tray_ahead:
            return self.session.timeline.load_newer
        return None

    def action_next_kind(self) -> None:
        """Switch to the next kind with posts, then back to all."""
        self._reset_scan()
        kinds: list[HideCause | None] = [None, *(kind for kind in HIDE_CAUSES if kind in self._listed.values())]
        at = 0
        if self._kind in kinds:
            at = kinds.index(self._kind)
        self._choose(kinds[(at + 1) % len(kinds)])

    def action_kind(self, kind: HideCause) -> None:
        """Show one kind: a click on its count."""
        self._reset_scan()
        self._choose(kind)

    def _chooser(self, kind: HideCause) -> Command:
        return lambda: self._choose(None if kind == self._kind else kind)

    def _choose(self, kind: HideCause | None) -> None:
        self._kind = kind
        self.redraw()

    def _snapshot(self) -> Restore:
        """Remember the kind and the cursor, for a digit that turns out to be a count."""
        timeline = self._frame.timeline
        kind, selected, line = self._kind, timeline.selected, timeline.cursor_line

        def restore() -> None:
            self._choose(kind)
            if selected is not None:
                timeline.put_cursor(selected.key, line)

        return restore

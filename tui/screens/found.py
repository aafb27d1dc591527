"""The results of a search in all stored posts, newest first, with the matches marked."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.query import matches, terms
from ...models.view import Change, JudgedPost, PostKey
from ...session import Session
from ..controllers.controls import Controls
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import View
from ..guard import catches_errors, close
from ..keys import timeline_bindings
from ..messages import NearEnd
from ..widgets.frame import ListFrame
from ..widgets.rows import PostRow
from ..widgets.timeline import Timeline
from ..widgets.wrap import clip
from .listing import why_hidden

_PAGE = 200


@catches_errors
class FoundScreen(Screen[None]):
    """The stored posts that contain all words of a query. Further pages load near the end."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, query: str) -> None:
        super().__init__()
        self.session = session
        self._query = query
        wanted = terms(query)
        # A search within the results marks its own matches instead.
        timeline = Timeline(
            empty="No stored post contains all of these words. esc goes back.",
            id="timeline",
            find_matches=lambda text: matches(text, wanted),
        )
        self._frame = ListFrame(timeline)
        self._limit = 0
        self._posts: list[JudgedPost] = []
        self._total = 0
        view = View(self, session, timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title)
        self.commands = self.controls.commands(leave=lambda: close(self))
        self._more()

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
        """Show the results with their current verdicts, and the reason for each hidden post."""
        del effect
        self._frame.timeline.set_rows(self._rows(), select=select)
        self._draw_title()

    def _more(self) -> None:
        self._limit += _PAGE
        self._posts, self._total = self.session.timeline.search(self._query, self._limit)

    def _rows(self) -> list[PostRow]:
        rows = []
        for each in self._posts:
            judged = self.session.timeline.get(each.key) or each
            rows.append(PostRow(judged, note=why_hidden(self.session, judged)))
        return rows

    def _draw_title(self) -> None:
        """The query, the number of results, and how many of them are hidden."""
        hidden = sum(bool(row.note) for row in self._rows())
        line = f"{self._total or 'nothing'} found in all stored posts"
        if len(self._posts) < self._total:
            line += f", the newest {len(self._posts)} here"
        if hidden:
            line += f" · {hidden} hidden"
        self._frame.draw_title(clip(f"{line} · {self._query!r}", max(self.size.width - 2, 38)))

    def on_near_end(self, message: NearEnd) -> None:
        """Load the next page of results."""
        message.stop()
        if len(self._posts) < self._total:
            self._more()
            self.redraw()

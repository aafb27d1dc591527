"""What a search in every kept post found: newest first, shown and hidden alike, with the matches marked."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from ...models.query import matches, terms
from ...models.view import JudgedPost
from ...session import Session
from ..messages import NearEnd
from ..widgets.rows import PostRow
from ..widgets.selecting import SelectableTimeline
from ..widgets.wrap import clip
from .listing import ListingScreen

_A_PAGE = 200


class FoundTimeline(SelectableTimeline, inherit_bindings=False):
    """A timeline that marks the words of a query as the search itself understands them.

    A search inside what was found is marked in their place.
    """

    def __init__(self, query: str, *, empty: str) -> None:
        super().__init__(empty=empty, id="timeline")
        self._wanted = terms(query)

    def _matches(self, text: str, style: Style) -> list[Segment]:
        if self._search:
            return super()._matches(text, style)
        match = self.get_component_rich_style("timeline--match")
        found: list[Segment] = []
        at = 0
        for start, end in matches(text, self._wanted):
            found += [Segment(text[at:start], style), Segment(text[start:end], style + match)]
            at = end
        return [*found, Segment(text[at:], style)]


class FoundScreen(ListingScreen):
    """The kept posts that hold all words of a query; marks work, and further pages come as the end comes near."""

    EMPTY = "Nothing that is kept holds these words. esc goes back."

    def __init__(self, session: Session, query: str) -> None:
        super().__init__(session)
        self._words = query
        self._limit = 0
        self._posts: list[JudgedPost] = []
        self._total = 0
        self._more()

    def make_timeline(self) -> SelectableTimeline:
        """The posts, with the words marked."""
        return FoundTimeline(self._words, empty=self.EMPTY)

    def _more(self) -> None:
        self._limit += _A_PAGE
        self._posts, self._total = self.session.find(self._words, self._limit)

    def listed(self) -> Sequence[PostRow]:
        """What was found, as it is judged now; each hidden one says why."""
        rows = []
        for each in self._posts:
            judged = self.session.judged(each.key) or each
            rows.append(PostRow(judged, note=self.why_hidden(judged)))
        return rows

    def title_line(self) -> str:
        """What was searched for, how much of it there is, and how much of that is hidden."""
        hidden = sum(bool(row.note) for row in self.listed())
        newest = f", the newest {len(self._posts)} here" if len(self._posts) < self._total else ""
        count = f"{self._total or 'nothing'} found in all kept posts{newest}"
        line = f"{count}{f' · {hidden} hidden' if hidden else ''} · {self._words!r}"
        return clip(line, max(self.size.width - 2, 38))

    def on_near_end(self, message: NearEnd) -> None:
        """The next page of what was found."""
        message.stop()
        if len(self._posts) < self._total:
            self._more()
            self.redraw()

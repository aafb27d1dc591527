"""A screen over the feed with a list of posts of its own, and the plainest of them: some posts under a title."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ...models.view import Change, JudgedPost, PostKey, hide_cause
from ...phrases.verdicts import first_reason
from ...session import Session
from ..messages import Opened, ShowPost
from ..widgets.charts import Line
from ..widgets.rows import PostRow, Row
from ..widgets.selecting import SelectableTimeline
from ..widgets.status import keys_line, put, tell
from .marking import MarkingScreen


class ListingScreen(MarkingScreen):
    """Posts under a title; escape goes back. A subclass says which posts, in `listed`."""

    EMPTY = ""

    def compose(self) -> ComposeResult:
        """Title, posts, what was said, keys."""
        yield Static("", id="title", markup=False)
        yield self.make_timeline()
        yield Static("", id="saying", markup=False)
        yield Static("", id="keys", markup=False)

    def make_timeline(self) -> SelectableTimeline:
        """The widget that draws the posts."""
        return SelectableTimeline(empty=self.EMPTY, id="timeline")

    def on_mount(self) -> None:
        """Show the posts."""
        self.timeline.focus()
        self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        """The title and the keys fit the new size."""
        if event.size.width:
            self.draw_title()
            put(self.query_one("#keys", Static), keys_line(getattr(self.app, "keys", {}), event.size.width, over=True))

    def title_line(self) -> str:
        """What this is, in one line or a few."""
        raise NotImplementedError

    def title_pieces(self) -> list[Line]:
        """The same as it is drawn: the first line bold."""
        first, _, rest = self.title_line().partition("\n")
        return [(first, "bold"), f"\n{rest}" if rest else ""]

    def listed(self) -> Sequence[Row]:
        """The rows to show now."""
        raise NotImplementedError

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show the posts as they are judged now."""
        del effect
        self.timeline.set_rows(list(self.listed()), select=select)
        self.draw_title()

    def draw_title(self) -> None:
        """Say what this is, and what of it there is room for."""
        self.query_one("#title", Static).update(Content.assemble(*self.title_pieces()))

    def say(self, sentence: str) -> None:
        """One line below the posts."""
        tell(self.query_one("#saying", Static), sentence)

    def on_screen_resume(self) -> None:
        """Back from a screen above: what was marked there is shown."""
        if self.timeline.rows:
            self.redraw()

    def do_open(self) -> None:
        """Open the post under the cursor."""
        row = self.selected_post()
        if row is not None:
            self.on_opened(Opened(row))

    def on_opened(self, message: Opened) -> None:
        """Show a post whole, with its conversation."""
        message.stop()
        if isinstance(message.row, PostRow):
            self.post_message(ShowPost(message.row.judged))

    def hidden(self, judged: JudgedPost) -> bool:
        """Whether the current level hides a post."""
        return not judged.verdict.shown_at(self.session.level)

    def why_hidden(self, judged: JudgedPost) -> str:
        """As what a post is hidden, and by what reason, in one line; "" where it is shown."""
        if not self.hidden(judged):
            return ""
        reason = first_reason(judged.verdict)
        kind = hide_cause(judged.verdict)
        return f"hidden: {reason}" if kind == "muted" else f"hidden as {kind}: {reason}"


class PostsScreen(ListingScreen):
    """Some posts, such as those that a mark has hidden or brought back."""

    EMPTY = "These posts are no longer loaded."

    def __init__(self, session: Session, title: str, keys: Sequence[PostKey]) -> None:
        super().__init__(session)
        self._title = title
        self._keys = keys

    def listed(self) -> Sequence[PostRow]:
        """The posts, with where each stands now."""
        found = [judged for key in self._keys if (judged := self.session.judged(key)) is not None]
        found.sort(key=lambda judged: judged.post.at.timestamp() if judged.post.at else 0.0, reverse=True)
        return [PostRow(judged, note=self.why_hidden(judged) or "shown") for judged in found]

    def title_line(self) -> str:
        """What they have in common."""
        return f"{self._title}: {len(self._keys)} post{'s' if len(self._keys) != 1 else ''}"

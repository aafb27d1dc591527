"""A post whole, with the conversation around it and who its author is to the user."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from ...models.errors import NotFound, QuietfeedError
from ...models.view import Change, JudgedPost, PostKey
from ...models.words import links_of, numbers
from ...session import Session
from ...session.pictures import pictures_of
from ..messages import Opened, Selected
from ..widgets.rows import PostRow
from ..widgets.selecting import SelectableTimeline
from ..widgets.status import counts_line
from .pictured import PicturedScreen


class DetailScreen(PicturedScreen):
    """The conversation: what stands before, the post, what stands after. Enter unfolds the posts around it."""

    def __init__(self, session: Session, judged: JudgedPost) -> None:
        super().__init__(session)
        self._judged = judged
        self._before: list[JudgedPost] = []
        self._after: list[JudgedPost] = []
        self._opened: set[PostKey] = set()

    def on_mount(self) -> None:
        """The post at once, its conversation when the server has answered."""
        self.say("fetching the conversation …")
        self.run_worker(self._fetch(), name="thread", group="thread", exclusive=True, exit_on_error=False)

    async def _fetch(self) -> None:
        try:
            self._before, self._after = await self.session.thread(self._judged.key)
        except QuietfeedError as error:
            self.say(str(error))
            return
        others = len(self._before) + len(self._after)
        self.say(f"{others} more in this conversation" if others else "no conversation around it")
        self.timeline.set_rows(list(self.listed()), select=self._judged.key)

    def listed(self) -> Sequence[PostRow]:
        """Everything in the order of the conversation; the post itself is open."""
        before = [self._row(each) for each in self._before]
        after = [self._row(each, indent=1) for each in self._after]
        return [*before, self._main(), *after]

    def _row(self, judged: JudgedPost, indent: int = 0) -> PostRow:
        judged = self.session.judged(judged.key) or judged
        return PostRow(judged, note=self.why_hidden(judged), open=judged.key in self._opened, indent=indent)

    def _main(self) -> PostRow:
        judged = self.session.judged(self._judged.key) or self._judged
        links = len(links_of(judged.post))
        notes = [self.why_hidden(judged), f"{links} links: {self.key_of('open_link')} chooses" if links > 1 else ""]
        return PostRow(judged, open=True, note=" · ".join(note for note in notes if note))

    def compose(self) -> ComposeResult:
        """As every list, with room for pictures under the posts."""
        yield Static("", id="title", markup=False)
        yield SelectableTimeline(id="timeline")
        yield Horizontal(id="pictures")
        yield Static("", id="saying", markup=False)
        yield Static("", id="keys", markup=False)

    def pictures(self) -> Sequence[str]:
        """Those of the post under the cursor; what a warning hides, only once it is open."""
        row = self.timeline.selected
        if (
            not isinstance(row, PostRow)
            or (row.judged.post.content_warning and not row.open)
            or not self.may_show(row.judged)
        ):
            return ()
        return [address for address, _ in pictures_of(row.judged.post.media)]

    def make_room(self, height: int) -> None:
        """The posts end where their lines end, and the pictures follow."""
        if not height:
            self.timeline.styles.height = "1fr"
            return
        room = self.size.height - self.query_one("#title").size.height - 2
        self.timeline.styles.height = min(self.timeline.virtual_size.height, room - height)

    @property
    def account(self) -> str:
        """The account of the post."""
        return self._judged.post.account

    def on_selected(self, message: Selected) -> None:
        """Another post has other pictures."""
        message.stop()
        self.look()

    def title_line(self) -> str:
        """Who wrote it, who passed it on, and what they are to the user."""
        post = self._judged.post
        try:
            why = self.session.why(self._judged.key)
            ties = [why.tie, why.booster_tie]
        except NotFound:
            ties = [f"@{post.author.handle}", f"@{post.booster.handle}" if post.booster else ""]
        lines = [" · ".join([ties[0], *numbers(post.author)])]
        if post.booster is not None:
            lines.append(f"boosted by {ties[1]}")
        lines.append(counts_line(self.session.counts(), self.session.level, max(self.size.width - 2, 38)))
        return "\n".join(lines)

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """The conversation as it is judged now."""
        if effect is not None and select is None and effect.key == self._judged.key:
            self._judged = self.session.judged(effect.key) or self._judged
        super().redraw(effect, select=select)

    def on_opened(self, message: Opened) -> None:
        """A post around this one unfolds in its place; on the post itself, enter goes back."""
        message.stop()
        if message.row.key == self._judged.key:
            self.leave()
        else:
            self._opened ^= {message.row.key}
            self.redraw()

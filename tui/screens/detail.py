"""An opened post, with its conversation and the user's tie to its author."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen

from ...models.errors import NotFound
from ...models.post import links_of
from ...models.view import Change, JudgedPost, PostKey
from ...phrases.people import numbers
from ...phrases.posts import also_text
from ...phrases.ties import tie_line
from ...session import Session
from ...session.pictures import pictures_of
from ..context import app_of, key_of
from ..controllers.controls import Controls
from ..controllers.foot import keys_here
from ..controllers.pictures import Pictures
from ..controllers.view import View
from ..guard import catches_errors, close, guarded, run_task
from ..keys import rebind, timeline_bindings
from ..messages import Opened, Selected
from ..widgets.frame import ListFrame
from ..widgets.rows import PostRow
from ..widgets.status import counts_line
from .listing import why_hidden

_TALLEST, _LEFT = 24, 4


@catches_errors
class DetailScreen(Screen[None]):
    """The conversation: the posts before, the post, and the posts after. Enter unfolds the posts around it."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, judged: JudgedPost) -> None:
        super().__init__()
        self.session = session
        self._judged = judged
        self._before: list[JudgedPost] = []
        self._copies = session.crossposts.copies(judged.key)
        self._after: list[JudgedPost] = []
        self._opened: set[PostKey] = set()
        self._pictured: tuple[PostKey, int] | None = None
        """The post below which lines are reserved for pictures, and how many."""
        self._frame = ListFrame()
        self._strip = Horizontal(id="pictures")
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        self._pictures = Pictures(
            view,
            self._strip,
            judged.post.account,
            wanted=self._wanted_pictures,
            height=self._picture_height,
            make_room=self._make_room,
        )
        self.commands = self.controls.commands({"pictures": self._pictures.toggle}, leave=self._leave)

    def compose(self) -> ComposeResult:
        """Compose a list with the pictures over it."""
        title, timeline, message, keys = self._frame.widgets()
        yield title
        yield timeline
        yield self._strip
        yield message
        yield keys

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        """Show the post at once, and its conversation when it arrives."""
        rebind(self, app_of(self).keys)
        self._frame.timeline.focus()
        self.redraw()
        self.show_message("fetching the conversation …")
        self.watch(self._frame.timeline, "scroll_y", self._place_soon, init=False)
        run_task(self, self._fetch, name="fetching the conversation", group="thread", exclusive=True)

    async def _fetch(self) -> None:
        self._before, self._after = await self.session.reading.thread(self._judged.key)
        others = len(self._before) + len(self._after)
        spending = self.session.signing_in.spending
        nothing = spending.replies_note(self._judged.post.network) or "no conversation around it"
        self.show_message(f"{others} more in this conversation" if others else nothing)
        self._frame.timeline.set_rows(self._rows(), select=self._judged.key)
        self._place_pictures()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the title, the keys and the pictures to the new size."""
        if event.size.width:
            self._draw_title()
            self._draw_keys()
        self._pictures.fit_again()
        self._place_soon()

    def _draw_keys(self) -> None:
        here = keys_here(self.session, self._frame.timeline.selected)
        self._frame.draw_keys(app_of(self).keys, self.size.width, here)

    def on_screen_resume(self) -> None:
        """Redraw after a screen above closed: posts may have been marked there."""
        if self._frame.timeline.rows:
            self.redraw()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show the conversation with its current verdicts."""
        if effect is not None and select is None and effect.key == self._judged.key:
            self._judged = self.session.timeline.get(effect.key) or self._judged
        self._frame.timeline.set_rows(self._rows(), select=select)
        self._place_pictures()
        self._draw_title()
        if self.size.width:
            self._draw_keys()

    def _rows(self) -> Sequence[PostRow]:
        """All posts in the order of the conversation. The post itself is open."""
        before = [self._row(each) for each in self._before]
        after = [self._row(each, indent=1) for each in self._after]
        rows = [*before, self._main(), *map(self._copy, self._copies), *after]
        if self._pictured is None:
            return rows
        key, height = self._pictured
        return [replace(row, picture_lines=height) if row.key == key else row for row in rows]

    def _row(self, judged: JudgedPost, indent: int = 0) -> PostRow:
        judged = self.session.timeline.get(judged.key) or judged
        note = why_hidden(self.session, judged)
        return PostRow(judged, note=note, open=judged.key in self._opened, indent=indent)

    def _copy(self, judged: JudgedPost) -> PostRow:
        """A copy of the post on another network."""
        row = self._row(judged)
        place = also_text(self._judged.post, [judged.post], self.session.crossposts.same().places)
        return replace(row, note=" · ".join(each for each in (f"the same post, {place}", row.note) if each))

    def _main(self) -> PostRow:
        judged = self.session.timeline.get(self._judged.key) or self._judged
        links = len(links_of(judged.post))
        notes = [why_hidden(self.session, judged)]
        if links > 1:
            notes.append(f"{links} links: {key_of(self, 'open_link')} chooses")
        return PostRow(judged, open=True, note=" · ".join(note for note in notes if note))

    def _draw_title(self) -> None:
        """The author, the booster, and the user's ties to them."""
        post = self._judged.post
        try:
            why = self.session.timeline.why(self._judged.key)
            ties = [tie_line(why.tie)]
            if why.booster_tie:
                ties.append(tie_line(why.booster_tie))
        except NotFound:
            ties = [f"@{person.handle}" for person in (post.author, post.booster) if person is not None]
        lines = [" · ".join([ties[0], *numbers(post.author)])]
        if len(ties) > 1:
            lines.append(f"boosted by {ties[1]}")
        lines.append(
            counts_line(self.session.timeline.counts(), self.session.timeline.level, max(self.size.width - 2, 38))
        )
        self._frame.draw_title("\n".join(lines))

    def on_selected(self, message: Selected) -> None:
        """Show the pictures of the post under the cursor."""
        message.stop()
        self._draw_keys()
        self._pictures.look()

    def on_opened(self, message: Opened) -> None:
        """Unfold a post around this one. On the post itself, enter goes back."""
        message.stop()
        if message.row.key == self._judged.key:
            self._leave()
        else:
            self._opened ^= {message.row.key}
            self.redraw()

    def _wanted_pictures(self) -> Sequence[str]:
        """The pictures of the post under the cursor. Those under a warning only once it is open."""
        row = self._frame.timeline.selected
        if not isinstance(row, PostRow) or not self._pictures.may_show(row.judged):
            return ()
        if row.judged.post.covered and not row.open:
            return ()
        return [address for address, _ in pictures_of(row.judged.post.media)]

    def _picture_height(self) -> int:
        """The lines that the posts leave free, and a minimum."""
        room = self._room()
        return min(max(min(room - self._frame.timeline.virtual_size.height, _TALLEST), room // 3, 4), max(room - 1, 1))

    def _make_room(self, height: int) -> None:
        """Reserve lines below the post under the cursor for pictures of that height."""
        row = self._frame.timeline.selected
        if row is not None and height:
            self._pictured = (row.key, height)
        else:
            self._pictured = None
        self._frame.timeline.set_rows(self._rows())
        self._place_pictures()

    def _place_soon(self) -> None:
        self.call_after_refresh(guarded(self, self._place_pictures, "pictures"))

    def _place_pictures(self) -> None:
        """Place the pictures over their reserved lines. Hide them if not all these lines are visible."""
        timeline = self._frame.timeline
        if self._pictured is None:
            return
        below = timeline.line_below(self._pictured[0])
        if below is None:
            return
        top = below - self._pictured[1] - 1
        self._strip.visible = top >= 0 and below - 1 <= timeline.size.height
        self._strip.styles.offset = (_LEFT, timeline.region.y + max(top, 0))

    def _room(self) -> int:
        return self.size.height - self._frame.title.size.height - 2

    def _leave(self) -> None:
        self._pictures.forget()
        close(self)

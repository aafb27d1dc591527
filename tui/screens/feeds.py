"""A custom feed or list as a timeline, with levels, marks and reasons, in the feed's own order."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ...models.errors import QuietfeedError
from ...models.feed import Feed
from ...models.view import Change, JudgedPost, PostKey, hide_cause
from ...phrases.people import shares
from ...session import Session
from ...session.feeds import FeedPage, Lists
from ..context import error_sentence, key_of
from ..controllers.controls import Controls
from ..controllers.levels import Levels
from ..controllers.list_handlers import ListHandlers
from ..controllers.view import View
from ..guard import catches_errors, close, run_task
from ..keys import timeline_bindings
from ..messages import NearEnd, Opened, ShowPost
from ..widgets.frame import ListFrame
from ..widgets.rows import HiddenRow, PostRow, build_rows
from ..widgets.wrap import clip
from .choice import ChoiceScreen

_NONE = "you have no saved feeds or lists: create them in your network's own app"
_WIDEST, _FRAME = 88, 11
"""The maximum width of the chooser, and the part for border, padding, scrollbar and number."""
_EMPTY_PAGES = 5
_FILLS = 2


def choose_feed(view: View) -> None:
    """Show a chooser of feeds and lists, and open the chosen one. It replaces an open feed."""
    view.show_message("fetching your feeds and lists …")

    async def choose() -> None:
        lists = await view.session.reading.feeds()
        if view.is_active:
            _show_chooser(view, lists)

    run_task(view.screen, choose, name="fetching your feeds", group="feeds", exclusive=True)


def _show_chooser(view: View, lists: Lists) -> None:
    error = "".join(error_sentence(view.screen, each) for each in lists.errors[:1])
    if not lists.feeds:
        view.show_message(error or _NONE)
        return
    view.show_message(error)
    several = len(view.session.accounts) > 1

    def open_it(number: int) -> None:
        feed = lists.feeds[number]
        if feed.gone:
            view.show_message(f"this {feed.kind} no longer exists: its creator deleted it")
        elif isinstance(view.screen, FeedScreen):
            view.screen.app.switch_screen(FeedScreen(view.session, feed))
        else:
            view.screen.app.push_screen(FeedScreen(view.session, feed))

    width = max(min(view.screen.app.size.width, _WIDEST) - _FRAME, 8)
    choices = [clip(choice_of(feed, with_account=several), width) for feed in lists.feeds]
    view.ask(ChoiceScreen("Read which feed?", choices, "a number or enter opens · esc closes"), open_it)


def choice_of(feed: Feed, *, with_account: bool) -> str:
    """A feed as one line of the chooser."""
    kind = f"{feed.kind} by @{feed.by}" if feed.by else feed.kind
    parts = [kind]
    if with_account:
        parts.append(feed.account)
    state = ""
    if feed.gone:
        state = " · gone"
    elif feed.pinned:
        state = " · pinned"
    about = f" · {feed.about}" if feed.about and not feed.gone else ""
    return f"{feed.name} · {' · '.join(parts)}{state}{about}"


@catches_errors
class FeedScreen(Screen[None]):
    """The posts of a feed, fetched page by page. They do not enter the home timeline."""

    BINDINGS: ClassVar[list[BindingType]] = [*timeline_bindings()]

    def __init__(self, session: Session, feed: Feed) -> None:
        super().__init__()
        self.session = session
        self._feed = feed
        self._frame = ListFrame(empty="Nothing here.")
        view = View(self, session, self._frame.timeline, self._frame.message, self.redraw)
        self.controls = Controls(view)
        self._levels = Levels(view, self.controls.count, self._describe_switch)
        self._handlers = ListHandlers(self, self._frame, self.redraw, self._draw_title)
        own = {"refresh": self._refresh, "feeds": lambda: choose_feed(view), "fold": self._fold}
        self.commands = self.controls.commands(
            self._levels.commands(), own, leave=lambda: close(self), snapshot=self._levels.snapshot
        )
        self._keys: list[PostKey] = []
        self._cursor: str | None = None
        self._requesting = False
        self._ended = False
        self._filled = 0

    def compose(self) -> ComposeResult:
        yield from self._frame.widgets(self.session)

    def show_message(self, sentence: str) -> None:
        self._frame.message.show(sentence)

    def on_mount(self) -> None:
        """Fetch the first page of the feed."""
        self._handlers.mount()
        self._refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._handlers.resize(event)

    def on_screen_resume(self) -> None:
        self._handlers.resume()

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show the posts in the feed's order, with quiet lines for hidden ones."""
        self._levels.retain_visible(effect, select)
        level, levels = self.session.timeline.level, self._levels
        keep = {select, *(row.key for row in self._frame.timeline.visible_rows())}
        rows = build_rows(self._judged(), (), level, staying=levels.retained, unfolded=levels.unfolded, keep=keep)
        self._frame.timeline.set_rows(rows, select=select)
        self._draw_title()

    def _judged(self) -> list[JudgedPost]:
        return self.session.timeline.get_or_load(self._keys)

    def _draw_title(self) -> None:
        """The name of the feed, and how many of its posts are shown and hidden."""
        level, posts = self.session.timeline.level, self._judged()
        hidden = [hide_cause(each.verdict) for each in posts if not each.verdict.shown_at(level)]
        counts = f"{len(posts) - len(hidden)} shown · {len(hidden)} hidden"
        if hidden:
            counts += f": {shares({kind: hidden.count(kind) for kind in hidden})}"
        name = f"{self._feed.name} · {self._feed.kind}"
        if self._feed.by:
            name += f" by @{self._feed.by}"
        width = max(self.size.width - 2, 38)
        self._frame.draw_title(f"{clip(name, width)}\n{clip(f'{counts} · {level.name}', width)}")

    def _describe_switch(self, effect: Change) -> str:
        del effect
        shown = sum(isinstance(row, PostRow) for row in self._frame.timeline.rows)
        return f"level {self.session.timeline.level.name}: {shown} shown"

    def on_near_end(self, message: NearEnd) -> None:
        message.stop()
        if not self._requesting and not self._ended and self._cursor is not None:
            self._request(self._cursor)

    def on_opened(self, message: Opened) -> None:
        """Open a post with its conversation, or unfold a quiet line."""
        message.stop()
        if isinstance(message.row, PostRow) and message.row.unlike:
            self._levels.unfold_takeover(message.row)
        elif isinstance(message.row, PostRow):
            self.post_message(ShowPost(message.row.judged))
        elif isinstance(message.row, HiddenRow):
            self._levels.unfold(message.row)

    def _fold(self) -> None:
        row = self.controls.view.selected_post()
        if row is not None and not self._levels.fold(row):
            self.show_message("only unfolded hidden posts can be folded here")

    def _refresh(self) -> None:
        """Fetch the feed again from the top."""
        if not self._requesting:
            self._request(None)

    def _request(self, cursor: str | None) -> None:
        self._requesting = True
        self.show_message("fetching the next posts …" if cursor else "fetching the feed …")

        async def fetch() -> None:
            await self._fetch(cursor)

        run_task(self, fetch, name="fetching the feed", group="network")

    async def _fetch(self, cursor: str | None) -> None:
        top = cursor is None
        try:
            for _ in range(_EMPTY_PAGES):
                page = await self.session.reading.feed_page(self._feed, cursor)
                fresh = self._add_page(page, top=top)
                top, cursor = False, page.cursor
                if fresh or cursor is None:
                    break
        except QuietfeedError as error:
            # After an error, only the refresh key fetches again; moving the cursor does not.
            self._ended = True
            self.show_message(f"{error_sentence(self, error)} {key_of(self, 'refresh')} tries again.")
            return
        finally:
            self._requesting = False
        self.redraw()
        self._say_fetched(page, fresh)
        if self._frame.timeline.short and self._filled < _FILLS and self._cursor is not None and not self._ended:
            self._filled += 1
            self._request(self._cursor)

    def _add_page(self, page: FeedPage, *, top: bool) -> list[PostKey]:
        before = set() if top else set(self._keys)
        fresh = [key for key in page.keys if key not in before]
        self._keys = fresh if top else [*self._keys, *fresh]
        self._cursor, self._ended = page.cursor, page.cursor is None
        return fresh

    def _say_fetched(self, page: FeedPage, fresh: Sequence[PostKey]) -> None:
        again = f"{key_of(self, 'refresh')} starts again at the top"
        if page.error:
            self.show_message(page.error)
        elif not fresh and page.cursor is not None:
            self._ended = True
            self.show_message(f"this {self._feed.kind} returns only empty pages: {again}")
        elif not self._keys:
            self.show_message(f"this {self._feed.kind} is empty")
        elif page.cursor is None:
            self.show_message(f"end of this {self._feed.kind}: {again}")
        else:
            self.show_message(f"{len(fresh)} post{'s' if len(fresh) != 1 else ''} fetched")

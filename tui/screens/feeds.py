"""A custom feed or a list as a timeline of its own: the same levels, marks and reasons, in the feed's own order."""

from collections.abc import Sequence

from ...models.errors import QuietfeedError
from ...models.feed import Feed
from ...models.verdict import Level
from ...models.view import Change, JudgedPost, PostKey, hide_cause
from ...models.words import shares
from ...session import Session
from ...session.feeds import FeedPage
from ..messages import NearEnd, Opened
from ..widgets.rows import HiddenRow, PostRow, Row, build_rows
from ..widgets.wrap import clip
from .choice import ChoiceScreen
from .levels import LevelScreen
from .listing import ListingScreen
from .moving import MovingScreen

_NONE = "no feed is saved and no list made: both are made where your account is at home"
_WIDEST, _FRAME = 88, 11
"""How wide the chooser is at most, and what of that are border, padding, scrollbar and the number."""
_EMPTY_PAGES = 5
_FILLS = 2


def choose_feed(screen: MovingScreen) -> None:
    """Ask which feed or list is to be read, and open it; one that is read already is left for it."""
    screen.say("asking for your feeds and lists …")
    screen.run_worker(_choose(screen), name="the list of feeds", group="feeds", exclusive=True, exit_on_error=False)


async def _choose(screen: MovingScreen) -> None:
    try:
        lists = await screen.session.feeds()
    except QuietfeedError as error:
        screen.say(str(error))
        return
    if not screen.on_top:
        return
    screen.say(lists.troubles[0] if lists.troubles else "" if lists.feeds else _NONE)
    if not lists.feeds:
        return
    several = len(screen.session.accounts) > 1

    def open_it(number: int | None) -> None:
        if number is None:
            return
        feed = lists.feeds[number]
        if feed.gone:
            screen.say(f"this {feed.kind} is gone: whoever made it took it away")
        elif isinstance(screen, FeedScreen):
            screen.app.switch_screen(FeedScreen(screen.session, feed))
        else:
            screen.app.push_screen(FeedScreen(screen.session, feed))

    room = max(min(screen.app.size.width, _WIDEST) - _FRAME, 8)
    choices = [clip(choice_of(feed, whose=several), room) for feed in lists.feeds]
    screen.app.push_screen(ChoiceScreen("Read which feed?", choices, "a number or enter opens · esc closes"), open_it)


def choice_of(feed: Feed, *, whose: bool) -> str:
    """A feed as one line of the chooser; `whose`: with the account that has it."""
    by = f" by @{feed.by}" if feed.by else ""
    about = f" · {feed.about}" if feed.about and not feed.gone else ""
    state = " · gone" if feed.gone else " · pinned" if feed.pinned else ""
    return f"{feed.name} · {feed.kind}{by}{f' · {feed.account}' if whose else ''}{state}{about}"


class FeedScreen(LevelScreen, ListingScreen):
    """The posts of a feed, fetched page by page as the end comes near. Nothing of it enters the home timeline."""

    EMPTY = "Nothing here."

    def __init__(self, session: Session, feed: Feed) -> None:
        super().__init__(session)
        self._feed = feed
        self._keys: list[PostKey] = []
        self._cursor: str | None = None
        self._asking = False
        self._ended = False
        self._filled = 0

    def on_mount(self) -> None:
        """Ask for the top of the feed."""
        self.do_refresh()

    def _judged(self) -> list[JudgedPost]:
        return self.session.get_or_load(self._keys)

    def listed(self) -> Sequence[Row]:
        """The posts in the feed's order; what the level hides stands there as a quiet line."""
        level = self.session.level
        return build_rows(self._judged(), (), level, staying=self._retained, unfolded=self._unfolded)

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """Show what is judged now."""
        self.retain_visible(effect, select)
        super().redraw(effect, select=select)

    def title_line(self) -> str:
        """Which feed, and how much of it is shown and hidden, as what."""
        level, posts = self.session.level, self._judged()
        hidden = [hide_cause(each.verdict) for each in posts if not each.verdict.shown_at(level)]
        what = f": {shares({kind: hidden.count(kind) for kind in hidden})}" if hidden else ""
        by = f" by @{self._feed.by}" if self._feed.by else ""
        counts = f"{len(posts) - len(hidden)} shown · {len(hidden)} hidden{what} · {level.name}"
        width = max(self.size.width - 2, 38)
        return f"{clip(f'{self._feed.name} · {self._feed.kind}{by}', width)}\n{clip(counts, width)}"

    def do_refresh(self) -> None:
        """Read the feed again from its top."""
        if not self._asking:
            self._ask(None)

    def on_near_end(self, message: NearEnd) -> None:
        """The next page."""
        message.stop()
        if not self._asking and not self._ended and self._cursor is not None:
            self._ask(self._cursor)

    def _ask(self, cursor: str | None) -> None:
        self._asking = True
        self.say("asking for the next posts …" if cursor else "asking for the feed …")
        self.run_worker(self._fetch(cursor), name="the feed", group="network", exit_on_error=False)

    async def _fetch(self, cursor: str | None) -> None:
        top = cursor is None
        try:
            for _ in range(_EMPTY_PAGES):
                page = await self.session.feed_page(self._feed, cursor)
                fresh = self._take(page, top=top)
                top, cursor = False, page.cursor
                if fresh or cursor is None:
                    break
        except QuietfeedError as error:
            # Asked again only on a key, so that moving about at the end of a feed that is down asks for nothing.
            self._ended = True
            self.say(f"{error} {self.key_of('refresh')} asks again.")
            return
        finally:
            self._asking = False
        self.redraw()
        self._say_fetched(page, fresh)
        if self.timeline.short and self._filled < _FILLS and self._cursor is not None and not self._ended:
            self._filled += 1
            self._ask(self._cursor)

    def _take(self, page: FeedPage, *, top: bool) -> list[PostKey]:
        before = set() if top else set(self._keys)
        fresh = [key for key in page.keys if key not in before]
        self._keys = fresh if top else [*self._keys, *fresh]
        self._cursor, self._ended = page.cursor, page.cursor is None
        return fresh

    def _say_fetched(self, page: FeedPage, fresh: Sequence[PostKey]) -> None:
        again = f"{self.key_of('refresh')} begins again at its top"
        if page.trouble:
            self.say(page.trouble)
        elif not fresh and page.cursor is not None:
            self._ended = True
            self.say(f"this {self._feed.kind} gives empty pages, though it says there is more: {again}")
        elif not self._keys:
            self.say(f"this {self._feed.kind} is empty")
        elif page.cursor is None:
            self.say(f"that is all of this {self._feed.kind}: {again}")
        else:
            self.say(f"{len(fresh)} post{'s' if len(fresh) != 1 else ''} fetched")

    def on_worker_failed(self) -> None:
        """The feed can be asked again."""
        self._asking = False

    def do_open(self) -> None:
        """Open what is under the cursor, also a quiet line."""
        if self.timeline.selected is not None:
            self.on_opened(Opened(self.timeline.selected))

    def on_opened(self, message: Opened) -> None:
        """A post opens with its conversation, a quiet line unfolds."""
        if not isinstance(message.row, HiddenRow):
            super().on_opened(message)
            return
        message.stop()
        self.unfold(message.row)

    def switch_level(self, level: Level) -> None:
        """Show the posts of a level, and say how many they are."""
        self.session.set_level(level)
        self.fold_again()
        shown = sum(isinstance(row, PostRow) for row in self.timeline.rows)
        self.say(f"level {level.name}: {shown} shown")

    def do_feeds(self) -> None:
        """Another feed, in the place of this one."""
        choose_feed(self)

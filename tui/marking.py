"""A screen with posts that can be marked: the feed, the hidden tray and the detail share this."""

import webbrowser
from collections.abc import Callable

from textual.screen import Screen
from textual.timer import Timer

from ..models.errors import QuietfeedError
from ..models.post import Post
from ..models.verdict import Category, Level
from ..models.view import Effect, PostKey
from ..session import Session
from .help import HelpScreen
from .links import LinksScreen
from .messages import OpenLink
from .rows import PostRow
from .timeline import Timeline
from .why import WhyScreen

LEARN_AFTER = 0.7
"""Seconds after the last mark before learning begins: a burst of marks is one lesson."""

_CATEGORIES: dict[str, Category] = {
    "mark_person": "person",
    "mark_celebrity": "celebrity",
    "mark_sales": "sales",
    "mark_spam": "spam",
}


class MarkingScreen(Screen[None]):
    """What every screen with a timeline can do. A subclass redraws in `redraw` and speaks in `say`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._learning: Timer | None = None
        self._last_mark: Category | None = None

    @property
    def timeline(self) -> Timeline:
        """The rows of this screen."""
        return self.query_one(Timeline)

    def redraw(self, effect: Effect | None = None) -> None:
        """Show what is judged now, and what an action changed."""
        raise NotImplementedError

    def say(self, sentence: str) -> None:
        """Say what happened, where the user looks for it."""
        raise NotImplementedError

    def selected_post(self) -> PostRow | None:
        """The post under the cursor; None on a quiet line or a gap."""
        row = self.timeline.selected
        return row if isinstance(row, PostRow) else None

    def action_do(self, name: str) -> None:
        """Run an action of the keys table by its id; an error becomes one sentence."""
        if name in _CATEGORIES:
            self.mark(_CATEGORIES[name])
            return
        found: Callable[[], None] | None = getattr(self, f"do_{name}", None)
        if found is None:
            self.say("that is for the timeline: escape goes back to it")
            return
        try:
            found()
        except QuietfeedError as error:
            self.say(str(error))

    def mark(self, category: Category) -> None:
        """Mark the post under the cursor and go on to the next, as a mail reader does."""
        row = self.selected_post()
        if row is None:
            self.say("there is no post under the cursor")
            return
        self._last_mark = category
        self.act(lambda: self.session.mark(row.key, category), onward=True)

    def act(self, action: Callable[[], Effect | None], *, onward: bool = False) -> None:
        """Do something to data, show it, say it, and learn from it a moment later."""
        try:
            effect = action()
        except QuietfeedError as error:
            self.say(str(error))
            return
        if effect is None:
            self.say("nothing is left to undo")
            return
        self.redraw(effect)
        if onward:
            self.timeline.move(1)
        self.say(f"{effect.sentence}{'' if effect.sentence.startswith('undone') else ' · u undoes'}")
        self.learn_soon()

    def learn_soon(self) -> None:
        """Learn when no mark has come for a moment; a lesson that is under way and stale is dropped by the session."""
        if self._learning is not None:
            self._learning.stop()
        self._learning = self.set_timer(LEARN_AFTER, self._learn)

    def _learn(self) -> None:
        if self.session.unlearned:
            self.run_worker(self._lesson(), name="learn", group="learn", exclusive=True, exit_on_error=False)

    async def _lesson(self) -> None:
        import asyncio

        lesson = self.session.lesson()
        try:
            await asyncio.to_thread(lesson.run)
            effect = self.session.take(lesson)
        except QuietfeedError as error:
            self.say(str(error))
            return
        if effect is None:
            self.learn_soon()
        elif effect.hid or effect.showed:
            self.redraw(effect)
            self.say(f"learned: {effect.sentence} · u undoes the mark")

    def do_down(self) -> None:
        """Next row."""
        self.timeline.move(1)

    def do_up(self) -> None:
        """Previous row."""
        self.timeline.move(-1)

    def do_page_down(self) -> None:
        """A page down."""
        self.timeline.move_page(1)

    def do_page_up(self) -> None:
        """A page up."""
        self.timeline.move_page(-1)

    def do_half_down(self) -> None:
        """Half a page down."""
        self.timeline.move_page(0.5)

    def do_half_up(self) -> None:
        """Half a page up."""
        self.timeline.move_page(-0.5)

    def do_top(self) -> None:
        """To the newest post."""
        self.timeline.select_number(0)

    def do_bottom(self) -> None:
        """To the oldest post."""
        self.timeline.select_number(len(self.timeline.rows) - 1)

    def do_vouch(self) -> None:
        """Always show this author."""
        row = self.selected_post()
        if row is not None:
            self.act(lambda: self.session.vouch(row.key))

    def do_not_known(self) -> None:
        """Never count this author as known."""
        row = self.selected_post()
        if row is not None:
            self.act(lambda: self.session.not_known(row.key))

    def do_undo(self) -> None:
        """Take the last action back, and go to its post."""
        self.act(self.session.undo)

    def do_repeat(self) -> None:
        """The last mark again."""
        if self._last_mark is None:
            self.say("no mark to repeat yet")
        else:
            self.mark(self._last_mark)

    def do_why(self) -> None:
        """Why this post is shown or hidden."""
        row = self.selected_post()
        if row is None:
            self.say("there is no post under the cursor")
        else:
            self.app.push_screen(WhyScreen(self.session.why(row.key), row.judged))

    def do_open_link(self) -> None:
        """Open a link of the post; where there are several, ask which."""
        row = self.selected_post()
        if row is None:
            return
        links = links_of(row.judged.post)
        if not links:
            self.say("this post holds no link")
        elif len(links) == 1:
            self.open_address(links[0])
        else:
            self.app.push_screen(LinksScreen(links), lambda url: self.open_address(url) if url else None)

    def on_open_link(self, message: OpenLink) -> None:
        """A link was clicked."""
        message.stop()
        self.open_address(message.url)

    def open_address(self, url: str) -> None:
        """Open an address in the browser, off the loop; only web addresses are opened."""
        if not url.startswith(("https://", "http://")):
            self.say(f"{url[:60]} is no web address")
            return
        self.run_worker(lambda: webbrowser.open(url), name="browser", group="browser", thread=True, exit_on_error=False)
        self.say(f"opening {url}")

    def do_help(self) -> None:
        """All keys."""
        self.app.push_screen(HelpScreen(getattr(self.app, "keys", {})))

    def do_theme(self) -> None:
        """Light or dark."""
        toggle = getattr(self.app, "toggle_theme", None)
        if toggle is not None:
            self.say(f"theme {toggle()}")

    def do_quit(self) -> None:
        """Leave."""
        self.app.exit(0)

    def level_of(self, name: str) -> Level:
        """The level of an action such as "level_3"."""
        return Level(int(name[-1]))


def links_of(post: Post) -> list[str]:
    """What can be opened: the post's links, its card, its quoted post, its pictures, and the post itself last."""
    links = [*(post.links or ()), post.card.url if post.card else "", post.quote.url if post.quote else ""]
    links += [medium.url for medium in post.media or ()]
    return [url for url in dict.fromkeys([*links, post.url]) if url.startswith(("https://", "http://"))]


def keys_to_see(effect: Effect | None, timeline: Timeline) -> set[PostKey]:
    """The posts on the screen that an action hid: they fade, they are not taken away under the reader's eyes."""
    if effect is None:
        return set()
    visible = {row.key for row in timeline.visible_rows() if isinstance(row, PostRow)}
    return visible & {*effect.hid, *((effect.key,) if effect.key else ())}

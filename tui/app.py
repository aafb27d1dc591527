"""The app: opens the first screen, holds the themes and the keys, and shows what screens ask for."""

import gc
import os
import sys
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input

from ..models.errors import QuietfeedError, UsageError
from ..session import Session
from .keys import keys_of, rebind, writes
from .messages import ShowAuthor, ShowFound, ShowHelp, ShowPost, ShowPosts
from .screens.feed import HomeScreen
from .themes import THEMES

# What is not on the first screen is imported when it is asked for.
if TYPE_CHECKING:
    from .commands import Commands
    from .screens.welcome import OpenTimeline, SignedIn

_PALETTE = 5
_REST = 0.3
"""Seconds without a key after which the hand rests."""
_SOME = 4
"""So many times the younger things were walked over before it is worth while to walk over everything."""
_SELDOM = 20
"""While keys come, the collector walks over everything only as often: it takes over a frame. Python's own is 10."""


def _commands() -> "type[Commands]":
    from .commands import Commands

    return Commands


class QuietfeedApp(App[int]):
    """quietfeed's screens over one session, which a walk through the demo world exchanges for a while."""

    TITLE = "quietfeed"
    CSS_PATH = "quietfeed.tcss"
    COMMANDS = {_commands}  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "command_palette", id="palette", show=False, priority=True),
        Binding("no-key-back", "go_back", id="back", show=False, priority=True),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (14, "-tall")]  # noqa: RUF012 - Textual declares it an instance variable

    def __init__(self, session: Session, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.session = session
        self._mine = session
        self._passing: list[Session] = []
        self.keys = keys_of(session.config.keyset, session.config.keys)
        for theme in THEMES:
            self.register_theme(theme)
        if session.config.theme not in self.available_themes:
            raise UsageError(f"There is no theme {session.config.theme!r}: quiet-dark and quiet-light are ours.")
        kept = session.kept_theme()
        self.theme = kept if kept in self.available_themes else session.config.theme
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled = False
        self._moved = 0.0
        self._awaits_rest = False
        rebind(self, self.keys)

    def refresh_css(self, animate: bool = True) -> None:
        """Read the styles again for another theme; not for the first, with which they have just been read."""
        if self._styled:
            super().refresh_css(animate)
        else:
            self._styled = True
            self.stylesheet.update(self, animate=animate)

    def get_default_screen(self) -> Screen[None]:
        """The timeline, or the welcome screen where nobody is signed in."""
        if self.session.accounts:
            return HomeScreen(self.session)
        from .screens.welcome import WelcomeScreen

        return WelcomeScreen(self.session)

    def on_mount(self) -> None:
        """A theme chosen from now on is kept."""
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self.call_after_refresh(self._started)

    def _started(self) -> None:
        # The door put the collector off. What is there now stays: it need not be walked over again and again.
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
            gc.set_threshold(*gc.get_threshold()[:2], _SELDOM)

    async def on_event(self, event: events.Event) -> None:
        """What the hand does; a moment after it, there is time to tidy up."""
        if isinstance(event, events.InputEvent):
            self._moved = monotonic()
            if not self._awaits_rest:
                self._awaits_rest = True
                self.set_timer(_REST, self._tidy_up)
        await super().on_event(event)

    def _tidy_up(self) -> None:
        """Collect what keys have left behind, as soon as no more of them come."""
        if monotonic() - self._moved < _REST:
            self.set_timer(_REST, self._tidy_up)
        else:
            self._awaits_rest = False
            if gc.isenabled() and gc.get_count()[2] >= _SOME:
                gc.collect()

    def _keep_theme(self, theme: Theme) -> None:
        try:
            self._mine.keep_theme(theme.name)
        except QuietfeedError as error:
            self.notify(str(error), severity="warning", markup=False)

    def action_command_palette(self) -> None:
        """The palette, where it has lines enough to list something: with none it takes the program down (8.2)."""
        if self.size.height >= _PALETTE:
            super().action_command_palette()

    def on_resize(self, event: events.Resize) -> None:
        """A terminal that became too low for the palette closes it."""
        if event.size.height < _PALETTE and isinstance(self.screen, CommandPalette):
            self.screen.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key of the app's own that writes something writes it where something is written."""
        name = {"command_palette": "palette", "go_back": "back"}.get(action)
        if name is not None and isinstance(self.focused, Input) and any(map(writes, self.keys[name].split(","))):
            return False
        return super().check_action(action, parameters)

    def action_go_back(self) -> None:
        """A key that was bound to going back does what escape does, wherever one is."""
        self.simulate_key("escape")

    def toggle_theme(self) -> str:
        """Light or dark, of our own two; its name."""
        self.theme = "quiet-light" if self.current_theme.dark else "quiet-dark"
        return self.theme

    def on_signed_in(self, message: "SignedIn") -> None:
        """The timeline of the new account. The welcome screen stays below: Textual cannot replace a default screen."""
        message.stop()
        self._mine.accounts_changed()
        self.push_screen(HomeScreen(self._mine))

    def on_open_timeline(self, message: "OpenTimeline") -> None:
        """The demo world, or what a public handle sees, over the welcome screen: escape comes back to it."""
        self.session = message.session
        self._passing.append(message.session)
        self.push_screen(HomeScreen(message.session, over=True), self._left)

    def _left(self, _result: object) -> None:
        self.session = self._mine

    def on_show_post(self, message: ShowPost) -> None:
        """A post whole, with its conversation."""
        from .screens.detail import DetailScreen

        self.push_screen(DetailScreen(self.session, message.judged))

    def on_show_author(self, message: ShowAuthor) -> None:
        """The author of a post."""
        from .screens.person import PersonScreen

        self.push_screen(PersonScreen(self.session, message.judged))

    def on_show_posts(self, message: ShowPosts) -> None:
        """Some posts on their own."""
        from .screens.listing import PostsScreen

        self.push_screen(PostsScreen(self.session, message.title, message.keys))

    def on_show_found(self, message: ShowFound) -> None:
        """What a search in everything found; another search takes the place of the one before."""
        from .screens.found import FoundScreen

        message.stop()
        if isinstance(self.screen, FoundScreen):
            self.pop_screen()
        try:
            self.push_screen(FoundScreen(self.session, message.query))
        except QuietfeedError as error:
            self.notify(str(error), severity="warning", markup=False)

    def on_show_help(self, message: ShowHelp) -> None:
        """All keys."""
        from .screens.help import HelpScreen

        message.stop()
        self.push_screen(HelpScreen(self.keys, self._mine.config.keyset), message.then)

    async def on_unmount(self) -> None:
        """Let go of networks and files."""
        for session in self._passing:
            await session.close()
        await self._mine.close()


def run(session: Session) -> int:
    """Open the screens and stay until the user leaves. Raises QuietfeedError for settings that cannot be."""
    # Textual reads NO_COLOR itself; a terminal that says it is dumb cannot be drawn on at all.
    if os.environ.get("TERM") == "dumb":
        raise QuietfeedError("This terminal cannot be drawn on (TERM=dumb): `quietfeed timeline` prints the timeline.")
    # Textual reads keys from the one and draws on the other; without them it would wait for ever.
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise QuietfeedError(
            "Here is no terminal to draw on: `quietfeed timeline` prints the timeline, `--plain` reads from a pipe."
        )
    app = QuietfeedApp(session)
    app.run()
    # Whatever took it down is told by Textual, and is no success.
    return app.return_code or 0

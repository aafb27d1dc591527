"""The app: opens the first screen, owns the themes and keys, and opens screens for messages."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, ScreenStackError
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.driver import Driver
from textual.screen import Screen
from textual.widget import MountError
from textual.widgets import Input

from ..models.errors import QuietfeedError
from ..phrases.errors import error_text
from ..session import Session
from ..session.browser import SYSTEM_BROWSER, Browser
from ..session.events import ActionChanged
from ..session.logfile import log_unexpected, sentence_for
from .context import error_sentence
from .controllers.commands import HasCommands
from .controllers.sending import Sending
from .ending import leaving_on_signals
from .guard import Speaks, catches_errors, guarded, screen_of, speak
from .idle import IdleTime
from .input_queue import InputQueue
from .keys import first_key, rebind, writes
from .learning import HasControls, learn_from
from .messages import Opened, OpenLink, ShowAuthor, ShowFound, ShowHelp, ShowPost, ShowPosts
from .screens.home import HomeScreen
from .settings import check_settings
from .themes import DEFAULTS, ThemeChoice
from .widgets.rows import PostRow

# Imported on demand: not needed for the first screen.
if TYPE_CHECKING:
    from ..session.learning import Scheduler
    from .commands import Commands
    from .screens.welcome import OpenTimeline, SignedIn

_PALETTE = 5
_WIDGETS_GONE = (MountError, NoMatches, NoScreen, ScreenStackError)


def _commands() -> "type[Commands]":
    from .commands import Commands

    return Commands


@catches_errors
class QuietfeedApp(App[int]):
    """The app: quietfeed's screens over one session. The demo world replaces the session for a while."""

    TITLE = "quietfeed"
    CSS_PATH = "quietfeed.tcss"
    COMMANDS = {_commands}  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "command_palette", id="palette", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False),
        Binding("no-key-back", "go_back", id="back", show=False, priority=True),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (14, "-tall")]  # noqa: RUF012 - Textual declares it an instance variable

    def __init__(
        self,
        session: Session,
        *,
        driver_class: type[Driver] | None = None,
        seconds: Callable[[], float] = monotonic,
        schedule: "Scheduler | None" = None,
        browser: Browser = SYSTEM_BROWSER,
    ) -> None:
        """`schedule` delays training until no mark was made for a moment; None uses the timer of the event loop."""
        super().__init__(driver_class=driver_class)
        self.seconds = seconds
        """A monotonic clock, in seconds."""
        self._input = InputQueue(self, super().on_event)
        self.browser = browser
        self._schedule = schedule
        self._leaving = False
        self.session = session
        self._mine = session
        self._passing: list[Session] = []
        self._sending = Sending(self, self._action_changed)
        self.keys = check_settings(session.config)
        self._bound = {key for combination in self.keys.values() for key in combination.split(",")}
        self._themes = ThemeChoice(self, session)
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled = False
        self._idle = IdleTime(self, session.tuning)
        rebind(self, self.keys)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The variables of quietfeed's styles that other themes do not define."""
        return DEFAULTS

    def refresh_css(self, animate: bool = True) -> None:
        """Reload the styles for another theme. The first theme needs no reload."""
        if self._styled:
            super().refresh_css(animate)
        else:
            self._styled = True
            self.stylesheet.update(self, animate=animate)

    def get_default_screen(self) -> Screen[None]:
        """Open the timeline, or the welcome screen if nobody is signed in."""
        if self.session.accounts:
            return HomeScreen(self.session)
        from .screens.welcome import WelcomeScreen

        return WelcomeScreen(self.session)

    def on_mount(self) -> None:
        """Store a chosen theme from now on."""
        self._themes.store_changes()
        # The terminal is empty after ctrl+z and fg, or another program, but Textual draws only changes.
        self.app_resume_signal.subscribe(self, lambda _: self._draw_anew())
        self.call_after_refresh(guarded(self, self._started, "the start"))

    def _draw_anew(self) -> None:
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    def _started(self) -> None:
        self._sending.start(self._mine)
        learn_from(self._mine, lambda: self.screen_stack, self._schedule)
        self._idle.start_collecting()

    async def on_event(self, event: events.Event) -> None:
        """Pass keys and clicks to the queue, and collect garbage some time after the last one."""
        if not isinstance(event, events.InputEvent) or event.is_forwarded:
            await super().on_event(event)
            return
        if self._leaving or not self.screen_stack:
            return
        self._idle.note_input()
        await self._input.put(event)

    def is_repeated(self, since: float) -> bool:
        """Whether the last key or click repeats one from before a time of `seconds`: it is held, or a double click."""
        return self._input.presses.since < since

    def on_key(self, event: events.Key) -> None:
        """On a screen with a timeline, show a message for a key without an action."""
        if not event.character or not event.is_printable or event.character.isdigit():
            return
        if event.key not in self._bound and isinstance(self.screen, HasControls):
            self.screen.controls.view.show_message(
                f"{event.character} does nothing here: {first_key(self.keys, 'help')} lists all keys"
            )

    def exit(self, *args: Any, **more: Any) -> None:
        """Quit. Later keys have no effect."""
        self._leaving = True
        super().exit(*args, **more)

    async def run_action(self, *args: Any, **more: Any) -> bool:
        """Run an action, and report its errors on the screen."""
        try:
            return await super().run_action(*args, **more)
        except Exception as error:
            self.report_error(screen_of(self), error, "this key")
            return True

    def report_error(self, screen: Screen[Any] | None, error: Exception, doing: str) -> None:
        """Report an error in one sentence. Log it unless its message is complete.

        Without a screen, the sentence is printed when the program ends.
        """
        if not self.is_running and isinstance(error, _WIDGETS_GONE):
            # The program is closing, and a screen was about to open or to change.
            return
        log_unexpected(error, doing)
        if screen is None:
            self._return_code = 1
            self._exit_renderables.append(sentence_for(error, doing, self._mine.places))
            return
        if isinstance(error, QuietfeedError):
            sentence = error_sentence(screen, error)
        else:
            sentence = sentence_for(error, doing, self._mine.places)
        if not speak(screen, sentence):
            self.notify(sentence, severity="error", markup=False)

    def _fatal_error(self) -> None:
        # Textual would print the traceback with local variables, which include post texts.
        error = sys.exc_info()[1]
        if error is not None:
            log_unexpected(error, "quietfeed")
            self._exit_renderables.append(sentence_for(error, "quietfeed", self._mine.places))
        self._close_messages_no_wait()

    def action_do(self, name: str) -> None:
        """Run the command of an action on the topmost screen."""
        if isinstance(self.screen, HasCommands):
            self.screen.commands.run(name)

    def action_count(self, digit: str) -> None:
        if isinstance(self.screen, HasCommands):
            self.screen.commands.add_digit(digit)

    def action_step_back(self) -> None:
        """Escape: go back one step."""
        if isinstance(self.screen, HasCommands):
            self.screen.commands.back()

    def action_command_palette(self) -> None:
        """Open the palette if there are enough lines to list something: with none it crashes (Textual 8.2)."""
        if self.size.height >= _PALETTE:
            super().action_command_palette()

    def on_resize(self, event: events.Resize) -> None:
        """Close the palette when the terminal becomes too small for it."""
        if event.size.height < _PALETTE and isinstance(self.screen, CommandPalette):
            self.screen.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Type the key instead, if an input has the focus and the key is a character."""
        name = {"command_palette": "palette", "go_back": "back"}.get(action)
        if name is not None and isinstance(self.focused, Input) and any(map(writes, self.keys[name].split(","))):
            return False
        return super().check_action(action, parameters)

    def action_go_back(self) -> None:
        """Press escape, for other keys bound to "back"."""
        self.simulate_key("escape")

    def toggle_theme(self) -> str:
        """Switch between light and dark, and return the name of the theme."""
        return self._themes.toggle()

    def idle_seconds(self) -> float:
        """Seconds since the last key or click."""
        return self._idle.seconds()

    def _action_changed(self, event: ActionChanged) -> None:
        # An action that closing interrupts changes when the widgets are gone.
        if self.is_running and isinstance(self.screen, HasControls):
            self.screen.controls.acting.changed(event)

    def open_sign_in(self) -> None:
        """Ask for the network, and sign in to a new account or again to an existing one."""
        from .account_choices import ask_sign_in

        below = self.screen

        def signed_in() -> None:
            timelines = [each for each in self.screen_stack if isinstance(each, HomeScreen)]
            self.run_command("refresh", timelines[-1])
            if below is not timelines[-1] and isinstance(below, Speaks):
                below.show_message("signed in: try again")

        ask_sign_in(self, self._mine, signed_in)

    def open_home_timeline(self) -> None:
        """Ask whether to read the home timeline of a network that charges."""
        from .account_choices import ask_home_timeline

        ask_home_timeline(self, self._mine)

    def run_command(self, name: str, screen: Screen[Any]) -> None:
        """Run the command of an action on a screen."""
        if isinstance(screen, HasCommands):
            screen.commands.run(name)

    def on_signed_in(self, message: "SignedIn") -> None:
        """Show the timeline of the new account. The welcome screen stays below: Textual cannot replace a default
        screen.
        """
        message.stop()
        self.push_screen(HomeScreen(self._mine))

    def on_open_timeline(self, message: "OpenTimeline") -> None:
        """Show the demo world or a public handle over the welcome screen. Escape returns to it."""
        self.session = message.session
        self._passing.append(message.session)
        self._sending.start(message.session)
        learn_from(message.session, lambda: self.screen_stack, self._schedule)
        self.push_screen(HomeScreen(message.session, over=True), guarded(self.screen, self._left, "leaving"))

    def _left(self, _result: object) -> None:
        self.session = self._mine

    def on_opened(self, message: Opened) -> None:
        """Open a post on a screen that does not handle the message itself."""
        message.stop()
        if isinstance(message.row, PostRow):
            self.post_message(ShowPost(message.row.judged))

    def on_open_link(self, message: OpenLink) -> None:
        message.stop()
        if isinstance(self.screen, HasControls):
            self.screen.controls.looking.open_address(message.url)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Show the search line of a screen with a timeline."""
        message.stop()
        if isinstance(self.screen, HasControls):
            self.screen.controls.search.submit(message.input, message.value.strip())

    def on_show_post(self, message: ShowPost) -> None:
        """Open a post with its conversation."""
        from .screens.detail import DetailScreen

        self.push_screen(DetailScreen(self.session, message.judged))

    def on_show_author(self, message: ShowAuthor) -> None:
        from .screens.person import PersonScreen

        self.push_screen(PersonScreen(self.session, message.judged))

    def on_show_posts(self, message: ShowPosts) -> None:
        from .screens.listing import PostsScreen

        self.push_screen(PostsScreen(self.session, message.title, message.keys))

    def on_show_found(self, message: ShowFound) -> None:
        """Open the results of a search in all stored posts. A new search replaces the results of the last one."""
        from .screens.found import FoundScreen

        message.stop()
        if isinstance(self.screen, FoundScreen):
            self.pop_screen()
        try:
            self.push_screen(FoundScreen(self.session, message.query))
        except QuietfeedError as error:
            self.notify(error_text(error), severity="warning", markup=False)

    def on_show_help(self, message: ShowHelp) -> None:
        from .screens.help import HelpScreen

        message.stop()

        def run(name: str | None) -> None:
            if name is not None:
                message.then(name)

        settings = "config.toml; quietfeed doctor shows where it is"
        if self._mine.places is not None:
            settings = str(self._mine.places.config_file)
        self.push_screen(
            HelpScreen(self.keys, self._mine.config.keyset, settings), guarded(self.screen, run, "this key")
        )

    async def on_unmount(self) -> None:
        """Close networks and files, after the tasks that use them."""
        self.workers.cancel_all()
        await asyncio.gather(*(worker.wait() for worker in self.workers), return_exceptions=True)
        async with AsyncExitStack() as closing:
            for session in (self._mine, *self._passing):
                closing.push_async_callback(session.close)


def run(session: Session) -> int:
    """Run the app until the user quits. Raises QuietfeedError for invalid settings."""
    # Textual reads NO_COLOR itself. It cannot draw on a dumb terminal.
    if os.environ.get("TERM") == "dumb":
        raise QuietfeedError("quietfeed cannot draw on this terminal (TERM=dumb): `quietfeed timeline` prints posts.")
    # Textual reads keys from stdin and draws on stdout. Without a terminal it would wait forever.
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise QuietfeedError(
            "There is no terminal to draw on: `quietfeed timeline` prints posts,"
            " and `quietfeed --plain` reads from a pipe."
        )
    app = QuietfeedApp(session)
    with leaving_on_signals(app):
        app.run()
    # Textual has reported a crash. The exit status must show it too.
    return app.return_code or 0

"""The app: opens the first screen, holds the themes and the keys, and turns errors into one sentence."""

import os
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from ..models.errors import QuietfeedError, UsageError
from ..session import Session
from .commands import Commands
from .feed import FeedScreen
from .keys import keys_of
from .themes import THEMES
from .welcome import WelcomeScreen


class QuietfeedApp(App[int]):
    """quietfeed's screens over one session (which the welcome screen may exchange for another)."""

    TITLE = "quietfeed"
    CSS_PATH = "quietfeed.tcss"
    COMMANDS: ClassVar[set[type]] = {Commands}  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, session: Session, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.session = session
        self.keys = keys_of(session.config.keyset, session.config.keys)
        for theme in THEMES:
            self.register_theme(theme)
        if session.config.theme not in self.available_themes:
            raise UsageError(f"There is no theme {session.config.theme!r}: quiet-dark and quiet-light are ours.")
        kept = session.kept_theme()
        self.theme = kept if kept in self.available_themes else session.config.theme
        self.set_keymap(self.keys)

    def get_default_screen(self) -> Screen[None]:
        """The timeline, or the welcome screen where nobody is signed in."""
        if self.session.accounts:
            return FeedScreen(self.session)
        return WelcomeScreen(self.session)

    def open_session(self, session: Session) -> None:
        """Show the timeline of a session: after signing in, or when walking into the demo world."""
        self.session = session
        self.switch_screen(FeedScreen(session))

    def toggle_theme(self) -> str:
        """Light or dark; kept for the next start."""
        self.theme = "quiet-light" if self.current_theme.dark else "quiet-dark"
        self.session.keep_theme(self.theme)
        return self.theme


def run(session: Session) -> int:
    """Open the screens and stay until the user leaves. Raises QuietfeedError for settings that cannot be."""
    # Textual reads NO_COLOR itself; a terminal that says it is dumb cannot be drawn on at all.
    if os.environ.get("TERM") == "dumb":
        raise QuietfeedError("This terminal cannot be drawn on (TERM=dumb): `quietfeed timeline` prints the timeline.")
    app = QuietfeedApp(session)
    status = app.run()
    return status or 0

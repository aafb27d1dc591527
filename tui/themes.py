"""The two themes of quietfeed, calm and readable at WCAG AA, and the choice of a theme."""

from textual.app import App
from textual.theme import Theme

from ..models.errors import QuietfeedError
from ..phrases.errors import error_text
from ..session import Session

DEFAULTS = {"line": "#808690"}
"""Variables for themes that do not set them. Many set text-disabled to an automatic color, which no border accepts."""

THEMES = (
    Theme(
        name="quiet-dark",
        primary="#8fb8de",
        secondary="#a3c9a8",
        accent="#e6c384",
        warning="#e0a458",
        error="#e57f84",
        success="#a3c9a8",
        foreground="#d8d9d5",
        background="#16181c",
        surface="#1b1e23",
        panel="#23272e",
        dark=True,
        variables={"text-muted": "#9a9fa8", "text-disabled": "#9096a0", "line": "#9096a0"},
    ),
    Theme(
        name="quiet-light",
        primary="#2b5f8c",
        secondary="#2f6b45",
        accent="#8a5a00",
        warning="#8a4b00",
        error="#a3262e",
        success="#2f6b45",
        foreground="#23262b",
        background="#faf9f6",
        surface="#f3f1ec",
        panel="#e9e6df",
        dark=False,
        variables={"text-muted": "#5c6068", "text-disabled": "#5f646c", "line": "#5f646c"},
    ),
)


class ThemeChoice:
    """The theme of the app: the stored one, else that of the settings. A theme that the user chooses is stored."""

    def __init__(self, app: App[int], session: Session) -> None:
        self._app = app
        self._preferences = session.preferences
        for theme in THEMES:
            app.register_theme(theme)
        stored = session.preferences.theme()
        app.theme = session.config.theme
        if stored in app.available_themes:
            app.theme = stored
        self._last = {True: "quiet-dark", False: "quiet-light"}
        """The last dark and the last light theme."""

    def store_changes(self) -> None:
        """Store each theme that is chosen from now on."""
        self._app.theme_changed_signal.subscribe(self._app, self._store)

    def toggle(self) -> str:
        """Switch between the last dark and the last light theme, and return the name of the theme."""
        dark = self._app.current_theme.dark
        self._last[dark] = self._app.theme
        self._app.theme = self._last[not dark]
        return self._app.theme

    def _store(self, theme: Theme) -> None:
        try:
            self._preferences.save_theme(theme.name)
        except QuietfeedError as error:
            self._app.notify(error_text(error), severity="warning", markup=False)

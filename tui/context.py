"""The part of the app that screens and controllers use: keys, time, theme, sign-in."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from textual.dom import DOMNode
from textual.screen import Screen

from ..phrases.errors import screen_error_text
from ..session.browser import Browser
from .keys import first_key


@runtime_checkable
class AppContext(Protocol):
    """The part of QuietfeedApp that screens use."""

    keys: Mapping[str, str]
    no_color: bool
    browser: Browser

    def seconds(self) -> float:
        """A monotonic clock, in seconds."""

    def idle_seconds(self) -> float:
        """Seconds since the last key or click."""

    def is_repeated(self, since: float) -> bool:
        """Whether the last key or click repeats one from before a time of `seconds`: it is held, or a double click."""

    def toggle_theme(self) -> str:
        """Switch between light and dark, and return the name of the theme."""

    def report_error(self, screen: Screen[Any] | None, error: Exception, doing: str) -> None:
        """Log an error and report it in one sentence."""

    def open_sign_in(self) -> None:
        """Open the screen that adds an account, or signs in again."""

    def open_home_timeline(self) -> None:
        """Ask whether to read the home timeline of a network that charges."""


def app_of(node: DOMNode) -> AppContext:
    """The app around a screen or a widget, with its type."""
    app: object = node.app
    assert isinstance(app, AppContext)
    return app


def key_of(node: DOMNode, action: str) -> str:
    """The key of an action, for sentences; "" if it has none."""
    return first_key(app_of(node).keys, action)


def error_sentence(node: DOMNode, error: Exception) -> str:
    """The sentence for an error on a screen."""
    return screen_error_text(error, key_of(node, "palette"))


def is_on_top(screen: Screen[Any]) -> bool:
    """Whether no screen is above this one. Textual also calls the screen right below the top one current."""
    return screen.is_attached and screen.app.screen_stack[-1:] == [screen]

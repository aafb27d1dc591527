"""What screens and controllers may ask of the app: the keys, the time, the theme, and the sign-in."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from textual.dom import DOMNode
from textual.screen import Screen

from ..session.browser import Browser
from .keys import first_key


@runtime_checkable
class AppContext(Protocol):
    """The part of QuietfeedApp that screens use."""

    keys: Mapping[str, str]
    no_color: bool
    browser: Browser

    def seconds(self) -> float:
        """A clock that only goes forward, in seconds."""

    def toggle_theme(self) -> str:
        """Change between light and dark; answers with the name of the theme."""

    def report_error(self, screen: Screen[Any], error: Exception, doing: str) -> None:
        """Log an error and tell it in one sentence."""

    def send_actions(self) -> None:
        """Send what is due to the servers, in the background."""

    def open_sign_in(self) -> None:
        """Open the screen that adds an account, or signs in again."""


def app_of(node: DOMNode) -> AppContext:
    """The app around a screen or a widget, with its type."""
    app: object = node.app
    assert isinstance(app, AppContext)
    return app


def key_of(node: DOMNode, action: str) -> str:
    """The key that an action is bound to, for sentences that name one; "" where it has none."""
    return first_key(app_of(node).keys, action)


def is_on_top(screen: Screen[Any]) -> bool:
    """Whether no screen lies over this one. For Textual, the screen right below another is current too."""
    return screen.is_attached and screen.app.screen_stack[-1:] == [screen]

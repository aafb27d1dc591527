"""Holds notices back while a list is open that they would cover."""

from collections.abc import Sequence
from typing import Any

from textual.app import App
from textual.notifications import Notification

Notices = Sequence[Notification]


def hold_notices(app: App[Any]) -> Notices:
    """Remove the notices from the screen, and return them."""
    # Textual 8 has no public way to list them.
    shown = list(app._notifications)
    app.clear_notifications()
    return shown


def show_again(app: App[Any], notices: Notices) -> None:
    """Show held notices for as long as each was to be shown."""
    for each in notices:
        app.notify(each.message, title=each.title, severity=each.severity, timeout=each.timeout, markup=each.markup)

"""Reports the results of actions, which each session sends in the background."""

from collections.abc import Callable
from typing import Any

from textual.app import App

from ...session import Session
from ...session.events import ActionChanged, SendingFailed, Uploading
from ..guard import Speaks


class Sending:
    """Shows what happens to actions on the topmost screen. `changed` is called when an action changed."""

    def __init__(self, app: App[Any], changed: Callable[[ActionChanged], None]) -> None:
        self._app = app
        self._changed = changed

    def start(self, session: Session) -> None:
        """Start the sending of a session, and report actions of an earlier run that need a confirmation."""
        session.events.subscribe(ActionChanged, self._changed)
        session.events.subscribe(Uploading, self._uploading)
        session.events.subscribe(SendingFailed, lambda event: self._show(event.message))
        waiting = session.outbox.waiting()
        if waiting:
            from ...phrases.outbox import waiting_sentence

            self._show(waiting_sentence(len(waiting)))
        session.outbox.start()

    def _uploading(self, event: Uploading) -> None:
        """Show how much of an attachment is sent."""
        from ...phrases.composing import uploading_text

        self._show(uploading_text(event.name, event.percent, event.total))

    def _show(self, sentence: str) -> None:
        if self._app.is_running and isinstance(self._app.screen, Speaks):
            self._app.screen.show_message(sentence)

"""Sends actions in the background, retries them when due, and reports the results."""

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.timer import Timer

from ...session import Session
from ...session.events import ActionChanged, ActionQueued, Uploading
from ..guard import Speaks, guarded, run_task


class Sending:
    """Sends the outbox of the session on the screen. `changed` is called when an action changed."""

    def __init__(self, app: App[Any], session: Callable[[], Session], changed: Callable[[ActionChanged], None]) -> None:
        self._app = app
        self._session = session
        self._changed = changed
        self._timer: Timer | None = None

    def watch(self, session: Session) -> None:
        """Send each action that is queued in a session, and show its results."""
        session.events.subscribe(ActionQueued, lambda _: self.send())
        session.events.subscribe(ActionChanged, self._changed)
        session.events.subscribe(Uploading, self._uploading)

    def start(self) -> None:
        """Send actions of an earlier run, and report those that need a confirmation."""
        self.watch(self._session())
        outbox = self._session().outbox
        waiting = outbox.waiting()
        if waiting and isinstance(self._app.screen, Speaks):
            from ...phrases.outbox import waiting_sentence

            self._app.screen.show_message(waiting_sentence(len(waiting)))
        if outbox.next_due() is not None:
            self.send()

    def _uploading(self, event: Uploading) -> None:
        """Show on the topmost screen how much of an attachment is sent."""
        from ...phrases.composing import uploading_text

        if self._app.is_running and isinstance(self._app.screen, Speaks):
            self._app.screen.show_message(uploading_text(event.name, event.percent, event.total))

    def send(self) -> None:
        """Send due actions, and schedule the next one."""
        session, screen = self._session(), self._app.screen

        async def work() -> None:
            due = await session.outbox.send_due()
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
            if due is not None:
                wait = max((due - session.clock.now()).total_seconds(), 0.1)
                self._timer = self._app.set_timer(wait, guarded(screen, self.send, "sending"))

        # Not a task of the current screen, which may close before the response.
        run_task(self._app.screen_stack[0], work, name="sending", group="outbox")

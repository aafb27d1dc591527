"""Learns from marks when none has come for a moment, and shows what that changed."""

import asyncio
from collections.abc import Callable

from textual.timer import Timer

from ...models.view import Change
from ...phrases.changes import learned_text
from ..guard import guarded, run_task
from .reading import keys_in
from .view import View

LEARN_AFTER = 0.7
"""Seconds after the last mark before learning begins: a burst of marks is learned together."""


class Learning:
    """Learns beside the screen. `changed` says what that hid or brought back: the sentence, the change, and whether
    undo takes back what was learned from.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._timer: Timer | None = None
        self.last: Change | None = None
        """What the user changed last: the filter learns from it."""
        self.changed: Callable[[str, Change, bool], None] = lambda *_: None

    def start_soon(self) -> None:
        """Learn in a moment. If a mark comes meanwhile, the session drops what was learned as stale."""
        if self._timer is not None:
            self._timer.stop()
        start = guarded(self._view.screen, self._start, "learning")
        self._timer = self._view.screen.set_timer(LEARN_AFTER, start)

    def _start(self) -> None:
        if self._view.session.learning.pending:
            run_task(self._view.screen, self._learn, name="learning", group="learn", exclusive=True)

    async def _learn(self) -> None:
        session = self._view.session
        effect = None
        job = session.learning.job()
        await asyncio.to_thread(job.read_marks)
        job.read_examples()
        await asyncio.to_thread(session.learning.trainer.learn, job)
        on_screen = {key for row in self._view.timeline.visible_rows() for key in keys_in(row)}
        for effect in session.learning.apply_incrementally(job, on_screen):
            if on_screen:
                self._view.redraw(effect)
                on_screen.clear()
            # A key that was pressed meanwhile goes first.
            await asyncio.sleep(0.002)
        if effect is None:
            self.start_soon()
            return
        self._view.redraw(effect)
        if effect.hid or effect.showed:
            undo = self.last is not None and not self.last.undone
            self.changed(learned_text(self.last, effect), effect, undo)

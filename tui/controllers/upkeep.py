"""Maintains the files in the background, and reports what the user should know."""

import asyncio

from ...session import Session
from ..context import app_of
from ..guard import AnyScreen, run_task
from . import tally

_SECONDS = 15.0
"""Seconds that a notice stays."""

_PAUSE = 0.05
"""Seconds between two steps of pruning, in which keys are answered."""


def look_after_files(screen: AnyScreen, session: Session) -> None:
    """Make the weekly backup in a thread, restore damaged marks, report notices, and prune old posts."""

    async def look_after() -> None:
        await asyncio.to_thread(session.upkeep.back_up)
        session.upkeep.restore()
        tell_notices(screen, session)
        while screen.is_attached and session.upkeep.prune():
            await asyncio.sleep(_PAUSE)
            while app_of(screen).idle_seconds() < tally.IDLE:
                await asyncio.sleep(tally.IDLE)

    run_task(screen, look_after, name="looking after the files", group="upkeep")


def tell_notices(screen: AnyScreen, session: Session) -> None:
    """Show each new notice beside the message line, where no other message replaces it."""
    for sentence in session.upkeep.notices():
        screen.app.notify(sentence, severity="warning", timeout=_SECONDS, markup=False)

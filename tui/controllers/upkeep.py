"""Looks after the files beside the screen, and tells what the user should know of them."""

import asyncio

from ...session import Session
from ..guard import AnyScreen, run_task

_SECONDS = 15.0
"""So long a notice stays: it comes once."""


def look_after_files(screen: AnyScreen, session: Session) -> None:
    """Make the weekly backup in a thread, bring back damaged marks, and tell what there is to tell."""

    async def look_after() -> None:
        await asyncio.to_thread(session.upkeep.back_up)
        session.upkeep.restore()
        tell_notices(screen, session)

    run_task(screen, look_after, name="looking after the files", group="upkeep")


def tell_notices(screen: AnyScreen, session: Session) -> None:
    """Show each notice that was not shown yet, beside the message line: an answer of a server would replace it."""
    for sentence in session.upkeep.notices():
        screen.app.notify(sentence, severity="warning", timeout=_SECONDS, markup=False)

"""Maintains the files in the background, and reports what the user should know."""

import asyncio
from contextlib import suppress

from ...models.errors import StoreError
from ...phrases.review import offer_text
from ...session import Session
from ..context import app_of, key_of
from ..guard import AnyScreen, run_task

_SECONDS = 15.0
"""Seconds that a notice is shown."""


def look_after_files(screen: AnyScreen, session: Session) -> None:
    """Make the weekly backup in a thread, restore damaged marks, report notices, and prune old posts."""

    async def look_after() -> None:
        if session.forgetting.pending:
            await session.forgetting.finish()
        await asyncio.to_thread(session.upkeep.back_up)
        session.upkeep.restore()
        show_notices(screen, session)
        _offer_check(screen, session)
        tuning = session.tuning
        while screen.is_attached and session.upkeep.prune():
            await asyncio.sleep(tuning.step_pause)
            while app_of(screen).idle_seconds() < tuning.count_after:
                await asyncio.sleep(tuning.count_after)

    run_task(screen, look_after, name="maintaining the files", group="upkeep")


def show_notices(screen: AnyScreen, session: Session) -> None:
    """Show each new notice beside the message line, where no other message replaces it."""
    for sentence in session.upkeep.notices():
        screen.app.notify(sentence, severity="warning", timeout=_SECONDS, markup=False)


def _offer_check(screen: AnyScreen, session: Session) -> None:
    """Offer the safety check in one line if it is due."""
    # On a full disk it is offered another time.
    with suppress(StoreError):
        if posts := session.safety.offer():
            screen.app.notify(offer_text(posts, key_of(screen, "safety")), timeout=_SECONDS, markup=False)

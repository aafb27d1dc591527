"""Maintains the files in the background, and reports what the user should know."""

from contextlib import suppress

from ...models.errors import StoreError
from ...session import Session
from ..context import key_of
from ..guard import AnyScreen, run_task
from .resting import rests

_SECONDS = 15.0
"""Seconds that a notice is shown."""


def look_after_files(screen: AnyScreen, session: Session) -> None:
    """Maintain the files beside the screen, and show the notices."""

    def report() -> None:
        show_notices(screen, session)
        _offer_check(screen, session)

    async def look_after() -> None:
        await session.upkeep.run_beside(report, rests(screen, session.tuning))

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
            from ...phrases.review import offer_text

            screen.app.notify(offer_text(posts, key_of(screen, "safety")), timeout=_SECONDS, markup=False)

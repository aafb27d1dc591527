"""Waits until no key was pressed for a moment, for work in the background."""

import asyncio

from ...models.tuning import Tuning
from ...session.tally import Rest
from ..context import app_of
from ..guard import AnyScreen


def rests(screen: AnyScreen, tuning: Tuning) -> Rest:
    """Return a function that waits until no key came for a moment. It returns False once the screen has closed."""

    async def rest() -> bool:
        await asyncio.sleep(tuning.step_pause)
        while screen.is_attached and app_of(screen).idle_seconds() < tuning.count_after:
            await asyncio.sleep(tuning.step_pause)
        return screen.is_attached

    return rest

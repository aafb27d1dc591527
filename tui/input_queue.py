"""Handles keys and clicks one after another. The next one waits until a screen that opened or closed is ready.

Two keys can arrive in one read (a paste, fast typing, a slow line). Textual sends both to the widget that has the
focus at that moment, so the second could reach a screen that is not built yet, or is gone.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

EARLY = 0.02
"""Events that follow within this many seconds wait for the effect of the earlier one."""
_ROUNDS = 12
_CALM = 3
"""A key is handled once no screen opened or closed for this many rounds."""
_LONGEST = 0.5
"""The longest wait for one widget, in seconds."""

_KEY_PAUSE, _CLICK_PAUSE = 1.0, 0.5
"""The longest time in seconds between two presses of a held key, and between the clicks of a double click."""

Deliver = Callable[[events.InputEvent], Awaitable[None]]


class Presses:
    """Tells a new press of a key or button from the repetition of a held key and the second half of a double click."""

    def __init__(self) -> None:
        self._name = ""
        self._last = 0.0
        self.since = 0.0
        """When the first press of the last series of equal presses was handled."""

    def note(self, event: events.InputEvent) -> None:
        """Note a press that is about to be handled."""
        if isinstance(event, events.Key):
            name, pause = event.key, _KEY_PAUSE
        elif isinstance(event, events.MouseDown):
            name, pause = "button", _CLICK_PAUSE
        else:
            return
        if name != self._name or event.time - self._last > pause:
            self.since = events.Idle().time
        self._name, self._last = name, event.time


class InputQueue:
    """Takes all key and mouse events of the app, and passes them to `deliver` in order."""

    def __init__(self, app: App[int], deliver: Deliver) -> None:
        self._app = app
        self.presses = Presses()

        async def noted(event: events.InputEvent) -> None:
            self.presses.note(event)
            await deliver(event)

        self._deliver = noted
        self._waiting: deque[events.InputEvent] = deque()
        self._task: asyncio.Task[None] | None = None
        self._last = 0.0

    async def put(self, event: events.InputEvent) -> None:
        """Deliver an event now, or when the effects of earlier ones are over."""
        if self._waiting or self._task is not None or self._must_wait(event):
            self._waiting.append(event)
            if self._task is None:
                self._task = asyncio.create_task(self._drain())
            return
        await self._deliver(event)
        if _may_change_screens(event):
            # A new message carries the time of the clock that stamps all messages.
            self._last = events.Idle().time

    def _must_wait(self, event: events.InputEvent) -> bool:
        return _may_change_screens(event) and (event.time < self._last + EARLY or not self._app.screen.is_mounted)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                if _may_change_screens(self._waiting[0]):
                    await self._settled()
                await self._delivered(self._waiting.popleft())
        finally:
            self._task = None

    async def _delivered(self, event: events.InputEvent) -> None:
        """Deliver an event in the app's own task, as Textual does."""
        done = asyncio.Event()

        async def deliver() -> None:
            try:
                await self._deliver(event)
            finally:
                self._last = events.Idle().time
                done.set()

        if self._app.call_later(deliver):
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _LONGEST)

    async def _settled(self) -> None:
        """Wait until all widgets on a key's path have handled their messages, and no screen opens or closes."""
        before: Screen[object] | None = None
        calm = 0
        for _ in range(_ROUNDS):
            if not self._app.screen_stack:
                return
            screen = self._app.screen
            if screen is before:
                calm += 1
            else:
                calm = 0
            if calm == _CALM:
                return
            before = screen
            way: list[MessagePump] = [*(self._app.focused or screen).ancestors_with_self]
            for node in way:
                await _reached(node)


async def _reached(node: MessagePump) -> None:
    """Wait until a widget has handled the messages that it has now."""
    reached = asyncio.Event()
    if node.call_later(reached.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), _LONGEST)


def _may_change_screens(event: events.InputEvent) -> bool:
    return isinstance(event, events.Key | events.MouseDown | events.MouseUp)

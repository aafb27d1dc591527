"""Handles unexpected errors of screens: logs each with its traceback, and reports it in one sentence.

Textual ends the program when a handler, worker, timer or callback raises. So screens are decorated with
`catches_errors`, start workers with `run_task`, and wrap timers and callbacks in `guarded`. The app catches errors of
actions.
"""

import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, runtime_checkable
from weakref import WeakSet

from textual.app import ComposeResult, ScreenError
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import Worker

from .context import app_of, is_on_top

_NAMES = {"mount": "opening", "unmount": "closing"}
"""The words for a handler in error sentences, if its name does not fit."""

_unopened: WeakSet[DOMNode] = WeakSet()
"""Screens that are closing because `compose` failed. Their handlers are skipped: the widgets do not exist."""

AnyScreen = Screen[Any]
C = TypeVar("C", bound=type[DOMNode])


@runtime_checkable
class Speaks(Protocol):
    """A screen that can show one sentence."""

    def show_message(self, sentence: str) -> None:
        """Show a sentence."""


def speak(screen: AnyScreen, sentence: str) -> bool:
    """Show a sentence on a screen. Returns False if it has no line for one, or is not composed."""
    if not isinstance(screen, Speaks) or not screen.is_attached:
        return False
    try:
        screen.show_message(sentence)
    except NoMatches:
        return False
    return True


def catches_errors(screen: C) -> C:
    """Decorate the class of a screen, widget or app: report errors in its message handlers and in `compose`, instead of
    ending the program.
    """
    for name, handler in list(vars(screen).items()):
        if name.startswith("on_") and name != "on_event" and inspect.isfunction(handler):
            setattr(screen, name, _caught(handler))
        if name == "compose" and inspect.isfunction(handler):
            setattr(screen, name, _caught_compose(handler))
    return screen


def _caught_compose(compose: Callable[..., ComposeResult]) -> Callable[..., ComposeResult]:
    """Close a screen that cannot be composed, and report the error on the screen below. Without one, raise it."""

    @wraps(compose)
    def caught(self: DOMNode) -> ComposeResult:
        try:
            yield from compose(self)
        except Exception as error:
            if not isinstance(self, Screen) or len(self.app.screen_stack) < 2:
                raise
            _unopened.add(self)
            app_of(self).report_error(self, error, _NAMES["mount"])
            self.call_later(close, self)

    return caught


def _caught(handler: Callable[..., Any]) -> Callable[..., Any]:
    name = handler.__name__.removeprefix("on_")
    doing = _NAMES.get(name, name.replace("_", " "))

    @wraps(handler)
    async def caught(self: DOMNode, *args: Any) -> None:
        if self in _unopened:
            return
        try:
            answer = handler(self, *args)
            if inspect.isawaitable(answer):
                await answer
        except Exception as error:
            app_of(self).report_error(screen_of(self), error, doing)

    return caught


def screen_of(node: DOMNode) -> AnyScreen | None:
    """The screen of a node; None for the app while no screen is open, at the start and at the end."""
    try:
        return node.screen
    except ScreenError:
        return None


def guarded(node: DOMNode, function: Callable[..., None], doing: str) -> Callable[..., None]:
    """Wrap a callback of a timer or of a screen's answer. Its errors are reported."""

    def call(*args: Any) -> None:
        try:
            function(*args)
        except Exception as error:
            app_of(node).report_error(screen_of(node), error, doing)

    return call


def run_task(
    screen: AnyScreen,
    work: Callable[[], Awaitable[None]],
    *,
    name: str,
    group: str,
    exclusive: bool = False,
    failed: Callable[[], None] | None = None,
) -> Worker[None]:
    """Run a task in the background of a screen. After an error, `failed` is called and the error is reported."""

    async def run() -> None:
        try:
            await work()
        except Exception as error:
            if failed is not None:
                failed()
            app_of(screen).report_error(screen, error, name)

    # A function, not a coroutine: a replaced worker that never began must leave no unawaited coroutine.
    return screen.run_worker(run, name=name, group=group, exclusive=exclusive, exit_on_error=False)


def close(screen: AnyScreen, result: object = None) -> None:
    """Close a screen with an answer, once. A second key or click that still reaches it does nothing."""
    if is_on_top(screen) and len(screen.app.screen_stack) > 1:
        screen.dismiss(result)

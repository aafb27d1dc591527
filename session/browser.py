"""Which browser would answer, a window or the terminal itself, and opening an address in it."""

import os
import sys
from collections.abc import Callable, Mapping

import msgspec

# Browsers that draw on the terminal they are started from.
_TEXT_BROWSERS = frozenset(
    ("browsh", "carbonyl", "cha", "chawan", "edbrowse", "elinks", "felinks", "links", "links2", "lynx", "netrik", "w3m")
)


def can_open(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether an address opened here would come up in a window in front of the user.

    Over ssh it would open on the wrong machine. On Linux without a display only a text browser could answer.
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    if platform in ("darwin", "win32", "cygwin"):
        return True
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION")
    return any(environment.get(name) for name in shown)


def draws_on_terminal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the browser that would answer is a text browser, which takes over the terminal until it is left.

    Without a window it counts only where the user chose it with BROWSER.
    """
    if not can_open(environment) and not environment.get("BROWSER"):
        return False
    import webbrowser

    try:
        browser = webbrowser.get()
    except (webbrowser.Error, OSError):
        return False
    if isinstance(browser, webbrowser.BackgroundBrowser):
        return False
    # www-browser is a link to the text browser that the system chose.
    name = str(getattr(browser, "name", ""))
    return any(
        os.path.basename(each) in (*_TEXT_BROWSERS, "www-browser") for each in (name, os.path.realpath(_found(name)))
    )


def open_in_browser(url: str) -> bool:
    """Open an address; returns when the browser says that it did. False where none could be started.

    A text browser, or a BROWSER that is a script, may only return when the user has left it: call it in a thread.
    """
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


async def open_without_waiting(url: str) -> bool:
    """The same from an event loop, without keeping the program from ending."""
    return await SYSTEM_BROWSER.open_without_waiting(url)


class Browser(msgspec.Struct, frozen=True):
    """The browser of this machine as the screens use it; tests pass one that only records the addresses."""

    can_open: Callable[[], bool] = can_open
    draws_on_terminal: Callable[[], bool] = draws_on_terminal
    open: Callable[[str], bool] = open_in_browser

    async def open_without_waiting(self, url: str) -> bool:
        """Open an address from an event loop, without keeping the program from ending."""
        from ..sources.threads import in_daemon_thread

        return await in_daemon_thread(lambda: self.open(url))


SYSTEM_BROWSER = Browser()


def _found(name: str) -> str:
    import shutil

    return shutil.which(name) or name

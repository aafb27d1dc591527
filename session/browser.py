"""Finds out which browser would open an address (a window or the terminal itself), and opens addresses in it.

Videos and sounds can have a command of their own.
"""

import os
import sys
from collections.abc import Callable, Mapping

import msgspec

# Browsers that draw on the terminal they are started from.
_TEXT_BROWSERS = frozenset(
    ("browsh", "carbonyl", "cha", "chawan", "edbrowse", "elinks", "felinks", "links", "links2", "lynx", "netrik", "w3m")
)


def can_open(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether an address opened here would appear in a window in front of the user.

    Over ssh it would open on the wrong machine. On Linux without a display, only a text browser can open it.
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    if platform in ("darwin", "win32", "cygwin"):
        return True
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION")
    return any(environment.get(name) for name in shown)


def draws_on_terminal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the default browser is a text browser, which takes over the terminal until the user quits it.

    Without a window system it counts only if the user set BROWSER.
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
    # www-browser is a link to the system's default text browser.
    name = str(getattr(browser, "name", ""))
    names = {os.path.basename(name), os.path.basename(os.path.realpath(_found(name)))}
    return not names.isdisjoint({*_TEXT_BROWSERS, "www-browser"})


def open_in_browser(url: str) -> bool:
    """Open an address. False if no browser could be started.

    Call it in a thread: a text browser, or a BROWSER that is a script, may only return when the user quits it.
    """
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


def play(command: str, url: str) -> bool:
    """Start the user's command for videos and sounds with an address as its last argument. False if it cannot start.

    No shell is involved. The command runs in its own session, without this terminal, and keeps running after quietfeed.
    """
    import shlex
    import subprocess
    from threading import Thread

    try:
        quiet = subprocess.DEVNULL
        words = [*shlex.split(command), url]
        process = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except (OSError, ValueError):
        return False
    # Waiting for its end avoids a zombie process.
    Thread(target=process.wait, daemon=True).start()
    return True


async def open_without_waiting(url: str) -> bool:
    """Open an address from an event loop. A running browser does not prevent the program from exiting."""
    return await SYSTEM_BROWSER.open_without_waiting(url)


class Browser(msgspec.Struct, frozen=True):
    """The browser of this machine; tests pass one that only records the addresses."""

    can_open: Callable[[], bool] = can_open
    draws_on_terminal: Callable[[], bool] = draws_on_terminal
    open: Callable[[str], bool] = open_in_browser
    play: Callable[[str, str], bool] = play

    async def open_without_waiting(self, url: str) -> bool:
        """Open an address from an event loop. A running browser does not prevent the program from exiting."""
        from ..sources.threads import in_daemon_thread

        return await in_daemon_thread(lambda: self.open(url))


SYSTEM_BROWSER = Browser()


def _found(name: str) -> str:
    import shutil

    return shutil.which(name) or name

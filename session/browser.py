"""Whether there is a browser to open an address in, and opening it."""

import os
import sys
from collections.abc import Mapping


def can_open(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether an address opened here would come up before the user's eyes.

    Over ssh it would open on the wrong machine. On Linux without a display only a browser of the terminal could
    answer, and that would take over the very screen that quietfeed draws on.
    """
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    if platform in ("darwin", "win32", "cygwin"):
        return True
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION")
    return any(environment.get(name) for name in shown)


def open_in_browser(url: str) -> bool:
    """Open an address; waits for the browser's answer, so call it in a thread. False where none could be started."""
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False

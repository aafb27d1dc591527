"""The system's clipboard, for terminals that do not support OSC 52."""

import os
import sys
from collections.abc import Mapping, Sequence

_TIMEOUT = 2.0


def clipboard_command(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> tuple[str, ...] | None:
    """The program that copies standard input to the clipboard of this desktop; None if there is none.

    None over ssh, because the clipboard of that machine is not the user's.
    """
    import shutil

    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return None
    for needed, command in _commands(environment, platform):
        if needed and shutil.which(command[0], path=environment.get("PATH")):
            return tuple(command)
    return None


def _commands(environment: Mapping[str, str], platform: str) -> Sequence[tuple[bool, Sequence[str]]]:
    wsl = bool(environment.get("WSL_DISTRO_NAME"))
    return (
        (platform == "darwin", ("pbcopy",)),
        (platform in ("win32", "cygwin") or wsl, ("clip.exe",)),
        (bool(environment.get("TERMUX_VERSION")), ("termux-clipboard-set",)),
        (bool(environment.get("WAYLAND_DISPLAY")), ("wl-copy", "--type", "text/plain")),
        (bool(environment.get("DISPLAY")), ("xclip", "-selection", "clipboard")),
        (bool(environment.get("DISPLAY")), ("xsel", "--clipboard", "--input")),
    )


def copy(text: str) -> bool:
    """Copy a text to the system's clipboard. Waits for the program, so call it in a thread.

    The text is passed on standard input, because other users can read the arguments of processes.
    """
    # Imported here, because subprocess would delay the first screen.
    import subprocess

    command = clipboard_command()
    if command is None:
        return False
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0

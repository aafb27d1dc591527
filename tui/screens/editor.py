"""Edits a text in the user's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App

from ...models.errors import UsageError


def edit_elsewhere(app: App[Any], text: str) -> str | None:
    """Edit a text in $VISUAL or $EDITOR and return it; None if neither is set.

    Raises UsageError if the editor cannot be started, or if its text cannot be written or read.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not command.strip():
        return None
    if app.is_headless:
        # There is no terminal to release.
        return _edited(command, text)
    with app.suspend():
        return _edited(command, text)


def _edited(command: str, text: str) -> str:
    try:
        with tempfile.TemporaryDirectory(prefix="quietfeed-") as folder:
            path = Path(folder) / "post.txt"
            path.write_text(text, "utf-8")
            _start(command, path)
            return path.read_text("utf-8").rstrip("\n")
    except OSError as error:
        raise UsageError(f"The text was not edited: its temporary file failed ({error.strerror}).") from None
    except UnicodeError:
        raise UsageError("The text was not changed: the editor did not save it as UTF-8.") from None


def _start(command: str, path: Path) -> None:
    try:
        subprocess.run([*shlex.split(command), str(path)], check=False)
    except (OSError, ValueError):
        raise UsageError(f"The editor {command!r} cannot be started: set $EDITOR to one that can.") from None

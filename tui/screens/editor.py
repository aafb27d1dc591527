"""Edits a text in the user's own editor."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App


def edit_elsewhere(app: App[Any], text: str) -> str | None:
    """Edit a text in $VISUAL or $EDITOR and return it; None if neither is set or it cannot be started."""
    if app.is_headless:
        # There is no terminal to release.
        return _edited(text)
    with app.suspend():
        return _edited(text)


def _edited(text: str) -> str | None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not command.strip():
        return None
    with tempfile.TemporaryDirectory(prefix="quietfeed-") as folder:
        path = Path(folder) / "post.txt"
        path.write_text(text, "utf-8")
        try:
            subprocess.run([*shlex.split(command), str(path)], check=False)
            return path.read_text("utf-8").rstrip("\n")
        except (OSError, ValueError):
            return None

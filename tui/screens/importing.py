"""Asks for a file, shows its kind and what an import would change, and imports it."""

import asyncio
import os
from itertools import islice
from pathlib import Path
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from ...models.errors import QuietfeedError
from ...models.imported import ImportedFile
from ...phrases.errors import error_text
from ...phrases.imports import NOTHING_KEPT, file_text, result_text
from ...session import Session
from ...session.importing import Lines
from ..guard import catches_errors, close, run_task

_ASKS = "type or paste a path; right completes it · enter reads the file · esc closes"
_MOST = 2_000


class ReadFile(msgspec.Struct, frozen=True):
    """A file that was read, and that the user wants to import."""

    file: ImportedFile
    name: str
    lines: Lines


class _Paths(Suggester):
    """Completes the path of a file."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first path that begins with what was typed."""
        return await asyncio.to_thread(_completed, value)


def _completed(value: str) -> str | None:
    folder, slash, begin = value.rpartition("/")
    found = []
    try:
        with os.scandir(Path(f"{folder}{slash}" or ".").expanduser()) as entries:
            for entry in islice(entries, _MOST):
                is_offered = entry.name.startswith(begin) and (begin or not entry.name.startswith("."))
                if is_offered:
                    found.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    except (OSError, ValueError, RuntimeError):
        return None
    if not found:
        return None
    return f"{folder}{slash}{min(found)}"


def path_of(text: str) -> Path:
    """The path that a text names, also one that was dropped on the terminal, with quotes or escaped spaces."""
    text = text.strip().removeprefix("file://")
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    path = Path(text)
    if not path.exists():
        path = Path(text.replace("\\ ", " "))
    try:
        return path.expanduser()
    except RuntimeError:
        return path


@catches_errors
class ImportScreen(ModalScreen[ReadFile | None]):
    """A field for a path. The first enter reads the file, the second answers with it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._read: ReadFile | None = None

    def compose(self) -> ComposeResult:
        """The question, the field, and the description of the file."""
        with Vertical(classes="panel wide"):
            yield Static("Import which file?", classes="title", markup=False)
            yield Input(placeholder="~/Downloads/archive.zip", suggester=_Paths(), compact=True)
            yield Static("", id="found", markup=False)
            yield Static(_ASKS, classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Discard the file that was read: the path has changed."""
        message.stop()
        if self._read is not None:
            self._read = None
            self.query_one("#found", Static).update("")
            self.show_message(_ASKS)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Read the file. When it is read, import it."""
        message.stop()
        if self._read is not None:
            close(self, self._read)
        elif not message.value.strip():
            self.show_message("Type the path of a file first.")
        else:
            self._look(message.value)

    def _look(self, text: str) -> None:
        path = path_of(text)
        self.show_message(f"reading {path.name} …")
        importing = self._session.importing

        async def look() -> None:
            try:
                file = await asyncio.to_thread(importing.read, path)
                lines: Lines = ()
                if file.kind == "records":
                    lines = await asyncio.to_thread(importing.read_lines, path)
                result = importing.preview(file, path.name, lines)
            except QuietfeedError as error:
                self.show_message(error_text(error))
                return
            if self.query_one(Input).value != text:
                return
            what = file_text(file, importing.label(file.network))
            if file.kind in ("bookmarks", "domains"):
                self.query_one("#found", Static).update(f"{what}\n{NOTHING_KEPT}")
                self.show_message("esc closes")
                return
            self.query_one("#found", Static).update(f"{what}\n{result_text(result, dry=True)}")
            if result.changes:
                self._read = ReadFile(file, path.name, lines)
                self.show_message("enter imports it · esc closes")
            else:
                self.show_message("esc closes")

        run_task(self, look, name="reading a file", group="read", exclusive=True)

    def action_leave(self) -> None:
        """Close without an import."""
        self.workers.cancel_group(self, "read")
        close(self, None)

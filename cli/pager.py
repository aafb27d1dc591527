"""Sends output that is longer than the terminal through $PAGER."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import TextIOBase
from typing import IO, TextIO


@contextmanager
def paged() -> Iterator[None]:
    """Page the output of the block, if standard output is a terminal.

    Quitting the pager ends the command.
    """
    out = sys.stdout
    command = pager_command()
    if not out.isatty() or not command:
        yield
        return
    pages = _Pages(out, command, shutil.get_terminal_size().lines - 1)
    try:
        with redirect_stdout(pages), suppress(BrokenPipeError):
            yield
    finally:
        pages.finish()


def pager_command() -> list[str]:
    """The pager command; empty if there is none, or if the user switched it off."""
    try:
        command = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:
        return []
    if command and command != ["cat"] and shutil.which(command[0]):
        return command
    return []


class _Pages(TextIOBase):
    """Buffers output until it exceeds one page, then starts the pager."""

    def __init__(self, out: TextIO, command: list[str], lines: int) -> None:
        self._out, self._command, self._lines = out, command, lines
        self._held: list[str] = []
        self._count = 0
        self._pager: subprocess.Popen[str] | None = None

    def write(self, text: str) -> int:
        """Buffer a text, or pass it to the pager. Raises BrokenPipeError after the user quit the pager."""
        if self._pager is not None:
            self._input(self._pager).write(text)
            return len(text)
        self._held.append(text)
        self._count += text.count("\n")
        if self._count > self._lines:
            self._start()
        return len(text)

    def isatty(self) -> bool:
        """Colours and widths are those of the terminal behind the pager."""
        return True

    def _start(self) -> None:
        # F: leave when all fits; R: show colours; X: leave the text on the terminal. The user's own LESS comes first.
        environment = {"LESS": "FRX", **os.environ}
        self._pager = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", env=environment
        )
        # Ctrl+C is the pager's while it runs.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._input(self._pager).write("".join(self._held))
        self._held.clear()

    @staticmethod
    def _input(pager: subprocess.Popen[str]) -> IO[str]:
        assert pager.stdin is not None
        return pager.stdin

    def finish(self) -> None:
        """Print the buffer, or wait until the user quits the pager."""
        if self._pager is None:
            self._out.write("".join(self._held))
            return
        with suppress(OSError):
            self._input(self._pager).close()
        self._pager.wait()
        signal.signal(signal.SIGINT, signal.default_int_handler)

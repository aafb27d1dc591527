"""Standard streams that always work: closed ones become the null device, and machine output is UTF-8 everywhere."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from argparse import Namespace

_MACHINE_COMMANDS = ("export", "judge")


def open_streams() -> None:
    """Make standard input, output and error usable, also where the shell closed them (`>&-`)."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - it stays open as long as the program runs
    elif isinstance(sys.stdin, TextIOWrapper):
        # Invalid UTF-8 must not stop the program.
        sys.stdin.reconfigure(errors="replace")
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        else:
            # Replace letters that the terminal cannot show, instead of raising an error.
            stream.reconfigure(errors="replace")  # type: ignore[attr-defined]


def use_utf8(args: "Namespace") -> None:
    """Write UTF-8 in every locale, for commands whose output other programs read."""
    if getattr(args, "json", False) or args.command in _MACHINE_COMMANDS:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def drop_output() -> None:
    """Discard pending output, so that Python reports no error about it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""Questions on the terminal."""

import signal
import sys

from ..models.errors import UsageError
from .output import print_text


def agreed(question: str) -> bool:
    """Ask a question that only "y" or "yes" agrees to."""
    return ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def confirmed(question: str, *, yes: bool) -> bool:
    """Ask a question, unless --yes has answered it. Raises UsageError without a terminal."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Without a terminal, confirm with --yes.")
    return agreed(question)


def ask(question: str) -> str:
    """Read a line from the user; "" at the end of the input."""
    # asyncio's own handler would only cancel the task, while reading the line still blocks.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question)
    except EOFError:
        print_text("")
        return ""
    finally:
        signal.signal(signal.SIGINT, before)

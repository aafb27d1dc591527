"""Questions on the terminal."""

import signal

from .output import print_text


def agreed(question: str) -> bool:
    """Ask a question that only "y" or "yes" agrees to."""
    return ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def ask(question: str) -> str:
    """A line that the user types; "" where the input ends."""
    # asyncio's own handler would only cancel the task, and the line would still be waited for.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(question)
    except EOFError:
        print_text("")
        return ""
    finally:
        signal.signal(signal.SIGINT, before)

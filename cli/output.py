"""Output of the command line: results on standard output, messages on standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from ..codec.lines import records
from ..models.errors import NotFound
from ..models.secrets import without_secrets
from ..models.text import clean, clean_line
from ..session.networks import sign_in_commands
from .wrapping import fold, line_width

__all__ = ["NO_ACCOUNT", "open_input", "print_error", "print_text", "records", "write_json"]

NO_ACCOUNT = f"There is no account yet: {sign_in_commands()} signs in."


def print_text(text: str, *, whole: bool = False) -> None:
    """Print a text to standard output, without control characters and secrets.

    On a terminal it is wrapped at words. `whole` leaves wrapping to the terminal, for a command that people copy.
    """
    text = without_secrets(clean(text))
    if whole:
        print(text)
    else:
        print("\n".join(fold(text, line_width())))


def print_error(sentence: str) -> None:
    """Print a sentence to standard error."""
    sentence = f"quietfeed: {without_secrets(clean_line(sentence))}"
    print("\n".join(fold(sentence, line_width(sys.stderr))), file=sys.stderr)


def write_json(record: Any) -> None:
    """Print a JSON record on one line."""
    sys.stdout.write(without_secrets(json.dumps(record, ensure_ascii=False, separators=(", ", ": "))) + "\n")


@contextmanager
def open_input(name: str) -> Iterator[TextIO]:
    """Open a file; "-" is standard input. Raises NotFound if it cannot be read."""
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
        return
    try:
        with open(name, encoding="utf-8-sig", errors="replace") as file:
            yield file
    except OSError as error:
        raise NotFound(f"{name} cannot be read ({error.strerror}).") from None

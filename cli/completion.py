"""`quietfeed completion`: a script that completes commands, options and file names in the user's shell."""

import argparse
import sys
from collections.abc import Iterator

from .. import __version__
from ..session.networks import FREE
from .parser import build_parser

_FILES = ("FILE", "URL|FILE.opml")


def run_completion(shell: str) -> int:
    """Write the completion script of `shell` (bash, zsh or fish) to standard output.

    The script is generated from the parser, so it contains every command and option.
    """
    import shtab

    parser = build_parser(__version__)
    for action in _all_actions(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "NETWORK":
            action.choices = [each.name for each in FREE]
    sys.stdout.write(f"{shtab.complete(parser, shell=shell)}\n")
    return 0


def _all_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _all_actions(command)

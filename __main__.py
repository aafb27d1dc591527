"""The door: reads the arguments, then opens the timeline or answers in plain text."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import __version__
from .models.errors import QuietfeedError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Answers with the exit status: 0 done, 1 it could not be done, 2 wrong usage."""
    arguments = sys.argv[1:] if argv is None else argv
    args = _parsed(arguments) if arguments else None
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        if args is None:
            return _open_timeline()
        if args.command is None:
            return _open_timeline(demo=args.demo, plain=args.plain)
        if args.command == "try":
            from .cli.look import wants_screens

            if wants_screens(args):
                return _open_look(args.handle, args.server or "")
        from .cli.commands import run_command

        status = run_command(args)
        sys.stdout.flush()
        return status
    except QuietfeedError as error:
        print(f"quietfeed: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except BrokenPipeError:
        # The reader of a pipe went away: nothing is left to say, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _parsed(arguments: Sequence[str]) -> "Namespace":
    # Without arguments there is nothing to parse, and no timeline waits for a parser.
    from .cli.parser import build_parser

    return build_parser(__version__).parse_args(arguments)


def _open_timeline(*, demo: bool = False, plain: bool = False) -> int:
    if plain:
        from .cli.plain import run_plain as run
    else:
        # Nothing of a start is garbage: tui/app.py goes back to collecting it when the first screen is painted.
        gc.disable()
        from .tui.app import run
    from .session import open_demo, open_session, own_settings

    return run(open_demo(settings=own_settings()) if demo else open_session())


def _open_look(handle: str, server: str) -> int:
    import asyncio

    from .session import open_public, own_settings
    from .tui.app import run

    return run(asyncio.run(open_public(handle, server, own_settings())))


if __name__ == "__main__":
    sys.exit(main())

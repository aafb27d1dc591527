"""The entry point: parses the arguments, then opens the timeline or runs a command."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from . import __version__
from .models.errors import QuietfeedError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from .session import Openers

_OPENING = frozenset(("--demo", "--plain"))


def main(argv: Sequence[str] | None = None, openers: "Openers | None" = None) -> int:
    """Run one command. The exit status: 0 done, 1 it could not be done, 2 wrong usage, 130 interrupted.

    `openers` open its session, by default that of the user.
    """
    from .cli.streams import drop_output, open_streams

    arguments = sys.argv[1:] if argv is None else argv
    open_streams()
    try:
        try:
            return _run(arguments, openers)
        finally:
            # A full disk is found here, also by --help and --version, which leave by SystemExit.
            sys.stdout.flush()
    except QuietfeedError as error:
        from .phrases.errors import error_text

        _print_error(error_text(error))
        if isinstance(error, UsageError):
            return 2
        return 1
    except BrokenPipeError:
        # The reader of a pipe closed it: there is nothing more to print.
        drop_output()
        return 1
    except OSError as error:
        drop_output()
        if _is_output(error):
            _print_error(f"The output could not be written ({error.strerror}).")
        else:
            _print_error(_unexpected(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # The one place where a command's unexpected error ends: the log gets it, the user gets a sentence.
        _print_error(_unexpected(error))
        return 1


def _run(arguments: Sequence[str], openers: "Openers | None") -> int:
    # The options that only open the timeline need no parser, which takes longer to build than a screen to paint.
    if _OPENING.issuperset(arguments):
        return _open_timeline(openers, demo="--demo" in arguments, plain="--plain" in arguments)
    args = _parsed(arguments)
    if args.command is None:
        return _open_timeline(openers, demo=args.demo, plain=args.plain)
    if args.command == "try":
        from .cli.look import wants_screens

        if wants_screens(args):
            return _open_preview(args.handle, args.server or "")
    if args.command == "doctor":
        return _run_doctor()
    from .cli.commands import run_command
    from .cli.streams import use_utf8

    use_utf8(args)
    return run_command(args, openers)


def _parsed(arguments: Sequence[str]) -> "Namespace":
    from .cli.parser import build_parser

    for argument in arguments:
        # Python keeps bytes that are no UTF-8 as lone surrogates, which no database and no server takes.
        if any("\ud800" <= letter <= "\udfff" for letter in argument):
            raise UsageError(f"The argument {argument.encode(errors='replace').decode()!r} is not valid UTF-8.")
    return build_parser(__version__).parse_args(arguments)


def _open_timeline(openers: "Openers | None", *, demo: bool, plain: bool) -> int:
    if plain:
        from .cli.plain import run_plain as run
    else:
        # Nothing of a start is garbage: tui/idle.py goes back to collecting it when the first screen is painted.
        gc.disable()
        from .tui.app import run
    from .session import Openers, own_settings
    from .session.logfile import open_own_log

    open_own_log()
    opens = openers or Openers()
    # A screen is painted before all posts are judged; a line reader asks for all of them at once.
    if demo:
        return run(opens.demo(settings=own_settings(), first_page=not plain))
    return run(opens.own())


def _run_doctor() -> int:
    # Only the screens know their themes and keys; the command line does not import them.
    from .cli.doctor import run_doctor
    from .session.logfile import open_own_log
    from .tui.settings import check_settings

    open_own_log()
    return run_doctor(check_settings)


def _open_preview(handle: str, server: str) -> int:
    import asyncio

    from .session import open_public, own_settings
    from .tui.app import run

    return run(asyncio.run(open_public(handle, server, own_settings())))


def _is_output(error: OSError) -> bool:
    """Whether an error comes from writing to standard output: the disk behind `> file` is full, for instance."""
    import errno

    return error.filename is None and error.errno in (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT, errno.EFBIG)


def _unexpected(error: Exception) -> str:
    from .session.logfile import report_unexpected

    return report_unexpected(error, "the command")


def _print_error(sentence: str) -> None:
    from .models.secrets import without_secrets
    from .models.text import clean_line

    with suppress(OSError, ValueError):
        print(f"quietfeed: {without_secrets(clean_line(sentence))}", file=sys.stderr)


if __name__ == "__main__":
    status = main()
    # What is still buffered fails here, not in the interpreter's own exit, where Python would print a traceback.
    try:
        sys.stdout.flush()
    except OSError:
        os._exit(status or 1)
    sys.exit(status)

"""`quietfeed try HANDLE`: the quiet timeline of a public handle, as lines. __main__ opens the screens instead."""

import argparse
import asyncio
import sys

from ..session import open_public
from ..session.sync import ignore_progress
from .output import print_error
from .posts import write_timeline


def wants_screens(args: argparse.Namespace) -> bool:
    """Whether to open the screens: on a terminal, without an option for output as lines."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and not (args.json or args.hidden or args.all or args.level or args.limit is not None)


def run_try(args: argparse.Namespace) -> int:
    """Write the posts."""
    return asyncio.run(_write(args))


async def _write(args: argparse.Namespace) -> int:
    session = await open_public(args.handle, args.server or "")
    try:
        arrival = await session.fetching.refresh(ignore_progress)
        for error in arrival.errors:
            print_error(error)
        write_timeline(session, args)
        if arrival.errors and not arrival.new:
            return 1
        return 0
    finally:
        await session.close()

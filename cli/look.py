"""`quietfeed try HANDLE`: somebody's quiet timeline as the public sees it, on the screens or as lines."""

import argparse
import asyncio
import sys

from ..models.view import Progress
from ..session import open_public
from .commands import write_timeline
from .output import complain


def run_try(args: argparse.Namespace) -> int:
    """Open the screens in a terminal; write the posts where output is piped or an option asks for lines."""
    if sys.stdout.isatty() and not (args.json or args.hidden or args.all or args.level or args.limit is not None):
        from ..tui.app import run

        return run(asyncio.run(open_public(args.handle, args.server or "")))
    return asyncio.run(_write(args))


async def _write(args: argparse.Namespace) -> int:
    session = await open_public(args.handle, args.server or "")
    try:
        arrival = await session.refresh(_ignore)
        for trouble in arrival.troubles:
            complain(trouble)
        write_timeline(session, args)
        return 1 if arrival.troubles and not arrival.new else 0
    finally:
        await session.close()


def _ignore(progress: Progress) -> None:
    """Scripts read results, not progress."""

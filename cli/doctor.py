"""`quietfeed doctor`: where the files are, whether keyring, database, accounts and servers are well."""

import asyncio
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..session.health import examine
from .output import say

_PARTS = ("textual", "httpx", "scikit-learn", "platformdirs", "keyring")


def run_doctor() -> int:
    """Print what was found; 1 when something is not well."""
    say(f"quietfeed {__version__}, Python {platform.python_version()}, {sys.platform}")
    say("with   " + ", ".join(f"{part} {_version(part)}" for part in _PARTS))
    return asyncio.run(_print_findings())


async def _print_findings() -> int:
    well = True
    async for finding in examine():
        say(f"{'ok' if finding.well else 'BAD':<6} {finding.name}: {finding.text}")
        well = well and finding.well
    return 0 if well else 1


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "missing"

"""`quietfeed doctor`: checks files, keyring, database, accounts and servers."""

import asyncio
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..models.config import Config
from ..session.health import examine
from .output import print_text

_PARTS = ("textual", "httpx", "scikit-learn", "platformdirs", "keyring", "feedparser")


def run_doctor(check_settings: Callable[[Config], object]) -> int:
    """Print all findings. Returns 1 if a check failed. `check_settings` checks the settings of the screens."""
    print_text(f"quietfeed {__version__}, Python {platform.python_version()}, {sys.platform}")
    print_text("with   " + ", ".join(f"{part} {_version(part)}" for part in _PARTS))
    return asyncio.run(_print_findings(check_settings))


async def _print_findings(check_settings: Callable[[Config], object]) -> int:
    ok = True
    async for finding in examine(check_settings):
        print_text(f"{'ok' if finding.ok else 'BAD':<6} {finding.name}: {finding.text}")
        ok = ok and finding.ok
    if ok:
        return 0
    return 1


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "missing"

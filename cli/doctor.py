"""`quietfeed doctor`: where the files are, whether keyring, database, accounts and servers are well."""

import asyncio
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from .. import __version__
from ..models.errors import QuietfeedError
from ..session import Session, open_session
from ..session.health import find_places, read_config, token_place

_PARTS = ("textual", "httpx", "scikit-learn", "platformdirs", "keyring")


def run_doctor() -> int:
    """Print what is well and what is not; 1 when something is not."""
    well = True

    def line(name: str, check: Callable[[], str]) -> None:
        nonlocal well
        try:
            print(f"ok    {name}: {check()}")
        except QuietfeedError as error:
            well = False
            print(f"BAD   {name}: {error}")

    print(f"quietfeed {__version__}, Python {platform.python_version()}, {sys.platform}")
    print("with  " + ", ".join(f"{part} {_version(part)}" for part in _PARTS))
    places = find_places()
    line("config", lambda: f"{places.config_file} ({_config_words(places.config_file.exists())})")
    line("settings", lambda: f"level {read_config(places.config_file).level.name} at the first start")
    print(f"ok    cache: {places.cache}\nok    log: {places.log}")
    line("tokens", lambda: token_place(places))
    session: Session | None = None

    def database() -> str:
        nonlocal session
        session = open_session()
        return session.health()

    line("database", database)
    if session is not None:
        asyncio.run(_check_accounts(session, line))
    return 0 if well else 1


async def _check_accounts(session: Session, line: Callable[[str, Callable[[], str]], None]) -> None:
    if not session.accounts:
        print("ok    accounts: none yet; `quietfeed account add mastodon` signs in")
    for account in session.accounts:
        answer = await session.signing_in.check(account)
        line(account.key, lambda answer=answer: _told(answer))  # type: ignore[misc]
    await session.close()


def _told(answer: str | QuietfeedError) -> str:
    if isinstance(answer, QuietfeedError):
        raise answer
    return answer


def _config_words(there: bool) -> str:
    return "read" if there else "not there: the defaults hold"


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        return "missing"

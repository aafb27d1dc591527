"""Whether everything is well: the files, the keyring, the database, the accounts and their servers."""

from collections.abc import AsyncIterator, Callable

import msgspec

from ..models.config import Config
from ..models.errors import QuietfeedError, StoreError
from ..sources.registry import sign_in_commands
from ..store.archive import Archive
from ..store.places import AppPaths, find_places
from ..store.settings import read_config
from ..store.tokens import TokenStore
from .accounts import Accounts
from .logfile import log_file


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: well or not, and what was found, in words."""

    name: str
    well: bool
    text: str


async def examine(check_settings: Callable[[Config], object]) -> AsyncIterator[Finding]:
    """Look at everything, one finding after the other. Raises nothing: what is not well is a finding.

    `check_settings` raises UsageError for settings with which the screens do not start.
    """
    places = find_places()
    yield _settings(places, check_settings)
    yield Finding("cache", True, str(places.cache))
    yield Finding("log", True, str(log_file(places)))
    tokens = TokenStore(places)
    yield Finding("tokens", True, tokens.where())
    try:
        archive = Archive(places.database)
        health = archive.check()
        if health != "ok":
            raise StoreError(f"{places.database} is damaged ({health}): export what can be read, and move it away.")
        kept = f"{archive.posts.count()} posts, {archive.marks.count()} marks"
        if archive.notice:
            yield Finding("database", False, archive.notice)
        if damaged := archive.damaged_rows():
            counts = ", ".join(f"{len(rows)} of the {what}" for what, rows in sorted(damaged.items()))
            raise StoreError(f"{places.database}: damaged and left out are {counts}; everything else is read.")
    except QuietfeedError as error:
        where = "" if str(places.database) in str(error) else f"{places.database}: "
        yield Finding("database", False, f"{where}{error}")
        return
    yield Finding("database", True, f"{places.database} ({kept})")
    accounts = Accounts(archive, tokens)
    if not accounts.all():
        yield Finding("accounts", True, f"none yet; {sign_in_commands()} signs in")
    for account in accounts.all():
        try:
            source = await accounts.source(account)
            page = await source.timeline(None)
        except QuietfeedError as error:
            yield Finding(account.name, False, str(error))
        else:
            yield Finding(account.name, True, f"{account.server} answers ({len(page.posts)} posts on the newest page)")
    await accounts.close()
    archive.close()


def _settings(places: AppPaths, check_settings: Callable[[Config], object]) -> Finding:
    path = places.config_file
    try:
        check_settings(read_config(path))
    except QuietfeedError as error:
        return Finding("config", False, str(error))
    return Finding("config", True, f"{path}" if path.exists() else f"{path} (not there: the defaults hold)")

"""Checks settings, folders, tokens, database, journal, backups, accounts and their servers."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import msgspec

from ..models.account import Account
from ..models.config import Config
from ..models.errors import QuietfeedError
from ..models.source import has_prices
from ..phrases.changes import count
from ..phrases.errors import error_text
from ..phrases.spending import spending_text
from ..sources.facts import sign_in_commands
from ..sources.registry import needs_sign_in
from ..store.archive import Archive
from ..store.backup import backups
from ..store.journal import journal_path
from ..store.places import AppPaths, find_places, mode_of, private_paths
from ..store.settings import read_config
from ..store.tokens import TokenStore
from .account_secrets import AccountSecrets
from .accounts import Accounts, missing_permissions_state
from .logfile import log_file


class Finding(msgspec.Struct, frozen=True):
    """The result of one check, with a description."""

    name: str
    ok: bool
    text: str


async def examine(check_settings: Callable[[Config], object]) -> AsyncIterator[Finding]:
    """Run all checks and yield their results. Problems are results, not exceptions.

    `check_settings` raises UsageError for settings with which the screens cannot start.
    """
    places = find_places()
    # Before the files are opened, because that makes them private again.
    yield _modes(places)
    yield _settings(places, check_settings)
    yield Finding("cache", True, str(places.cache))
    yield Finding("log", True, str(log_file(places)))
    tokens = TokenStore(places)
    yield _tokens(tokens)
    try:
        archive = Archive(places.database)
    except QuietfeedError as error:
        yield _database_error("database", places, error)
        return
    async with AsyncExitStack() as closing:
        closing.callback(archive.close)
        for finding in _database(places, archive):
            yield finding
        accounts = Accounts(archive, tokens, config=_config(places))
        closing.push_async_callback(accounts.close)
        if not accounts.all():
            yield Finding("accounts", True, f"none yet; {sign_in_commands()} signs in")
        for account in accounts.all():
            if not needs_sign_in(account.network):
                yield _subscriptions(archive, account)
                continue
            try:
                place = _token_place(AccountSecrets(tokens, account))
                source = await accounts.source(account)
                if has_prices(source):
                    spending = accounts.spending.meter(account.network).state()
                    yield Finding(account.name, True, f"{spending_text(spending)}; its token is in {place}")
                    continue
                page = await source.timeline(None)
            except QuietfeedError as error:
                yield Finding(account.name, False, error_text(error))
            else:
                responds = f"{account.server} responds ({count(len(page.posts), 'post')} on the newest page)"
                lacking = archive.get_state(missing_permissions_state(account.key))
                lacks = ""
                if isinstance(lacking, str) and lacking:
                    lacks = f"; the sign-in lacks permissions: {', '.join(lacking.split())}"
                yield Finding(account.name, True, f"{responds}; its token is in {place}{lacks}")


def _config(places: AppPaths) -> Config:
    """The settings, or the defaults if they cannot be read."""
    try:
        return read_config(places.config_file)
    except QuietfeedError:
        return Config()


def _subscriptions(archive: Archive, account: Account) -> Finding:
    """How many subscriptions there are, and which failed when they were last requested."""
    found = archive.subscriptions.all(account.key)
    bad = [each for each in found if each.failure]
    text = f"{count(len(found), 'subscription')}, {len(bad)} failed when last requested"
    if bad:
        text += f" ({', '.join(each.shown_name for each in bad[:5])}): `quietfeed subscriptions` shows why"
    # A site that is down for a while is not a problem of this machine.
    return Finding(account.name, not found or len(bad) < len(found), text)


def _modes(places: AppPaths) -> Finding:
    """Whether others can read a folder or file; modes have no meaning on Windows."""
    found = [each for each in private_paths(places) if int(mode_of(each) or "0", 8) & 0o077]
    if sys.platform == "win32" or not found:
        return Finding("folders", True, f"{places.data} (only you can read it)")
    listed = ", ".join(f"{each} (mode {mode_of(each)})" for each in found[:5])
    more = ""
    if len(found) > 5:
        more = f" and {len(found) - 5} more"
    return Finding("folders", False, f"others can read {listed}{more}: the next start of quietfeed makes them private")


def _settings(places: AppPaths, check_settings: Callable[[Config], object]) -> Finding:
    path = places.config_file
    try:
        check_settings(read_config(path))
    except QuietfeedError as error:
        return Finding("config", False, error_text(error))
    if path.exists():
        return Finding("config", True, str(path))
    return Finding("config", True, f"{path} (missing: the defaults apply)")


def _tokens(tokens: TokenStore) -> Finding:
    try:
        # This also reads the file, which detects damage.
        tokens.place("")
    except QuietfeedError as error:
        return Finding("tokens", False, error_text(error))
    return Finding("tokens", True, f"new ones go to {tokens.where()}")


def _token_place(secrets: AccountSecrets) -> str:
    places = (secrets.tokens.place(key) for key in (secrets.account.key, *secrets.account.former_keys))
    place = next((place for place in places if place), None)
    if place == "file":
        return f"the file {secrets.tokens.file}"
    return "the keyring"


def _database(places: AppPaths, archive: Archive) -> Iterator[Finding]:
    """The database, its damaged rows, its journal and its backups."""
    try:
        health = archive.check()
        counts = f"{archive.posts.count()} posts, {archive.marks.count()} marks"
        damaged = archive.damaged_rows()
    except QuietfeedError as error:
        yield _database_error("database", places, error)
        return
    if health != "ok":
        advice = "`quietfeed export posts` and `quietfeed export marks` save what can be read; then move the file away"
        yield Finding("database", False, f"{places.database} is damaged ({health}): {advice}")
    else:
        yield Finding("database", True, f"{places.database} ({counts})")
    if archive.notice:
        yield Finding("database", False, archive.notice)
    if damaged:
        damages = ", ".join(f"{len(rows)} of the {what}" for what, rows in sorted(damaged.items()))
        yield Finding("rows", False, f"{damages} are damaged and skipped; all others are read")
    else:
        yield Finding("rows", True, "none is damaged")
    journal = journal_path(places.database)
    if journal.exists():
        yield Finding("journal", True, f"{journal}, your marks and other choices")
    else:
        yield Finding("journal", False, f"{journal} is missing")
    copies = backups(places.database)
    if copies:
        yield Finding("backups", True, f"{len(copies)} of the database; the newest is {copies[-1]}")
    else:
        yield Finding("backups", True, "none yet; the first is made within a week")


def _database_error(name: str, places: AppPaths, error: QuietfeedError) -> Finding:
    if str(places.database) in str(error):
        return Finding(name, False, str(error))
    return Finding(name, False, f"{places.database}: {error}")

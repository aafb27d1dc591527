"""Accounts, subscriptions and drafts as records: the part of `export all` that is neither a mark nor a tie.

Tokens and app passwords are never exported: an imported account needs a sign-in before it can be read.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from ..codec.fields import Record, known_time, write_time
from ..models.account import Account
from ..models.action import ListMember
from ..models.draft import Draft
from ..models.errors import RecordError, UsageError
from ..models.subscription import Subscription
from ..models.text import clean, clean_line
from ..sources import entry
from ..sources.registry import needs_sign_in
from ..store.archive import Archive
from ..store.published import PublishedList

ACCOUNT, SUBSCRIPTION, DRAFT, PUBLISHED = "sign_in", "subscription", "draft", "published"
"""The keys by which the records of this module are recognised."""


class _Member(msgspec.Struct, frozen=True):
    person: str
    handle: str


class _Published(msgspec.Struct, frozen=True):
    name: str
    list: str
    own: bool
    people: tuple[_Member, ...]


def export_setup(archive: Archive) -> Iterator[Record]:
    """The accounts without tokens, the subscriptions, the published lists, and the drafts not in the outbox.

    A draft in the outbox stays out: the outbox of this machine sends it, and a second machine must not.
    """
    for account in archive.accounts():
        identity = {
            "network": account.network,
            "server": account.server,
            "handle": account.handle,
            "remote_id": account.remote_id,
        }
        yield {ACCOUNT: identity, "account": account.key}
    for account in archive.accounts():
        for subscription in archive.subscriptions.all(account.key):
            yield {SUBSCRIPTION: msgspec.to_builtins(subscription), "account": account.key}
    for published in archive.published.all():
        people = [{"person": each.person_id, "handle": each.handle} for each in published.members]
        listed = {"name": published.name, "list": published.list_id, "own": published.own, "people": people}
        yield {PUBLISHED: listed, "account": published.account, "published_at": write_time(published.at)}
    for stored in reversed(archive.drafts.all()):
        if not stored.queued:
            yield {DRAFT: msgspec.to_builtins(stored.draft), "written_at": write_time(stored.at)}


def import_account(archive: Archive, record: Record) -> str:
    """Add an account that needs a sign-in, unless it is known, and return its key here. Raises RecordError."""
    found = _typed(record, ACCOUNT, dict[str, str])
    parts = {name: clean_line(found.get(name, "")) for name in ("network", "server", "handle", "remote_id")}
    try:
        network = entry(parts["network"]).name
    except UsageError as error:
        raise RecordError(str(error)) from None
    server = parts["server"]
    if needs_sign_in(network) and not server.startswith("https://") and not _is_loopback(server):
        raise RecordError('"server" should be an https address')
    if not parts["handle"] or not parts["remote_id"]:
        raise RecordError('"handle" or "remote_id" is missing')
    key = record.get("account")
    if not isinstance(key, str):
        key = ""
    account = Account(network, server, parts["handle"], parts["remote_id"], clean_line(key))
    known = archive.account_table.stored(account)
    if known.row_id:
        return known.key
    return archive.add_account(account).key


def import_subscription(archive: Archive, record: Record) -> None:
    """Add a subscription, unless its address is subscribed already. Raises RecordError."""
    subscription = _typed(record, SUBSCRIPTION, Subscription)
    account = record.get("account")
    if not isinstance(account, str) or account not in {each.key for each in archive.accounts()}:
        raise RecordError('"account" should be an account of this file or of this machine')
    known = archive.subscriptions.all(account)
    if any(each.address == subscription.address or each.id == subscription.id for each in known):
        return
    # The validators belong to the posts of the other machine, so the feed is requested again.
    fresh = Subscription(
        clean_line(subscription.id),
        clean_line(subscription.address),
        clean_line(subscription.title),
        clean_line(subscription.page),
        clean_line(subscription.folder),
        subscription.added_at,
        clean_line(subscription.trusted),
    )
    archive.subscriptions.save(account, [fresh])


def import_published(archive: Archive, record: Record, now: datetime) -> None:
    """Add a published list, unless it is stored already. Raises RecordError."""
    found = _typed(record, PUBLISHED, _Published)
    account, at = record.get("account"), record.get("published_at")
    if not isinstance(account, str) or account not in {each.key for each in archive.accounts()}:
        raise RecordError('"account" should be an account of this file or of this machine')
    name, list_id = clean_line(found.name), clean_line(found.list)
    if not name or not list_id:
        raise RecordError('"name" or "list" is missing')
    members = tuple(ListMember(clean_line(each.person), clean_line(each.handle)) for each in found.people)
    when = known_time(at) if isinstance(at, str) else None
    archive.published.save(PublishedList(account, name, list_id, found.own, when or now, members))


def import_draft(archive: Archive, record: Record, now: datetime) -> None:
    """Add a draft, unless there is an equal one. Raises RecordError."""
    draft = _typed(record, DRAFT, Draft)
    if any(each.draft == draft for each in archive.drafts.all()):
        return
    written = record.get("written_at")
    at = None
    if isinstance(written, str):
        at = known_time(written)
    archive.drafts.save(draft, at or now)


def with_keys(value: Any, keys: Mapping[str, str]) -> Any:
    """A record with the account keys of this machine in place of those of the machine that exported it."""
    if isinstance(value, list | tuple):
        return [with_keys(each, keys) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {name: with_keys(each, keys) for name, each in value.items()}
    key = changed.get("account")
    if isinstance(key, str):
        changed["account"] = keys.get(key, key)
    accounts = changed.get("accounts")
    if isinstance(accounts, list | tuple):
        changed["accounts"] = [keys.get(each, each) if isinstance(each, str) else each for each in accounts]
    return changed


def _typed(record: Record, name: str, kind: Any) -> Any:
    try:
        return msgspec.convert(_cleaned(record[name]), kind)
    except (msgspec.ValidationError, UnicodeError) as error:
        raise RecordError(f'"{name}" is not what an export writes: {clean_line(str(error))}') from None


def _cleaned(value: Any) -> Any:
    """A JSON value with all its texts cleaned, because the file may be hostile."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return value


def _is_loopback(server: str) -> bool:
    return server.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))

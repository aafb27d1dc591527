"""What an imported file contains: people with their ties, handles of contacts, and feeds."""

from datetime import datetime
from typing import Literal

import msgspec

from .account import Account
from .subscription import FoundFeed
from .tie import NO_TIE, Tie

ImportKind = Literal[
    "archive", "follows", "lists", "mutes", "blocks", "bookmarks", "domains", "repository", "contacts", "feeds",
    "records",
]  # fmt: skip
"""What a file is: an archive of posts, one of the CSV lists, a repository of records, contacts of an address book,
a list of feeds, or quietfeed's own records."""


class ImportedPerson(msgspec.Struct, frozen=True):
    """A person in an imported file. `id` or `handle` is "" if the file does not have it."""

    id: str = ""
    handle: str = ""
    name: str | None = None
    url: str = ""
    tie: Tie = NO_TIE
    muted: bool = False


class Contact(msgspec.Struct, frozen=True):
    """An entry of an address book: a name, mail addresses, and everything that may name a profile."""

    name: str = ""
    mails: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class ImportedFile(msgspec.Struct, frozen=True):
    """The contents of a file. `counts` are what it contains, as (noun, number); `skipped` entries were unreadable.

    `account` is the user's own account on a network without a sign-in. `owner` is the id of the
    user's account on a network that they can sign in to.
    """

    kind: ImportKind
    network: str = ""
    account: Account | None = None
    owner: str = ""
    people: tuple[ImportedPerson, ...] = ()
    contacts: tuple[Contact, ...] = ()
    feeds: tuple[FoundFeed, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    skipped: int = 0
    since: datetime | None = None
    until: datetime | None = None
    """The times of the first and the last post in an archive."""


class ImportRun(msgspec.Struct, frozen=True):
    """A recorded import. `changes` counts the rows that it added or changed, by table."""

    id: int
    at: datetime
    kind: ImportKind
    network: str
    name: str
    """The name of the file."""
    owner: str
    changes: dict[str, int]
    undone: bool = False


class ImportResult(msgspec.Struct, frozen=True):
    """What an import changed, or would change. `id` is 0 without a change, and for a dry run.

    `stayed` counts the rows that an undo did not restore, because they were changed after the import.
    """

    id: int = 0
    changes: dict[str, int] = {}
    errors: tuple[tuple[int, str], ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    stayed: int = 0

"""Reads the archive of X into people with ties.

The archive contains the user's replies, mentions and boosts, and direct conversations and follows in both directions.
Follows are only ids; handles come from the user's mentions and replies. The texts of messages are never read. Likes
have neither an author nor a time.
"""

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import BinaryIO

import msgspec

from ...models.account import Account
from ...models.errors import RecordError
from ...models.imported import ImportedFile, ImportedPerson, ImportKind
from ...models.text import clean_line
from ...models.tie import NO_TIE, Tie
from ..importing import Sample
from .archive import Archive, FileKind, looks_like_archive

_LONGEST_ID = 20
_LISTS: tuple[FileKind, ...] = ("following", "follower", "mute", "block")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}


class _Mention(msgspec.Struct, frozen=True):
    id_str: str = ""
    screen_name: str = ""
    name: str = ""


class _Entities(msgspec.Struct, frozen=True):
    user_mentions: list[_Mention] = []


class _Tweet(msgspec.Struct, frozen=True):
    created_at: str = ""
    full_text: str = ""
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    entities: _Entities = _Entities()
    tweet: "_Tweet | None" = None
    """The record itself, where the archive wraps it."""


class _AccountId(msgspec.Struct, frozen=True, rename="camel"):
    account_id: str = ""
    username: str = ""


class _Listed(msgspec.Struct, frozen=True):
    """A record of follower.js, following.js, block.js, mute.js or account.js: one of these is set."""

    follower: _AccountId | None = None
    following: _AccountId | None = None
    blocking: _AccountId | None = None
    muting: _AccountId | None = None
    account: _AccountId | None = None

    @property
    def one(self) -> _AccountId | None:
        return self.follower or self.following or self.blocking or self.muting or self.account


class _Header(msgspec.Struct, frozen=True, rename="camel"):
    sender_id: str = ""
    recipient_id: str = ""
    created_at: str = ""


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    message_create: _Header | None = None


class _Conversation(msgspec.Struct, frozen=True, rename="camel"):
    messages: list[_Message] = []


class _DirectRecord(msgspec.Struct, frozen=True, rename="camel"):
    dm_conversation: _Conversation | None = None


class _Like(msgspec.Struct, frozen=True):
    pass


class _Known(msgspec.Struct):
    """The data about one person, collected while the archive is read."""

    handle: str = ""
    name: str = ""
    named_at: datetime | None = None
    you_follow: bool | None = None
    follows_you: bool | None = None
    muted: bool = False
    replies: int = 0
    mentions: int = 0
    boosts: int = 0
    direct_to_you: int = 0
    direct_from_you: int = 0
    first: datetime | None = None
    last_to_you: datetime | None = None
    last_from_you: datetime | None = None


def recognise(sample: Sample) -> ImportKind | None:
    """Whether a file is an archive of X."""
    return "archive" if looks_like_archive(sample.members) else None


def read(file: BinaryIO, kind: ImportKind, name: str) -> ImportedFile:
    """Read an archive. Raises RecordError."""
    del name
    archive = Archive(file)
    own = _own_account(archive)
    people: dict[str, _Known] = {}
    counts: dict[str, int] = {}
    since, until = _read_tweets(archive, own.remote_id, people, counts)
    for each in _LISTS:
        _read_list(archive, each, people, counts)
    _read_headers(archive, own.remote_id, people, counts)
    counts["like"] = sum(1 for _ in archive.records("like", _Like))
    people.pop(own.remote_id, None)
    everybody = (_person(person_id, known) for person_id, known in people.items())
    # A mention in a boosted post is not contact by the user.
    found = tuple(each for each in everybody if each.tie != NO_TIE or each.muted)
    return ImportedFile(
        kind,
        own.network,
        own,
        people=found,
        counts=tuple(counts.items()),
        skipped=archive.skipped,
        since=since,
        until=until,
    )


def _own_account(archive: Archive) -> Account:
    person_id, handle = archive.account_id, archive.user_name
    for record in archive.records("account", _Listed):
        if record.one is not None:
            person_id, handle = record.one.account_id or person_id, record.one.username or handle
    if not _is_id(person_id):
        raise RecordError("The owner of this archive is unknown: its account.js contains no account.")
    return Account("x", "https://x.com", clean_line(handle)[:50].casefold() or person_id, person_id)


def _read_tweets(
    archive: Archive, own: str, people: dict[str, _Known], counts: dict[str, int]
) -> tuple[datetime | None, datetime | None]:
    since: datetime | None = None
    until: datetime | None = None
    number = 0
    for record in archive.records("tweets", _Tweet):
        tweet = record.tweet or record
        at = _time(tweet.created_at)
        if at is None:
            archive.skipped += 1
            continue
        number += 1
        since = at if since is None else min(since, at)
        until = at if until is None else max(until, at)
        _read_tweet(tweet, at, own, people)
    counts["post"] = number
    return since, until


def _read_tweet(tweet: _Tweet, at: datetime, own: str, people: dict[str, _Known]) -> None:
    replied = tweet.in_reply_to_user_id_str or ""
    mentions = {each.id_str: each for each in tweet.entities.user_mentions if _is_id(each.id_str)}
    if _is_id(replied) and replied != own:
        known = people.setdefault(replied, _Known())
        known.replies += 1
        _contact(known, at, to_you=False)
        if tweet.in_reply_to_screen_name and replied not in mentions:
            _name(known, tweet.in_reply_to_screen_name, "", at)
    boosted = ""
    if tweet.full_text.startswith("RT @"):
        boosted = next(iter(mentions), "")
    for person_id, mention in mentions.items():
        if person_id == own:
            continue
        known = people.setdefault(person_id, _Known())
        _name(known, mention.screen_name, mention.name, at)
        if boosted:
            # The other mentions are those of the boosted author.
            if person_id == boosted:
                known.boosts += 1
                _contact(known, at, to_you=False)
        elif person_id != replied:
            known.mentions += 1
            _contact(known, at, to_you=False)


def _read_list(archive: Archive, kind: FileKind, people: dict[str, _Known], counts: dict[str, int]) -> None:
    number = 0
    for record in archive.records(kind, _Listed):
        if record.one is None or not _is_id(record.one.account_id):
            archive.skipped += 1
            continue
        number += 1
        known = people.setdefault(record.one.account_id, _Known())
        if kind == "following":
            known.you_follow = True
        elif kind == "follower":
            known.follows_you = True
        else:
            known.muted = True
    if archive.has(kind):
        counts[kind] = number


def _read_headers(archive: Archive, own: str, people: dict[str, _Known], counts: dict[str, int]) -> None:
    for record in archive.records("headers", _DirectRecord):
        written: set[tuple[str, bool]] = set()
        for message in record.dm_conversation.messages if record.dm_conversation else ():
            header = message.message_create
            at = _time(header.created_at) if header else None
            if header is None or at is None or own not in (header.sender_id, header.recipient_id):
                continue
            to_you = header.sender_id != own
            other = header.sender_id if to_you else header.recipient_id
            if _is_id(other):
                _contact(people.setdefault(other, _Known()), at, to_you=to_you)
                written.add((other, to_you))
        for other, to_you in written:
            if to_you:
                people[other].direct_to_you += 1
            else:
                people[other].direct_from_you += 1
        counts["conversation"] = counts.get("conversation", 0) + bool(written)


def _contact(known: _Known, at: datetime, *, to_you: bool) -> None:
    if known.first is None or at < known.first:
        known.first = at
    if to_you:
        known.last_to_you = max(at, known.last_to_you or at)
    else:
        known.last_from_you = max(at, known.last_from_you or at)


def _name(known: _Known, handle: str, name: str, at: datetime) -> None:
    """The newest mention has the current handle."""
    if handle and (known.named_at is None or at >= known.named_at):
        known.handle, known.named_at = clean_line(handle)[:50].casefold(), at
        known.name = clean_line(name)[:200] or known.name


def _person(person_id: str, known: _Known) -> ImportedPerson:
    contacts = [each for each in (known.last_to_you, known.last_from_you) if each is not None]
    tie = Tie(
        you_follow=known.you_follow,
        follows_you=known.follows_you,
        replies_from_you=known.replies or None,
        mentions_from_you=known.mentions or None,
        boosts_from_you=known.boosts or None,
        direct_to_you=known.direct_to_you or None,
        direct_from_you=known.direct_from_you or None,
        first_contact=known.first,
        last_contact=max(contacts, default=None),
        last_to_you=known.last_to_you,
        last_from_you=known.last_from_you,
    )
    url = f"https://x.com/{known.handle}" if known.handle else ""
    return ImportedPerson(person_id, known.handle, known.name or None, url, tie, known.muted)


def _time(text: str) -> datetime | None:
    """A time such as "Tue Jul 22 02:05:43 +0000 2025", or in ISO 8601; None if it is neither."""
    parts = text[:40].split()
    try:
        if len(parts) == 6:
            hour, minute, second = parts[3].split(":")
            return datetime(
                int(parts[5]), _MONTHS[parts[1]], int(parts[2]), int(hour), int(minute), int(second), 0, UTC
            )
        at = datetime.fromisoformat(text[:40])
    except (ValueError, KeyError, OverflowError):
        return None
    if at.tzinfo is None or at.year in (MINYEAR, MAXYEAR):
        return at.replace(tzinfo=UTC)
    return at.astimezone(UTC)


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and text.isascii() and text.isdecimal()

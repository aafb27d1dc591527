"""Export and import: marks, ties, posts and accounts as JSON records, one per line.

Importing a file twice does no harm.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec.structs import replace

from ..codec.contexts import context_from_record, context_to_record
from ..codec.fields import Record, known_time, read_time, write_time
from ..codec.people import person_from_record
from ..codec.records import category_from_record, post_from_record, post_to_record
from ..codec.ties import tie_from_record, tie_to_record
from ..models.errors import RecordError
from ..models.joined import DistinctPair, Handle, PersonLink
from ..models.mark import Mark, Mute, PersonMark
from ..models.post import Post
from ..models.text import clean_line
from ..models.tie import FOREVER, Tie
from ..store.archive import Archive
from .clock import Clock
from .ingest import store_imported, store_imported_tie
from .transfer_setup import (
    ACCOUNT,
    DRAFT,
    PUBLISHED,
    SUBSCRIPTION,
    export_setup,
    import_account,
    import_draft,
    import_published,
    import_subscription,
    with_keys,
)

What = Literal["marks", "ties", "posts", "all"]
_A_PAGE = 500


class TransferService:
    """Exports and imports the user's marks, mutes and links, the ties, and the posts."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def export(self, what: What) -> Iterator[Record]:
        """All stored marks, ties or posts as records; "all" is everything that moves to another machine."""
        return export_records(self._archive, what)

    def import_records(self, records: Iterable[tuple[int, Record]]) -> tuple[dict[str, int], list[tuple[int, str]]]:
        """Import exported records, each with its line number. Returns counts by kind, and the unreadable records.

        The marks of a file are stored all together or not at all. Raises StoreError.
        """
        return import_records(self._archive, records, self._clock.now())


def export_records(archive: Archive, what: What) -> Iterator[Record]:
    """All marks (on posts and people, mutes, and links), ties, or posts that are stored.

    "all" is the accounts without tokens, marks, ties, subscriptions and drafts. Posts stay out: servers have them.
    """
    if what == "all":
        yield from export_setup(archive)
        yield from export_records(archive, "marks")
        yield from export_records(archive, "ties")
    elif what == "marks":
        for mark in archive.marks.all():
            yield {**context_to_record(mark.context), "mark": mark.category, "marked_at": write_time(mark.at)}
        for mark_on_person in archive.person_marks.all():
            yield {
                "handle": mark_on_person.handle,
                "person": mark_on_person.person_id,
                "account": mark_on_person.account,
                "word": mark_on_person.word,
                "marked_at": write_time(mark_on_person.at),
            }
        for mute in archive.mutes.all():
            end = write_time(mute.until)
            if mute.until >= FOREVER:
                end = "forever"
            yield {
                "handle": mute.handle,
                "person": mute.person_id,
                "account": mute.account,
                "muted_until": end,
                "marked_at": write_time(mute.at),
            }
        for link in archive.joins.all():
            yield {"joined": [_handle_line(each) for each in link.people], "marked_at": write_time(link.at)}
        for pair in archive.joins.apart():
            two = [_handle_line(pair.one), _handle_line(pair.other)]
            yield {"kept_apart": two, "marked_at": write_time(pair.at)}
    elif what == "ties":
        for account in archive.accounts():
            people = archive.ties.everyone(account.key)
            for person, tie in archive.ties.of(account.key, people).items():
                yield _tie_line(account.key, person, people[person], tie)
        for account_key, handle, tie in archive.ties.bare():
            yield _tie_line(account_key, "", handle, tie)
    else:
        gone = archive.rechecks.unmarked()
        below = None
        while page := archive.posts.page(_A_PAGE, below):
            below = page[-1][0]
            yield from (post_to_record(post) for _, post in page if post.key not in gone)


def import_records(
    archive: Archive, records: Iterable[tuple[int, Record]], now: datetime
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Import records of an export (or tie records of docs/cli.md). Returns counts and errors with their line numbers.

    `records` come with their line numbers. The marks of a file are stored all together or not at all.
    """
    marks: list[Mark] = []
    posts: dict[str, list[Post]] = {}
    counts = {"marks": 0, "ties": 0, "posts": 0}
    errors: list[tuple[int, str]] = []
    keys: dict[str, str] = {}
    for number, original in records:
        record = with_keys(original, keys)
        try:
            if ACCOUNT in record:
                key = import_account(archive, record)
                keys[str(record.get("account"))] = key
                counts["accounts"] = counts.get("accounts", 0) + 1
            elif SUBSCRIPTION in record:
                import_subscription(archive, record)
                counts["subscriptions"] = counts.get("subscriptions", 0) + 1
            elif PUBLISHED in record:
                import_published(archive, record, now)
                counts["lists"] = counts.get("lists", 0) + 1
            elif DRAFT in record:
                import_draft(archive, record, now)
                counts["drafts"] = counts.get("drafts", 0) + 1
            elif "text" in record and "mark" in record:
                marks.append(_mark(record, now))
                counts["marks"] += 1
            elif "word" in record:
                archive.person_marks.set(_person_mark(record, now))
                counts["marks"] += 1
            elif "muted_until" in record:
                mute = _mute(record, now)
                if mute.until > now:
                    archive.mutes.set(mute)
                counts["marks"] += 1
            elif "joined" in record:
                _import_link(archive, PersonLink(_handles(record, "joined"), _marked_at(record, now)))
                counts["marks"] += 1
            elif "kept_apart" in record:
                one, other = _handles(record, "kept_apart")[:2]
                _import_pair(archive, DistinctPair(one, other, _marked_at(record, now)))
                counts["marks"] += 1
            elif "text" in record:
                post = post_from_record(record)
                posts.setdefault(post.account, []).append(post)
                counts["posts"] += 1
            elif "handle" in record:
                person = person_from_record({"handle": record["handle"], "id": record.get("person")})
                person_id = ""
                if record.get("person"):
                    person_id = person.id
                account, tie = _string(record, "account"), tie_from_record(record)
                store_imported_tie(archive, account, person_id, person.handle, tie)
                counts["ties"] += 1
            else:
                raise RecordError("neither a mark, nor a tie, nor a post")
        except RecordError as error:
            errors.append((number, str(error)))
    archive.marks.add_all(marks)
    for account, imported in posts.items():
        store_imported(archive, account, imported, now)
    return counts, errors


def _mark(record: Record, now: datetime) -> Mark:
    category = category_from_record(record)
    if category is None:
        raise RecordError('"mark" is missing')
    return Mark(context_from_record(record), category, _marked_at(record, now))


def _person_mark(record: Record, now: datetime) -> PersonMark:
    word = record["word"]
    if word not in ("vouched", "not_known"):
        raise RecordError('"word" should be "vouched" or "not_known"')
    handle = _string(record, "handle").removeprefix("@")
    return PersonMark(_string(record, "account"), _string(record, "person"), handle, word, _marked_at(record, now))


def _mute(record: Record, now: datetime) -> Mute:
    end = _string(record, "muted_until")
    until = FOREVER
    if end != "forever":
        until = read_time(end)
    handle = _string(record, "handle").removeprefix("@")
    return Mute(_string(record, "account"), _string(record, "person"), handle, until, _marked_at(record, now))


def _import_link(archive: Archive, link: PersonLink) -> None:
    """Link the handles, unless the user has marked two of them as different people since."""
    keys = {handle.key for handle in link.people}
    if not any({pair.one.key, pair.other.key} <= keys and pair.at > link.at for pair in archive.joins.apart()):
        archive.joins.link(link.people, link.at)


def _import_pair(archive: Archive, pair: DistinctPair) -> None:
    """Mark two handles as different people, unless the user has linked them here."""
    keys = {pair.one.key, pair.other.key}
    if not any(keys <= {handle.key for handle in link.people} for link in archive.joins.all()):
        archive.joins.unlink((), [pair])


def _tie_line(account: str, person_id: str, handle: str, tie: Tie) -> Record:
    # Vouches and mutes are exported with the marks.
    plain = replace(tie, vouched=False, not_known=False, muted=None)
    return {"handle": handle, "person": person_id, "account": account, **tie_to_record(plain)}


def _handle_line(handle: Handle) -> Record:
    return {"handle": handle.handle, "person": handle.person_id, "account": handle.account}


def _handles(record: Record, name: str) -> tuple[Handle, ...]:
    people = record[name]
    if not isinstance(people, list) or not all(isinstance(each, dict) for each in people):
        raise RecordError(f'"{name}" should be a list of handles')
    found = [Handle(*(_string(each, key) for key in ("account", "person", "handle"))) for each in people]
    if len({handle.key for handle in found}) < 2 or not all(handle.person_id and handle.account for handle in found):
        raise RecordError(f'"{name}" needs two people, each with "handle", "person" and "account"')
    return tuple(found)


def _marked_at(record: Record, now: datetime) -> datetime:
    at = record.get("marked_at")
    if not isinstance(at, str):
        return now
    return known_time(at) or now


def _string(record: Record, name: str) -> str:
    value: Any = record.get(name, "")
    if not isinstance(value, str):
        raise RecordError(f'"{name}" should be a string')
    return clean_line(value)

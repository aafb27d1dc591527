"""Export and import: marks, ties and posts as JSON records, one a line; the same file twice does no harm."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from ..codec.fields import Record, known_time, read_time, write_time
from ..codec.records import category_from_record, person_from_record, post_from_record, post_to_record, tie_from_record
from ..models.errors import RecordError
from ..models.joined import DistinctPair, Handle, PersonLink
from ..models.mark import Mark, Mute, PersonMark
from ..models.post import Post
from ..models.text import clean_line
from ..models.tie import FOREVER
from ..store.archive import Archive
from ..store.marks import context_from_record, context_to_record
from ..store.ties import tie_line
from .clock import Clock
from .ingest import store_imported

What = Literal["marks", "ties", "posts"]
_A_PAGE = 500


class TransferService:
    """Exports and imports everything the user said, the ties and the posts."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def export(self, what: What) -> Iterator[Record]:
        """All marks, ties or posts that are stored, as records."""
        return export_records(self._archive, what)

    def import_records(self, records: Iterable[tuple[int, Record]]) -> tuple[dict[str, int], list[tuple[int, str]]]:
        """Import exported records, each with its line number. Returns counts by kind, and what could not be read.

        The marks of a file are stored all together or not at all. Raises StoreError.
        """
        return import_records(self._archive, records, self._clock.now())


def export_records(archive: Archive, what: What) -> Iterator[Record]:
    """All marks (on posts, then words on people, mutes, and who is one person), ties, or posts that are kept."""
    if what == "marks":
        for mark in archive.marks.all():
            yield {**context_to_record(mark.context), "mark": mark.category, "marked_at": write_time(mark.at)}
        for word in archive.ties.words():
            yield {
                "handle": word.handle,
                "person": word.person_id,
                "account": word.account,
                "word": word.word,
                "marked_at": write_time(word.at),
            }
        for mute in archive.mutes.all():
            yield {
                "handle": mute.handle,
                "person": mute.person_id,
                "account": mute.account,
                "muted_until": "forever" if mute.until >= FOREVER else write_time(mute.until),
                "marked_at": write_time(mute.at),
            }
        for join in archive.joins.all():
            yield {"joined": [_handle_line(each) for each in join.people], "marked_at": write_time(join.at)}
        for pair in archive.joins.apart():
            two = [_handle_line(pair.one), _handle_line(pair.other)]
            yield {"kept_apart": two, "marked_at": write_time(pair.at)}
    elif what == "ties":
        for account in archive.accounts():
            people = archive.ties.everyone(account.key)
            for person, tie in archive.ties.of(account.key, people).items():
                yield tie_line(account.key, person, people[person], tie)
    else:
        gone = archive.rechecks.unmarked()
        below = None
        while page := archive.posts.page(_A_PAGE, below):
            below = page[-1][0]
            yield from (post_to_record(post) for _, post in page if post.key not in gone)


def import_records(
    archive: Archive, records: Iterable[tuple[int, Record]], now: datetime
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Take records of an export (or of the contract's tie records) in; how many of each, and what could not be read.

    `records` come with their line numbers. Marks of a file are kept all together or not at all.
    """
    marks: list[Mark] = []
    posts: dict[str, list[Post]] = {}
    counts = {"marks": 0, "ties": 0, "posts": 0}
    errors: list[tuple[int, str]] = []
    for number, record in records:
        try:
            if "text" in record and "mark" in record:
                marks.append(_mark(record, now))
                counts["marks"] += 1
            elif "word" in record:
                archive.ties.say(_word(record, now))
                counts["marks"] += 1
            elif "muted_until" in record:
                mute = _mute(record, now)
                if mute.until > now:
                    archive.mutes.set(mute)
                counts["marks"] += 1
            elif "joined" in record:
                _take_join(archive, PersonLink(_handles(record, "joined"), _marked_at(record, now)))
                counts["marks"] += 1
            elif "kept_apart" in record:
                one, other = _handles(record, "kept_apart")[:2]
                _take_pair(archive, DistinctPair(one, other, _marked_at(record, now)))
                counts["marks"] += 1
            elif "text" in record:
                post = post_from_record(record)
                posts.setdefault(post.account, []).append(post)
                counts["posts"] += 1
            elif "handle" in record:
                who = person_from_record({"handle": record["handle"], "id": record.get("person")})
                person_id = who.id if record.get("person") else ""
                archive.ties.keep_imported(_string(record, "account"), person_id, who.handle, tie_from_record(record))
                counts["ties"] += 1
            else:
                raise RecordError("neither a mark, nor a tie, nor a post")
        except RecordError as error:
            errors.append((number, str(error)))
    archive.marks.add_all(marks)
    for account, kept in posts.items():
        store_imported(archive, account, kept, now)
    return counts, errors


def _mark(record: Record, now: datetime) -> Mark:
    category = category_from_record(record)
    if category is None:
        raise RecordError('"mark" is missing')
    return Mark(context_from_record(record), category, _marked_at(record, now))


def _word(record: Record, now: datetime) -> PersonMark:
    word = record["word"]
    if word not in ("vouched", "not_known"):
        raise RecordError('"word" should be "vouched" or "not_known"')
    handle = _string(record, "handle").removeprefix("@")
    return PersonMark(_string(record, "account"), _string(record, "person"), handle, word, _marked_at(record, now))


def _mute(record: Record, now: datetime) -> Mute:
    end = _string(record, "muted_until")
    until = FOREVER if end == "forever" else read_time(end)
    handle = _string(record, "handle").removeprefix("@")
    return Mute(_string(record, "account"), _string(record, "person"), handle, until, _marked_at(record, now))


def _take_join(archive: Archive, join: PersonLink) -> None:
    """Join them, unless the user has said since that two of them are two."""
    keys = {handle.key for handle in join.people}
    if not any({pair.one.key, pair.other.key} <= keys and pair.at > join.at for pair in archive.joins.apart()):
        archive.joins.link(join.people, join.at)


def _take_pair(archive: Archive, pair: DistinctPair) -> None:
    """Keep them apart, unless the user has joined them here."""
    keys = {pair.one.key, pair.other.key}
    if not any(keys <= {handle.key for handle in join.people} for join in archive.joins.all()):
        archive.joins.unlink((), [pair])


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
    return (known_time(at) if isinstance(at, str) else None) or now


def _string(record: Record, name: str) -> str:
    value: Any = record.get(name, "")
    if not isinstance(value, str):
        raise RecordError(f'"{name}" should be a string')
    return clean_line(value)

"""Reads the CSV files that Mastodon and its relatives export: https://docs.joinmastodon.org/user/moving/#export.

following_accounts.csv and muted_accounts.csv have a header. lists.csv, blocked_accounts.csv, bookmarks.csv and
domain_blocks.csv have none (some versions give the last one a header).
"""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from ...models.errors import RecordError
from ...models.imported import ImportedFile, ImportedPerson, ImportKind
from ...models.text import clean_line
from ...models.tie import NO_TIE, Tie
from ..importing import LIST_KINDS, Sample
from .handles import handle_in

_MAX_LINE = 4_000
_MOST = 200_000
_NOUNS: dict[ImportKind, str] = {
    "follows": "following",
    "lists": "list member",
    "mutes": "mute",
    "blocks": "block",
    "bookmarks": "bookmark",
    "domains": "blocked server",
}
_WORDS: tuple[tuple[str, ImportKind], ...] = (
    ("follow", "follows"),
    ("mute", "mutes"),
    ("domain", "domains"),
    ("block", "blocks"),
    ("bookmark", "bookmarks"),
    ("list", "lists"),
)
"""Words in the names of files without a header."""


def recognise(sample: Sample) -> ImportKind | None:
    """The kind of a CSV file, from its header, its columns or its name."""
    try:
        text = sample.head.decode("utf-8-sig", "strict" if len(sample.head) < 60_000 else "replace")
    except UnicodeDecodeError:
        return None
    line = next((each for each in text.splitlines() if each.strip()), "")[:_MAX_LINE]
    row = _fields(line)
    first = row[0].strip().casefold() if row else ""
    if first == "account address":
        header = {each.strip().casefold() for each in row}
        if "hide notifications" in header:
            return "mutes"
        return _named(sample) or "follows"
    if first.startswith("#domain"):
        return "domains"
    if len(row) == 2 and handle_in(row[1]):
        return "lists"
    if len(row) == 1 and first.startswith("https://"):
        return "bookmarks"
    if len(row) == 1 and (handle_in(first) or _is_host(first)):
        return _named(sample)
    return None


def _named(sample: Sample) -> ImportKind | None:
    if sample.wanted in LIST_KINDS:
        return sample.wanted
    name = sample.name.casefold()
    return next((kind for word, kind in _WORDS if word in name), None)


def _is_host(text: str) -> bool:
    return "." in text and "@" not in text and handle_in(f"a@{text}") != ""


def read(file: BinaryIO, kind: ImportKind, name: str) -> ImportedFile:
    """Read a list. Raises RecordError if it is longer than any real list."""
    del name
    people: dict[str, ImportedPerson] = {}
    number = skipped = 0
    for row in _rows(file):
        if number >= _MOST:
            raise RecordError(f"This list has more than {_MOST:,} entries.")
        value = row[1] if kind == "lists" and len(row) > 1 else row[0]
        if value.strip().casefold() in ("account address", "#domain"):
            continue
        if kind in ("bookmarks", "domains"):
            number += 1
            continue
        handle = handle_in(value.strip())
        if not handle:
            skipped += 1
            continue
        number += 1
        muted = kind in ("mutes", "blocks")
        # Only people the user follows can be in a list.
        tie = NO_TIE if muted else Tie(you_follow=True)
        people.setdefault(handle.casefold(), ImportedPerson("", clean_line(handle), tie=tie, muted=muted))
    return ImportedFile(
        kind, "mastodon", people=tuple(people.values()), counts=((_NOUNS[kind], number),), skipped=skipped
    )


def _rows(file: BinaryIO) -> Iterator[list[str]]:
    """The rows. A line that is too long becomes an empty row."""
    text = TextIOWrapper(file, "utf-8-sig", errors="replace", newline=None)
    while line := text.readline(_MAX_LINE):
        if len(line) == _MAX_LINE and not line.endswith("\n"):
            while (rest := text.readline(_MAX_LINE)) and not rest.endswith("\n"):
                pass
            yield [""]
        elif row := _fields(line.strip()):
            yield row
    # The caller closes the file.
    text.detach()


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [""]

"""Sentences about imported files: what a file is, what its import changes, and the list of imports."""

from collections.abc import Mapping
from datetime import datetime

from ..models.imported import ImportedFile, ImportKind, ImportResult, ImportRun
from .changes import count, listed

_KINDS: Mapping[ImportKind, str] = {
    "archive": "archive",
    "follows": "list of people you follow",
    "lists": "members of your lists",
    "mutes": "list of muted people",
    "blocks": "list of blocked people",
    "bookmarks": "list of bookmarks",
    "domains": "list of blocked servers",
    "repository": "export of your repository",
    "contacts": "address book",
    "feeds": "list of feeds",
    "records": "quietfeed's own records",
}
_NOUNS: Mapping[str, tuple[str, str]] = {
    "following": ("follow", "follows"),
    "block": ("blocked person", "blocked people"),
    "mute": ("muted person", "muted people"),
    "like": ("like", "likes"),
    "conversation": ("direct conversation", "direct conversations"),
}
_ROWS: Mapping[str, tuple[str, str]] = {
    "account": ("account", "accounts"),
    "person": ("person", "people"),
    "file_tie": ("tie", "ties"),
    "imported_tie": ("tie", "ties"),
    "mark": ("mark", "marks"),
    "person_mark": ("vouch", "vouches"),
    "mute": ("mute", "mutes"),
    "joined": ("joined handle", "joined handles"),
    "kept_apart": ("pair of different people", "pairs of different people"),
    "post": ("post", "posts"),
    "subscription": ("subscription", "subscriptions"),
    "contact_handle": ("handle of a contact", "handles of contacts"),
    "draft": ("draft", "drafts"),
}
NOTHING_KEPT = "quietfeed does not store bookmarks or block servers, so it imports nothing from this file"


def file_text(file: ImportedFile, label: str) -> str:
    """What a file is, in one line: "X archive of ada, 2009 to 2022: 100,000 posts, 812 follows"."""
    words = _kind_name(file.kind, label)
    if file.account is not None:
        words += f" of {file.account.handle}"
    if file.since is not None and file.until is not None:
        words += f", {_years(file.since, file.until)}"
    parts = [_number(noun, number) for noun, number in file.counts]
    if file.skipped:
        parts.append(f"{count(file.skipped, 'entry')} unreadable".replace("entrys", "entries"))
    if parts:
        return f"{words}: {', '.join(parts)}"
    return words


def result_text(result: ImportResult, *, dry: bool) -> str:
    """What an import changed, or would change."""
    if not result.changes:
        changes = "would change" if dry else "changed"
        return f"nothing {changes}: everything in the file is already stored"
    verb = "it would add or change" if dry else "added or changed"
    return f"{verb} {_rows(result.changes)}"


def undone_text(run: ImportRun, label: str, result: ImportResult) -> str:
    """What undoing an import changed."""
    words = f"undid import {run.id} ({_run_name(run, label)}): {_rows(result.changes) or 'nothing was left of it'}"
    if result.stayed:
        words += f"; kept {result.stayed:,} that you changed since"
    return words


def run_text(run: ImportRun, label: str) -> str:
    """An import in the list of imports."""
    state = ", undone" if run.undone else ""
    at = run.at.astimezone()
    return f"{run.id}: {at:%Y-%m-%d %H:%M}, {_run_name(run, label)}: {_rows(run.changes)}{state}"


def _run_name(run: ImportRun, label: str) -> str:
    return f"{run.name}, {_kind_name(run.kind, label)}"


def _kind_name(kind: ImportKind, label: str) -> str:
    """The name of a kind of file, after the label of its network."""
    if label:
        return f"{label} {_KINDS[kind]}"
    return _KINDS[kind]


def _rows(changes: Mapping[str, int]) -> str:
    totals: dict[tuple[str, str], int] = {}
    for table, number in changes.items():
        nouns = _ROWS.get(table, (table, table))
        totals[nouns] = totals.get(nouns, 0) + number
    return listed([f"{number:,} {nouns[number != 1]}" for nouns, number in totals.items()])


def _number(noun: str, number: int) -> str:
    if noun in _NOUNS:
        return f"{number:,} {_NOUNS[noun][number != 1]}"
    return count(number, noun)


def _years(since: datetime, until: datetime) -> str:
    if since.year == until.year:
        return str(since.year)
    return f"{since.year} to {until.year}"

"""Checks rows of the user's own tables."""

from .database import CALENDAR, UNREADABLE
from .journal import Row
from .marks import MarkSummary, summary_of

_TIMES = {"mark": ("at",), "person_mark": ("at",), "mute": ("at", "until"), "joined": ("at",), "kept_apart": ("at",)}
_WORDS = ("vouched", "not_known")


def is_readable(table: str, row: Row) -> bool:
    """Whether a row (column name to value) is readable."""
    try:
        if not all(CALENDAR[0] <= row[name] <= CALENDAR[1] for name in _TIMES.get(table, ())):
            return False
        if table == "mark":
            summary: MarkSummary = summary_of(
                (row["account"], row["post"], "", "", row["category"], row["at"], row["data"])
            )
            same: bool = summary.load().context.post.id == row["post"]
            return same
        return table != "person_mark" or row["word"] in _WORDS
    except UNREADABLE:
        return False

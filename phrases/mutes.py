"""The lengths of mutes: one table for the screens and --plain, and the parser of `mute --for`."""

from datetime import datetime, timedelta

import msgspec

from ..models.tie import FOREVER, UNTIL_OVER

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class MuteSpan(msgspec.Struct, frozen=True):
    """A choice: its word in --plain, its text on a screen, and its length. None lasts until the user ends it."""

    name: str
    words: str
    length: timedelta | None


MUTE_SPANS = (
    MuteSpan("hour", "an hour", timedelta(hours=1)),
    MuteSpan("day", "a day", timedelta(days=1)),
    MuteSpan("week", "a week", timedelta(weeks=1)),
    MuteSpan("ever", "until you unmute them", None),
)
UNTIL_OVER_WORD = "over"
"""The word in --plain for a mute until the account posts as usual again."""

UNMUTE = "off"
"""The word in --plain that ends a mute."""


def mute_end(span: MuteSpan, now: datetime) -> datetime:
    """When a mute that begins now ends (aware, UTC)."""
    if span.length is None:
        return FOREVER
    return now + span.length


def parse_span(text: str) -> timedelta:
    """The length of "30m", "1h", "1d" or "1w". Raises ValueError for anything else."""
    unit = _UNITS.get(text[-1:], "")
    # At most three digits, so that the end of the mute is a valid date.
    if not unit or not text[:-1].isdecimal() or not 0 < int(text[:-1]) < 1000:
        raise ValueError(text)
    return timedelta(**{unit: int(text[:-1])})


def format_expiry(at: datetime, now: datetime) -> str:
    """When a mute ends, in local time: "until Friday 14:00", "until 15:30" (today), "until 4 Dec 09:00"."""
    if at == UNTIL_OVER:
        return "until this account posts as usual again"
    if at.year == FOREVER.year:
        return "until you unmute them"
    here, there = now.astimezone(), at.astimezone()
    days = (there.date() - here.date()).days
    if days == 0:
        return f"until {there:%H:%M}"
    if 0 < days < 7:
        return f"until {there:%A %H:%M}"
    day = f"{there.day} {there:%b}"
    if there.year != here.year:
        day = f"{day} {there.year}"
    return f"until {day} {there:%H:%M}"

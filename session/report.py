"""The figures of the quiet report: hidden posts per day and cause, the noisiest authors, and the filter's certainty."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

import msgspec

from ..models.joined import PersonKey
from ..models.mark import Mark
from ..models.verdict import Level
from ..models.view import HideCause, JudgedPost, hide_cause

_DAYS = 14
_ACCOUNTS = 10
_NEWEST_MARKS = 20
_CERTAINTIES = (0.99, 0.9, 0.7, 0.0)


class Report(msgspec.Struct, frozen=True):
    """The contents of the report: newest day first, noisiest author first."""

    shown: int
    days: tuple[tuple[date, int, dict[HideCause, int]], ...]
    """A day, the number of posts it shows, and the numbers it hides by cause."""
    accounts: tuple[tuple[tuple[str, ...], int, HideCause], ...]
    """The handles of an author, the number of their hidden posts, and the most frequent cause."""
    sure: tuple[tuple[float, int], ...]
    """The lower end of a range of probabilities, and the number of posts in it; the most certain range first."""
    marked: int


def make_report(
    timeline: Sequence[JudgedPost], level: Level, handles_of: Callable[[PersonKey], Collection[PersonKey]]
) -> Report:
    """Compute the report of the loaded posts at a level. The linked handles of a person count as one author."""
    shown: Counter[date] = Counter()
    hidden: dict[date, Counter[HideCause]] = {}
    noise: dict[PersonKey, Counter[HideCause]] = {}
    names: dict[PersonKey, dict[str, None]] = {}
    sure: Counter[float] = Counter()
    for judged in timeline:
        day = _day(judged.post.at)
        sure[next(lowest for lowest in _CERTAINTIES if judged.verdict.probability >= lowest)] += 1
        if judged.verdict.shown_at(level):
            shown[day] += 1
            continue
        kind = hide_cause(judged.verdict)
        hidden.setdefault(day, Counter())[kind] += 1
        # Several accounts of the user may see the same handle; it counts as one author.
        author = judged.post.author
        handles = handles_of((judged.post.account, author.id))
        who: PersonKey = ("", author.handle)
        if len(handles) > 1:
            who = min(handles)
        noise.setdefault(who, Counter())[kind] += 1
        names.setdefault(who, {})[author.handle] = None
    days = _last_days({*shown, *hidden} - {date.min})
    loudest = sorted(noise.items(), key=lambda item: (-item[1].total(), list(names[item[0]])))[:_ACCOUNTS]
    return Report(
        shown=shown.total(),
        days=tuple((day, shown[day], dict(hidden.get(day, {}))) for day in days),
        accounts=tuple((tuple(names[who]), kinds.total(), kinds.most_common(1)[0][0]) for who, kinds in loudest),
        sure=tuple((lowest, sure[lowest]) for lowest in _CERTAINTIES if sure[lowest]),
        marked=sum(judged.mark is not None for judged in timeline),
    )


class Guesses(msgspec.Struct, frozen=True):
    """How often the filter had guessed the category with which a post was then marked."""

    of: int
    """The number of newest marks with a known guess."""
    right: int
    """How many of these guesses were right."""
    blocks: tuple[float, ...]
    """The shares of right guesses in blocks of marks, from the oldest to the newest."""


def guesses(marks: Sequence[Mark], most: int) -> Guesses:
    """Compare the marks (oldest first) with the guesses before them, in at most that many blocks of five or more."""
    known = [mark.guess == mark.category for mark in marks if mark.guess is not None]
    newest = known[-_NEWEST_MARKS:]
    size = max(5, -(-len(known) // most))
    starts = range(len(known) % size, len(known), size)
    return Guesses(len(newest), sum(newest), tuple(sum(known[at : at + size]) / size for at in starts))


def _last_days(seen: Collection[date]) -> list[date]:
    """The newest days with loaded posts, newest first, including the days between them without posts."""
    newest, oldest = max(seen, default=date.min), min(seen, default=date.max)
    return [newest - timedelta(days=back) for back in range(min((newest - oldest).days + 1, _DAYS))]


def _day(at: datetime | None) -> date:
    if at:
        return at.astimezone().date()
    return date.min

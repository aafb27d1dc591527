"""The figures of the quiet report: what is hidden per day and as what, who makes the noise, how sure the filter is."""

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
    """What the report draws: newest day first, noisiest account first."""

    shown: int
    days: tuple[tuple[date, int, dict[HideCause, int]], ...]
    """A day, how many posts it shows, and how many it hides as what."""
    accounts: tuple[tuple[tuple[str, ...], int, HideCause], ...]
    """The handles of an author, how many of their posts are hidden, and mostly as what."""
    sure: tuple[tuple[float, int], ...]
    """The lower end of a range of probabilities, and how many posts are judged with such a one; surest first."""
    marked: int


def make_report(
    timeline: Sequence[JudgedPost], level: Level, handles_of: Callable[[PersonKey], Collection[PersonKey]]
) -> Report:
    """The figures of the loaded posts at a level; a joined person, all of whose handles are told, is one account."""
    shown: Counter[date] = Counter()
    hidden: dict[date, Counter[HideCause]] = {}
    noise: dict[PersonKey, Counter[HideCause]] = {}
    names: dict[PersonKey, dict[str, None]] = {}
    sure: Counter[float] = Counter()
    for judged in timeline:
        day = _day(judged.post.at)
        sure[next(least for least in _CERTAINTIES if judged.verdict.probability >= least)] += 1
        if judged.verdict.shown_at(level):
            shown[day] += 1
            continue
        kind = hide_cause(judged.verdict)
        hidden.setdefault(day, Counter())[kind] += 1
        # What several accounts of the user see of one handle is one account's too.
        author = judged.post.author
        handles = handles_of((judged.post.account, author.id))
        who = min(handles) if len(handles) > 1 else ("", author.handle)
        noise.setdefault(who, Counter())[kind] += 1
        names.setdefault(who, {})[author.handle] = None
    days = _last_days({*shown, *hidden} - {date.min})
    loudest = sorted(noise.items(), key=lambda item: (-item[1].total(), list(names[item[0]])))[:_ACCOUNTS]
    return Report(
        shown=shown.total(),
        days=tuple((day, shown[day], dict(hidden.get(day, {}))) for day in days),
        accounts=tuple((tuple(names[who]), kinds.total(), kinds.most_common(1)[0][0]) for who, kinds in loudest),
        sure=tuple((least, sure[least]) for least in _CERTAINTIES if sure[least]),
        marked=sum(judged.mark is not None for judged in timeline),
    )


class Guesses(msgspec.Struct, frozen=True):
    """How often a post was taken for what it was then marked as, before it was marked."""

    of: int
    """Among so many of the newest marks whose guess is known,"""
    right: int
    """so many had been guessed."""
    blocks: tuple[float, ...]
    """The same as shares, for stretches of marks from the oldest to the newest."""


def guesses(marks: Sequence[Mark], most: int) -> Guesses:
    """What the marks (oldest first) say of the guesses before them, as at most that many stretches of five or more."""
    known = [mark.guess == mark.category for mark in marks if mark.guess is not None]
    newest = known[-_NEWEST_MARKS:]
    size = max(5, -(-len(known) // most))
    starts = range(len(known) % size, len(known), size)
    return Guesses(len(newest), sum(newest), tuple(sum(known[at : at + size]) / size for at in starts))


def _last_days(seen: Collection[date]) -> list[date]:
    """The newest days that posts are loaded of, newest first; a day without any stands there too, empty."""
    newest, oldest = max(seen, default=date.min), min(seen, default=date.max)
    return [newest - timedelta(days=back) for back in range(min((newest - oldest).days + 1, _DAYS))]


def _day(at: datetime | None) -> date:
    if at:
        return at.astimezone().date()
    return date.min

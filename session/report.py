"""The figures of the quiet report: what is hidden per day and as what, who makes the noise, how sure the filter is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..models.verdict import Level
from ..models.view import HiddenAs, Judged, hidden_as

_DAYS = 14
_ACCOUNTS = 10
_SURE = ((0.99, "above 99%"), (0.9, "90 to 99%"), (0.7, "70 to 90%"), (0.0, "below 70%"))


@dataclass(frozen=True, slots=True)
class Report:
    """What the report draws: newest day first, noisiest account first."""

    shown: int
    days: tuple[tuple[date, int, dict[HiddenAs, int]], ...]
    """A day, how many posts it shows, and how many it hides as what."""
    accounts: tuple[tuple[str, int, HiddenAs], ...]
    """A handle, how many of its posts are hidden, and mostly as what."""
    sure: tuple[tuple[str, int], ...]
    """How many posts are judged with how much certainty."""
    marked: int


def make_report(timeline: Sequence[Judged], level: Level) -> Report:
    """The figures of the loaded posts at a level."""
    shown: Counter[date] = Counter()
    hidden: dict[date, Counter[HiddenAs]] = {}
    noise: dict[str, Counter[HiddenAs]] = {}
    sure: Counter[str] = Counter()
    for judged in timeline:
        day = _day(judged.post.at)
        sure[next(words for least, words in _SURE if judged.verdict.probability >= least)] += 1
        if judged.verdict.shown_at(level):
            shown[day] += 1
            continue
        kind = hidden_as(judged.verdict)
        hidden.setdefault(day, Counter())[kind] += 1
        noise.setdefault(judged.post.author.handle, Counter())[kind] += 1
    days = sorted({*shown, *hidden}, reverse=True)[:_DAYS]
    loudest = sorted(noise.items(), key=lambda item: (-item[1].total(), item[0]))[:_ACCOUNTS]
    return Report(
        shown=shown.total(),
        days=tuple((day, shown[day], dict(hidden.get(day, {}))) for day in days),
        accounts=tuple((handle, kinds.total(), kinds.most_common(1)[0][0]) for handle, kinds in loudest),
        sure=tuple((words, sure[words]) for _, words in _SURE if sure[words]),
        marked=sum(judged.mark is not None for judged in timeline),
    )


def _day(at: datetime | None) -> date:
    return at.astimezone().date() if at else date.min

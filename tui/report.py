"""The quiet report: what is hidden per day and category, who makes the noise, and how sure the filter is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from textual.binding import BindingType

from ..models.verdict import Level
from ..models.view import HIDDEN_AS, HiddenAs, Judged, hidden_as
from ..session import Session
from .keys import bindings
from .panels import BAR, HEADING, QUIET, Line, PanelScreen, bar, labelled_bar
from .status import shares
from .wrap import clip

_DAYS = 14
_ACCOUNTS = 10
_WIDTH = 40
_SIGNS: dict[HiddenAs, str] = {
    "celebrity": "▓",
    "sales": "▒",
    "spam": "░",
    "stranger": "▚",
    "filtered": "▞",
    "muted": "▙",
}
"""Bars of different kinds differ without colour too."""
_STYLES: dict[HiddenAs, str] = {
    "celebrity": "$primary",
    "sales": "$accent",
    "spam": "$error",
    "stranger": "$text-muted",
    "filtered": "$secondary",
    "muted": "$text-muted",
}
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


class ReportScreen(PanelScreen):
    """The report as bars in the terminal."""

    OPENED_BY = "report"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(("report", "hidden", "train"))]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def pieces(self) -> list[Line]:
        """Per day, per account, and how sure."""
        session = self._session
        report = make_report(session.timeline, session.level)
        counts = session.counts()
        total = counts.shown + counts.hidden_total
        lines: list[Line] = [("The quiet report\n", "bold")]
        kept = f"{counts.hidden_total} of {total} loaded posts are hidden at level {session.level.name}"
        lines.append((f"{kept}{f': {shares(counts.hidden)}' if counts.hidden_total else ''}\n", QUIET))
        lines.append(("\nPer day: shown, then hidden\n", HEADING))
        most = max((shown + sum(kinds.values()) for _, shown, kinds in report.days), default=0) or 1
        for day, shown, kinds in report.days:
            lines += [f"{day:%a %d %b}  ", (bar(shown / most, _WIDTH), "$foreground")]
            lines += [(_bar(kind, kinds[kind] / most, _WIDTH), _STYLES[kind]) for kind in HIDDEN_AS if kind in kinds]
            lines.append((f" {shown} + {sum(kinds.values())}\n", QUIET))
        legend = ((f"{_SIGNS[kind]} {kind}  ", _STYLES[kind]) for kind in HIDDEN_AS if counts.hidden.get(kind))
        lines += [("            █ shown  ", "$foreground"), *legend, "\n"]
        lines.append(("\nWho makes the noise\n", HEADING))
        loudest = report.accounts[0][1] if report.accounts else 1
        for handle, count, kind in report.accounts:
            lines += [(f"{_bar(kind, count / loudest, 14):<14} ", _STYLES[kind]), f"{count:>4} {kind:<10} "]
            lines.append((f"@{clip(handle, 40)}\n", ""))
        if not report.accounts:
            lines.append(("nobody: nothing is hidden\n", QUIET))
        lines.append(("\nHow sure the filter is\n", HEADING))
        for words, count in report.sure:
            lines += [labelled_bar(count / max(total, 1), 14), f"{words:<12} {count:>5} posts\n"]
        marks = f"{session.marks} mark{'s' if session.marks != 1 else ''} so far, {report.marked} on loaded posts"
        lines += [("\nHow it learned\n", HEADING), (f"{bar(session.marks / 40, 14):<14} ", BAR), f"{marks}\n"]
        return lines


def _bar(kind: HiddenAs, share: float, width: int) -> str:
    return bar(share, width).replace("█", _SIGNS[kind])


def _day(at: datetime | None) -> date:
    return at.astimezone().date() if at else date.min

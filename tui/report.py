"""The quiet report: what is hidden per day and category, who makes the noise, and how sure the filter is."""

from typing import ClassVar

from textual.binding import BindingType

from ..models.view import HIDDEN_AS, HiddenAs
from ..models.words import shares
from ..session import Session
from ..session.report import make_report
from .keys import bindings
from .panels import BAR, HEADING, QUIET, Line, PanelScreen, bar, labelled_bar
from .wrap import clip

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

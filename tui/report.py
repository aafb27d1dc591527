"""The quiet report: what is hidden per day and as what, who makes the noise, how sure the filter is, how it learned."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..models.verdict import CATEGORIES
from ..models.view import HIDDEN_AS
from ..session import Session
from ..session.report import Report, make_report
from .charts import SIGNS, STYLES, Line, bar, columns, left_bar, stacked
from .keys import bindings
from .paint import utc_now
from .panels import HEADING, QUIET, PanelScreen
from .training import GOAL
from .wrap import clip

_WIDE = 112
"""From this many columns on, the report stands in two columns."""
_MARKED_DAYS = 28


class ReportScreen(PanelScreen):
    """The report as charts in the terminal."""

    OPENED_BY = "report"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(("report", "hidden", "train"))]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """One column, or two where there is room."""
        report = make_report(self._session.timeline, self._session.level)
        wide = self.app.size.width >= _WIDE
        half = 20 if wide else min(max((self.app.size.width - 32) // 2, 8), 24)
        head, days = self._head(min(self.app.size.width - 10, 104 if wide else 78)), self._days(report, half)
        rest = [*self._noise(report), *self._sure(report), *self._learned()]
        with VerticalScroll(classes="panel wide" if wide else "panel", can_focus=False):
            if wide:
                yield Static(Content.assemble(*head), id="panel-head")
                with Horizontal(id="panel-columns"):
                    yield Static(Content.assemble(*days), id="panel-text")
                    yield Static(Content.assemble(*rest), id="panel-rest")
            else:
                yield Static(Content.assemble(*head, *days, *rest), id="panel-text")

    def on_resize(self, event: events.Resize) -> None:
        """Another width lays the report out anew."""
        if self._laid_out and event.size.width != self._laid_out:
            self.refresh(recompose=True)
        self._laid_out = event.size.width

    @property
    def _colour(self) -> bool:
        return not getattr(self.app, "no_color", False)

    def _head(self, width: int) -> list[Line]:
        session = self._session
        counts = session.counts()
        hidden = counts.hidden_total
        total = max(counts.shown + hidden, 1)
        shares = [("shown", counts.shown / total)]
        shares += [(kind, counts.hidden.get(kind, 0) / total) for kind in HIDDEN_AS]
        lines: list[Line] = [("The quiet report\n", "bold")]
        lines.append((f"{hidden} of {counts.shown + hidden} loaded posts are hidden", ""))
        lines += [
            (f" at level {session.level.name}, {hidden / total:.0%}\n\n", QUIET),
            *stacked(shares, width, colour=self._colour),
            "\n",
        ]
        legend = [("shown", counts.shown), *((kind, counts.hidden.get(kind, 0)) for kind in HIDDEN_AS)]
        for kind, count in legend:
            if count:
                sign = "■" if self._colour else SIGNS[kind]
                lines += [(f"{sign} ", STYLES[kind]), f"{count} {kind}   "]
        return [*lines, "\n"]

    def _days(self, report: Report, half: int) -> list[Line]:
        heading = f"{'shown':>{half + 17}} │ hidden"
        lines: list[Line] = [("\nPer day", HEADING), (f"{heading[7:]}\n", QUIET)]
        most = max((max(shown, sum(kinds.values())) for _, shown, kinds in report.days), default=0) or 1
        for day, shown, kinds in report.days:
            hidden = sum(kinds.values())
            lines += [f"{day:%a %d %b} ", (f"{shown:>4} ", QUIET), (left_bar(shown / most, half), STYLES["shown"])]
            shares = [(kind, kinds[kind] / most) for kind in HIDDEN_AS if kind in kinds]
            lines += [" │ ", *stacked(shares, half, colour=self._colour), (f" {hidden or ''}\n", QUIET)]
        return lines

    def _noise(self, report: Report) -> list[Line]:
        lines: list[Line] = [("\nWho makes the noise\n", HEADING)]
        loudest = report.accounts[0][1] if report.accounts else 1
        for handle, count, kind in report.accounts:
            drawn = bar(count / loudest, 12)
            if not self._colour:
                drawn = SIGNS[kind] * max(round(count / loudest * 12), 1)
            lines += [(f"{drawn:<12}", STYLES[kind]), f"{count:>4}  ", f"@{clip(handle, 30)}\n"]
        return lines if report.accounts else [*lines, ("nobody: nothing is hidden\n", QUIET)]

    def _sure(self, report: Report) -> list[Line]:
        lines: list[Line] = [("\nHow sure the filter is\n", HEADING)]
        total = sum(count for _, count in report.sure) or 1
        for words, count in report.sure:
            lines += [(f"{bar(count / total, 12):<12}", STYLES["person"]), f"{count:>4}  ", (f"{words}\n", QUIET)]
        return lines

    def _learned(self) -> list[Line]:
        marks = self._session.marked()
        went = len(marks)
        todo = f"{GOAL - went} to go" if went < GOAL else "it knows you"
        lines: list[Line] = [("\nHow it learned\n", HEADING)]
        lines += [(f"{bar(went / GOAL, 12):░<12}", STYLES["person"]), f"{went:>4}  ", f"mark{'s' if went != 1 else ''}"]
        lines.append((f": {todo}\n", QUIET))
        kinds = Counter(category for _, category in marks)
        for category in CATEGORIES:
            if kinds[category]:
                drawn = bar(kinds[category] / went, 12)
                lines += [(f"{drawn:<12}", STYLES[category]), f"{kinds[category]:>4}  {category}\n"]
        today = utc_now().astimezone().date()
        days = Counter(at.astimezone().date() for at, _ in marks)
        counts = [days[today - timedelta(days=back)] for back in range(_MARKED_DAYS - 1, -1, -1)]
        if any(counts):
            lines += [
                (columns(counts).replace(" ", "·"), STYLES["person"]),
                (f"  marks in {_MARKED_DAYS} days\n", QUIET),
            ]
        return lines

"""The quiet report: hidden posts per day, the noisiest accounts, the filter's certainty, and its training."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ...models.mark import Mark
from ...models.verdict import CATEGORIES
from ...models.view import HIDE_CAUSES
from ...phrases.report import certainty_text
from ...phrases.review import certainty_heading, contradictions_title, estimate_text, preview_text
from ...session import Session
from ...session.report import Report, guesses, make_report
from ...session.training import GOAL
from ...session.what_if import preview_certainties, preview_levels
from ..context import app_of, key_of
from ..guard import catches_errors
from ..keys import rebind
from ..widgets.charts import SIGNS, STYLES, Line, bar, bars_up, columns, left_bar, stacked
from ..widgets.wrap import clip
from .panels import HEADING, QUIET, PanelCommands, panel_bindings, panel_width

_WIDE = 112
"""From this width on, the report has two columns."""
_MARKED_DAYS = 28
_BLOCK = 3


@catches_errors
class ReportScreen(ModalScreen[str | None]):
    """The report as charts in the terminal."""

    BINDINGS: ClassVar[list[BindingType]] = [*panel_bindings(("report", "hidden", "train", "safety", "contradictions"))]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._width = 0
        self.commands = PanelCommands(self, "report")

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)

    def compose(self) -> ComposeResult:
        """Compose one column, or two on a wide terminal."""
        report = make_report(self._session.timeline.posts, self._session.timeline.level, self._session.links.handles_of)
        wide = self.app.size.width >= _WIDE
        half = 20
        if not wide:
            half = min(max((self.app.size.width - 34) // 2, 3), 24)
        head, days = self._head(min(self.app.size.width - 10, 104 if wide else 78)), self._days(report, half)
        noise, learned = [*self._noise(report), *self._sure(report), *self._what_if()], self._learned()
        with VerticalScroll(classes="panel wide" if wide else "panel", can_focus=False):
            if wide:
                yield Static(Content.assemble(*head), id="panel-head")
                with Horizontal(id="panel-columns"):
                    yield Static(Content.assemble(*days, *learned), id="panel-text")
                    yield Static(Content.assemble(*noise), id="panel-rest")
            else:
                yield Static(Content.assemble(*head, *days, *noise, *learned), id="panel-text")

    def on_resize(self, event: events.Resize) -> None:
        """Lay the report out for a new width."""
        if self._width and event.size.width != self._width:
            self.refresh(recompose=True)
        self._width = event.size.width

    @property
    def _colour(self) -> bool:
        return not app_of(self).no_color

    def _head(self, width: int) -> list[Line]:
        session = self._session
        counts = session.timeline.counts()
        hidden = counts.hidden_total
        total = max(counts.shown + hidden, 1)
        shares = [("shown", counts.shown / total)]
        shares += [(kind, counts.hidden.get(kind, 0) / total) for kind in HIDE_CAUSES]
        lines: list[Line] = [("The quiet report\n", "bold")]
        lines.append((f"{hidden} of {counts.shown + hidden} loaded posts are hidden", ""))
        lines += [
            (f" at level {session.timeline.level.name}, {hidden / total:.0%}\n\n", QUIET),
            *stacked(shares, width, colour=self._colour),
            "\n",
        ]
        legend = [("shown", counts.shown), *((kind, counts.hidden.get(kind, 0)) for kind in HIDE_CAUSES)]
        lines += self._legend(legend)
        return [*lines, "\n"]

    def _days(self, report: Report, half: int) -> list[Line]:
        heading = f"{'shown':>{half + 9}} │ hidden"
        lines: list[Line] = [("\nPer day ", HEADING), (f"{heading}\n", QUIET)]
        most = max((max(shown, sum(kinds.values())) for _, shown, kinds in report.days), default=0) or 1
        for day, shown, kinds in report.days:
            hidden = sum(kinds.values())
            lines += [f"{day:%a %d %b} ", (f"{shown:>4} ", QUIET), (left_bar(shown / most, half), STYLES["shown"])]
            shares = [(kind, kinds[kind] / most) for kind in HIDE_CAUSES if kind in kinds]
            lines += [" │ ", *stacked(shares, half, colour=self._colour), (f" {hidden or ''}\n", QUIET)]
        return lines

    def _noise(self, report: Report) -> list[Line]:
        lines: list[Line] = [("\nHidden most often\n", HEADING)]
        loudest = max((count for _, count, _ in report.accounts), default=1)
        for handles, count, kind in report.accounts:
            drawn = bar(count / loudest, 12)
            if not self._colour:
                drawn = SIGNS[kind] * max(round(count / loudest * 12), 1)
            lines += [
                (f"{drawn:<12}", STYLES[kind]),
                f"{count:>4}  ",
                clip(" = ".join(f"@{handle}" for handle in handles), min(panel_width(self) - 18, 31)) + "\n",
            ]
        if report.accounts:
            return lines
        return [*lines, ("nobody: nothing is hidden\n", QUIET)]

    def _sure(self, report: Report) -> list[Line]:
        lines: list[Line] = [("\nHow sure the filter is\n", HEADING)]
        total = sum(count for _, count in report.sure) or 1
        for least, count in report.sure:
            lines += [
                (f"{bar(count / total, 12):<12}", STYLES["person"]),
                f"{count:>4}  ",
                (f"{certainty_text(least)}\n", QUIET),
            ]
        return lines

    def _learned(self) -> list[Line]:
        marks = self._session.marks.all()
        made = len(marks)
        kinds = Counter(mark.category for mark in marks)
        whole = max(made, GOAL)
        drawn = stacked([(kind, kinds[kind] / whole) for kind in CATEGORIES], self._learned_width, colour=self._colour)
        left = "░" * (self._learned_width - sum(len(piece[0]) for piece in drawn))
        lines: list[Line] = [("\nHow it learned\n", HEADING), *drawn, (left, STYLES["shown"])]
        lines.append(f"  {made} of {GOAL} marks\n" if made < GOAL else f"  {made:,} marks\n")
        if made:
            lines += [*self._legend([(kind, kinds[kind]) for kind in CATEGORIES]), "\n"]
        return [*lines, *self._guessed(marks), *self._marked_days(marks), *self._reviewed()]

    def _reviewed(self) -> list[Line]:
        """The estimate of the safety check, and how many marks contradict each other."""
        session = self._session
        lines: list[Line] = [
            "\n",
            *self._entry(f"{key_of(self, 'safety')} safety check", estimate_text(session.safety.estimate())),
        ]
        found = session.contradictions.find()
        if found:
            lines += self._entry(key_of(self, "contradictions"), contradictions_title(len(found)))
        return lines

    def _what_if(self) -> list[Line]:
        """Which posts would appear or vanish at the other levels, and with another certainty."""
        timeline = self._session.timeline
        lines: list[Line] = [("\nAt another level\n", HEADING)]
        for each in preview_levels(timeline.posts, timeline.level, self._session.links.handles_of):
            lines += self._entry(f"{int(each.level)} {each.level.name}", preview_text(each))
        lines.append((f"\n{certainty_heading(timeline.certainty)}\n", HEADING))
        for other in preview_certainties(timeline, self._session.links.handles_of):
            lines += self._entry(f"{other.percent}%", preview_text(other))
        return lines

    @staticmethod
    def _entry(name: str, words: str) -> list[Line]:
        return [f"{name}: ", (f"{words}\n", QUIET)]

    @property
    def _learned_width(self) -> int:
        if panel_width(self) >= 60:
            return 28
        return 12

    def _guessed(self, marks: Sequence[Mark]) -> list[Line]:
        """How often the filter had guessed the category before the user marked it. Corrections lower this."""
        found = guesses(marks, self._learned_width // _BLOCK)
        if not found.of:
            return []
        if found.of > 1:
            text = f"  {found.right} of the last {found.of} guessed right\n"
        else:
            text = "  the guess before the mark\n"
        if len(found.blocks) < 2:
            return [
                (f"{bar(found.right / found.of, self._learned_width):░<{self._learned_width}}", STYLES["person"]),
                (text, QUIET),
            ]
        upper, lower = bars_up([round(share * 100) for share in found.blocks], 100, 2, _BLOCK)
        return [(f"{upper}\n{lower:<{self._learned_width}}", STYLES["person"]), (text, QUIET)]

    def _marked_days(self, marks: Sequence[Mark]) -> list[Line]:
        today = self._session.clock.now().astimezone().date()
        days = Counter(mark.at.astimezone().date() for mark in marks)
        counts = [days[today - timedelta(days=back)] for back in range(_MARKED_DAYS - 1, -1, -1)]
        if not any(counts):
            return []
        drawn = columns(counts).replace(" ", "·")
        return [(drawn, STYLES["person"]), (f"  marks in {_MARKED_DAYS} days\n", QUIET)]

    def _legend(self, counts: Iterable[tuple[str, int]]) -> list[Line]:
        lines: list[Line] = []
        used = 0
        for kind, count in counts:
            if count:
                text = f"{count} {kind}   "
                if used and used + len(text) > panel_width(self):
                    lines, used = [*lines, "\n"], 0
                sign = "■" if self._colour else SIGNS[kind]
                lines += [(f"{sign} ", STYLES[kind]), text]
                used += len(text) + 2
        return lines

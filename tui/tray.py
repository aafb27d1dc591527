"""The hidden tray: everything that is hidden, newest first, each with why; one key brings it back."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from ..models.view import HIDDEN_AS, HiddenAs, Judged, PostKey, hidden_as
from ..session import Session
from .listing import ListingScreen
from .rows import PostRow


class TrayScreen(ListingScreen):
    """Hidden posts, all or of one kind. What is marked here stays in its place until the tray is left."""

    EMPTY = "Nothing is hidden at this level."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "kind", show=False), Binding("h", "leave", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._kind: HiddenAs | None = None
        self._seen: list[PostKey] = [judged.key for judged in session.timeline if self._hidden(judged)]

    def _hidden(self, judged: Judged) -> bool:
        return not judged.verdict.shown_at(self.session.level)

    def listed(self) -> Sequence[PostRow]:
        """What was hidden when the tray was opened or is hidden since, of the chosen kind."""
        known = set(self._seen)
        self._seen += [each.key for each in self.session.timeline if self._hidden(each) and each.key not in known]
        rows = []
        for key in self._seen:
            judged = self.session.judged(key)
            if judged is None:
                continue
            if not self._hidden(judged):
                rows.append(self.row(judged, "back in the timeline · u undoes"))
            elif self._kind in (None, hidden_as(judged.verdict)):
                reason = judged.verdict.reasons[0].text if judged.verdict.reasons else ""
                rows.append(self.row(judged, f"hidden as {hidden_as(judged.verdict)}: {reason}"))
        return rows

    def title_line(self) -> str:
        """How many are hidden, as what, and which are listed."""
        counts = self.session.counts()
        shares = ", ".join(f"{counts.hidden[kind]} {kind}" for kind in HIDDEN_AS if counts.hidden.get(kind))
        what = f"only {self._kind}" if self._kind else "all"
        return f"{counts.hidden_total} hidden: {shares} · showing {what} (tab)" if shares else "nothing is hidden"

    def action_kind(self) -> None:
        """The next kind, then all again."""
        counts = self.session.counts()
        kinds: list[HiddenAs | None] = [None, *(kind for kind in HIDDEN_AS if counts.hidden.get(kind))]
        at = kinds.index(self._kind) if self._kind in kinds else 0
        self._kind = kinds[(at + 1) % len(kinds)]
        self.redraw()

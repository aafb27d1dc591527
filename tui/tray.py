"""The hidden tray: everything that is hidden, newest first, each with why; one key brings it back."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from ..models.view import HIDDEN_AS, HiddenAs, PostKey, hidden_as
from ..models.words import shares
from ..session import Session
from .listing import ListingScreen
from .rows import PostRow


class TrayScreen(ListingScreen):
    """Hidden posts, all or of one kind. What is marked here stays in its place until the tray is left."""

    EMPTY = "Nothing is hidden here."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "kind", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._kind: HiddenAs | None = None
        self._listed: dict[PostKey, HiddenAs] = {}

    def listed(self) -> Sequence[PostRow]:
        """What was hidden when the tray was opened or is hidden since, of the chosen kind."""
        rows = []
        for judged in self.session.timeline:
            if self.hidden(judged):
                self._listed[judged.key] = hidden_as(judged.verdict)
            kind = self._listed.get(judged.key)
            if kind is None or self._kind not in (None, kind):
                continue
            back = "back in the timeline"
            rows.append(PostRow(judged, note=self.why_hidden(judged) or back))
        return rows

    def title_line(self) -> str:
        """How many are hidden, as what, and which are listed."""
        counts = self.session.counts()
        total = counts.hidden_total
        if self._kind is not None:
            return f"hidden · {counts.hidden.get(self._kind, 0)} of {total}: {self._kind} · tab: the next kind"
        if not total:
            return f"hidden · nothing at level {self.session.level.name}"
        return f"hidden · {total}: {shares(counts.hidden)} · tab or 1-6: one kind"

    def action_do(self, name: str) -> None:
        """The keys of the levels choose a kind here."""
        if name.startswith("level_") and name[-1].isdigit() and not self._count:
            self._choose(HIDDEN_AS[int(name[-1]) - 1])
        else:
            super().action_do(name)

    def action_count(self, digit: str) -> None:
        """5 and 6 are kinds too, as long as no count has begun."""
        if digit in "56" and not self._count:
            self._choose(HIDDEN_AS[int(digit) - 1])
        else:
            super().action_count(digit)

    def action_kind(self) -> None:
        """The next kind that holds something, then all again."""
        kinds: list[HiddenAs | None] = [None, *(kind for kind in HIDDEN_AS if kind in self._listed.values())]
        at = kinds.index(self._kind) if self._kind in kinds else 0
        self._choose(kinds[(at + 1) % len(kinds)])

    def _choose(self, kind: HiddenAs | None) -> None:
        self._kind = None if kind == self._kind else kind
        self.redraw()

    def do_hidden(self) -> None:
        """The key that opened the tray closes it."""
        self.leave()

"""The hidden tray: everything that is hidden, newest first, each with why; one key brings it back."""

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from ...models.view import HIDE_CAUSES, HideCause, PostKey, hide_cause
from ...models.words import shares
from ...session import Session
from ..messages import NearEnd, Selected
from ..widgets.rows import PostRow
from .listing import ListingScreen

AHEAD = 20
"""So many hidden posts are listed beyond the cursor, where so many are kept."""
LOOK = 1000
"""So many kept posts are looked through for them after one key: where nothing is hidden that would never end."""
_SLICE = 25


class TrayScreen(ListingScreen):
    """Hidden posts, all or of one kind. What is marked here stays in its place until the tray is left."""

    EMPTY = "Nothing is hidden here."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "kind", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._kind: HideCause | None = None
        self._listed: dict[PostKey, HideCause] = {}
        self._looking = False
        self._looked = 0

    def listed(self) -> Sequence[PostRow]:
        """What was hidden when the tray was opened or is hidden since, of the chosen kind."""
        rows = []
        for judged in self.session.timeline:
            if self.hidden(judged):
                self._listed[judged.key] = hide_cause(judged.verdict)
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

    def on_selected(self, message: Selected) -> None:
        """The cursor may have come near an end of what is listed."""
        message.stop()
        self._look()

    def on_near_end(self, message: NearEnd) -> None:
        """Every key at the end looks on."""
        message.stop()
        self._looked = 0
        self._look()

    def _look(self) -> None:
        """Go on to hidden posts that are kept and not loaded yet, a few at a time, as the cursor comes near to them."""
        if not self._looking and self.on_top and self._lacking():
            self._looking = True
            self.run_worker(self._looker(), name="reading what is kept", group="kept", exit_on_error=False)

    async def _looker(self) -> None:
        try:
            while self.on_top and (load := self._lacking()):
                before = len(self.timeline.rows)
                self._looked += load(_SLICE)
                self.redraw()
                if self._looked >= LOOK and len(self.timeline.rows) == before:
                    self.say(f"none among {self._looked:,} posts beyond these: {self.key_of('down')} looks on")
                # Keys go first.
                await asyncio.sleep(0.02)
        finally:
            self._looking = False

    def _lacking(self) -> Callable[[int], int] | None:
        """What loads posts on the side of the cursor where too few hidden ones are listed and more posts are kept."""
        cursor, rows = self.timeline.cursor, len(self.timeline.rows)
        if self._looked >= LOOK:
            return None
        if not self.session.complete and rows - cursor <= AHEAD:
            return self.session.load
        return self.session.load_newer if not self.session.newest and cursor < AHEAD else None

    def action_do(self, name: str) -> None:
        """The keys of the levels choose a kind here."""
        self._looked = 0
        if name.startswith("level_") and name[-1].isdigit() and not self._count:
            self._choose(HIDE_CAUSES[int(name[-1]) - 1])
        else:
            super().action_do(name)

    def action_count(self, digit: str) -> None:
        """5 and 6 are kinds too, as long as no count has begun."""
        if digit in "56" and not self._count:
            self._choose(HIDE_CAUSES[int(digit) - 1])
        else:
            super().action_count(digit)

    def action_kind(self) -> None:
        """The next kind that holds something, then all again."""
        kinds: list[HideCause | None] = [None, *(kind for kind in HIDE_CAUSES if kind in self._listed.values())]
        at = kinds.index(self._kind) if self._kind in kinds else 0
        self._choose(kinds[(at + 1) % len(kinds)])

    def _choose(self, kind: HideCause | None) -> None:
        self._kind = None if kind == self._kind else kind
        self.redraw()

    def do_hidden(self) -> None:
        """The key that opened the tray closes it."""
        self.leave()

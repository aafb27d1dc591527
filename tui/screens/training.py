"""The training queue: the posts whose mark would teach most, and how far the filter has come."""

from collections.abc import Sequence

from ...models.view import Change, PostKey
from ...session import Session
from ..widgets.charts import bar
from ..widgets.rows import PostRow
from .listing import ListingScreen

GOAL = 40
"""So many marks until the filter is said to know the user: where the curves of docs/benchmarks.md flatten."""


class TrainingScreen(ListingScreen):
    """Uncertain posts that differ from each other; a mark goes on to the next."""

    EMPTY = "The filter is sure of everything that is loaded. Come back after the next refresh."

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._queue: list[PostKey] = session.training_queue()

    def listed(self) -> Sequence[PostRow]:
        """The queue, with what each is taken for."""
        rows = []
        for key in self._queue:
            judged = self.session.judged(key)
            if judged is not None:
                verdict = judged.verdict
                guess = f"taken for {verdict.category}, {verdict.probability:.0%} sure"
                rows.append(PostRow(judged, note=f"marked {judged.mark}" if judged.mark else guess))
        return rows

    def redraw(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """After a lesson, what teaches most has changed: the rest of the queue is ordered anew."""
        if effect is not None and effect.key is None and select is None:
            kept = self._queue[: self.timeline.cursor + 1]
            self._queue = kept + [key for key in self.session.training_queue() if key not in kept]
        super().redraw(effect, select=select)

    def title_line(self) -> str:
        """How far the filter has come."""
        marks = self.session.marks.count
        state = "your filter knows you" if marks >= GOAL else f"{GOAL - marks} to go until your filter knows you"
        return f"training · {bar(marks / GOAL, 20):░<20} {marks} mark{'s' if marks != 1 else ''} · {state}"

    def do_train(self) -> None:
        """The key that opened the queue closes it."""
        self.leave()

"""A Lesson: the marks as they are now, learned off the UI's loop, and the loaded posts judged with the result."""

from collections.abc import Mapping
from datetime import datetime

from ..filters.judge import judge
from ..models.case import Case
from ..models.mark import Mark, Said
from ..models.verdict import Verdict
from ..models.view import PostKey
from ..models.weights import Weights


class Lesson:
    """Pure data in, weights and verdicts out: `run` touches neither store nor screen, so any thread may call it.

    `state` is the state of the marks it was made from; a lesson of an older state is dropped.
    """

    def __init__(
        self, state: str, starter: Weights, marks: list[Mark], said: Said, cases: Mapping[PostKey, Case], now: datetime
    ) -> None:
        self.state = state
        self._starter = starter
        self._marks = marks
        self._said = said
        self._cases = cases
        self._now = now
        self.weights: Weights | None = None
        self.verdicts: dict[PostKey, tuple[Case, Verdict]] = {}

    def run(self) -> None:
        """Learn, and judge again. Imports scikit-learn, which takes about a second the first time."""
        from ..filters.learn import learn

        weights = learn(self._starter, self._marks) if self._marks else self._starter
        self.verdicts = {
            key: (case, judge(case, weights, said=self._said, now=self._now)) for key, case in self._cases.items()
        }
        self.weights = weights

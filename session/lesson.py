"""A Lesson: the marks as they are now, what is learned from them, and how that is kept."""

from collections.abc import Sequence
from contextlib import suppress

from .. import __version__
from ..filters.starter import starter
from ..models.errors import RecordError
from ..models.mark import Mark
from ..models.weights import Weights, weights_from_bytes, weights_to_bytes
from ..store.archive import Archive
from ..store.marks import MarkHead, Marks


class Lesson:
    """The marks in, weights out. Learning touches neither store nor screen, so any thread may do it.

    `state` is the state of the marks it was made from; a lesson of an older state is dropped.
    """

    def __init__(self, state: str, marks: Sequence[Mark | MarkHead]) -> None:
        self.state = state
        self._marks = marks
        self.weights: Weights | None = None
        self.data = b""
        """What was learned, as it is kept; empty where there is nothing beside the starter."""

    @property
    def marks(self) -> list[Mark]:
        """The marks, oldest first. Raises StoreError and RecordError where one that was kept is damaged."""
        return [mark.whole() for mark in self._marks]

    def run(self) -> None:
        """Learn here and now. Imports scikit-learn: a second, and 110 MB that stay (session/learner.py)."""
        from ..filters.learn import learn

        marks = self.marks
        self.learned(weights_to_bytes(learn(starter(), marks)) if marks else b"")

    def learned(self, data: bytes) -> None:
        """Take what was learned from the marks, here or elsewhere. Raises RecordError where it is no such thing."""
        self.data = data
        self.weights = weights_from_bytes(data, starter()) if data else starter()

    def keep(self, archive: Archive) -> None:
        """Keep what was learned. Another version of quietfeed, which may read posts otherwise, learns again."""
        archive.set_facts(learned=self.data, learned_from=f"{__version__} {self.state}")


def kept_weights(archive: Archive) -> tuple[Weights, str]:
    """What was learned last, with the state of the marks it was learned from; else the starter, from no marks."""
    kept, learned_from = archive.fact("learned"), archive.fact("learned_from")
    if isinstance(kept, bytes) and isinstance(learned_from, str):
        version, _, state = learned_from.partition(" ")
        # Written by another quietfeed, or damaged: the marks are all there and are learned again.
        with suppress(RecordError):
            if version == __version__:
                return weights_from_bytes(kept, starter()) if kept else starter(), state
    return starter(), Marks.NONE

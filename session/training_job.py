"""A TrainingJob: the marks as they are now, the weights that are learned from them, and how these are kept."""

from collections.abc import Sequence
from contextlib import suppress

from .. import __version__
from ..codec.weights import weights_from_bytes, weights_to_bytes
from ..filters.base_model import base_model
from ..models.context import PostContext
from ..models.errors import RecordError
from ..models.mark import Mark
from ..models.weights import Weights
from ..store.archive import Archive
from ..store.marks import Marks, MarkSummary, load_readable
from .examples import Examples


class TrainingJob:
    """Marks in, weights out. It touches no screen, so any thread may run it.

    `state` is the state of the marks it was made from; a job of an older state is dropped. `examples` gives posts of
    known people that are learned beside the marks.
    """

    def __init__(self, state: str, marks: Sequence[Mark | MarkSummary], examples: Examples | None = None) -> None:
        self.state = state
        self._marks = marks
        self._examples = examples
        self._read: list[PostContext] | None = None
        self.weights: Weights | None = None
        self.data = b""
        """What was learned, as it is kept; empty where there is nothing beside the starter."""

    @property
    def marks(self) -> list[Mark]:
        """The marks, oldest first. Those that are damaged in the database are left out."""
        return load_readable(self._marks)

    def examples(self, marks: Sequence[Mark]) -> list[PostContext]:
        """Posts of known people to learn beside these marks, none without marks. Raises StoreError."""
        if self._read is not None:
            return self._read
        if self._examples and marks:
            return self._examples(marks)
        return []

    def read_marks(self) -> None:
        """Read the marks in full; they stay read. Any thread may."""
        load_readable(self._marks)

    def read_examples(self) -> None:
        """Read the examples now. The store answers only the thread that opened it, and `learn` runs in another."""
        self._read = self.examples(self.marks)

    def run(self) -> None:
        """Learn here and now. Imports scikit-learn: a second, and 110 MB that stay (session/trainer.py)."""
        from ..filters.learn import learn

        marks = self.marks
        examples = self.examples(marks)
        self.learned(weights_to_bytes(learn(base_model(), marks, examples)) if marks else b"")

    def learned(self, data: bytes) -> None:
        """Take what was learned from the marks, here or elsewhere. Raises RecordError where it is no such thing."""
        self.data = data
        if data:
            self.weights = weights_from_bytes(data, base_model())
        else:
            self.weights = base_model()

    def keep(self, archive: Archive) -> None:
        """Keep what was learned. Another version of quietfeed, which may read posts otherwise, learns again."""
        archive.set_state(learned=self.data, learned_from=f"{__version__} {self.state}")


def kept_weights(archive: Archive) -> tuple[Weights, str]:
    """What was learned last, with the state of the marks it was learned from; else the starter, from no marks."""
    kept, learned_from = archive.get_state("learned"), archive.get_state("learned_from")
    if isinstance(kept, bytes) and isinstance(learned_from, str):
        version, _, state = learned_from.partition(" ")
        # Written by another quietfeed, or damaged: the marks are all there and are learned again.
        with suppress(RecordError):
            if version == __version__:
                return weights_from_bytes(kept, base_model()) if kept else base_model(), state
    return base_model(), Marks.NONE

"""A TrainingJob: the current marks, the weights trained from them, and how these are stored."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from .. import __version__
from ..codec.weights import weights_from_bytes, weights_to_bytes
from ..filters.base_model import base_model
from ..models.errors import RecordError
from ..models.mark import Mark
from ..models.weights import Weights
from ..store.archive import Archive
from ..store.marks import Marks, MarkSummary, load_readable

if TYPE_CHECKING:
    from ..filters.examples import Unmarked
    from .examples import Examples


class TrainingJob:
    """Trains weights from marks. It uses no screen, so any thread may run it.

    `state` is the state of the marks when it was made; a job with an older state is dropped. `examples` returns posts
    of known people as additional examples, and posts of strangers.
    """

    def __init__(self, state: str, marks: Sequence[Mark | MarkSummary], examples: "Examples | None" = None) -> None:
        self.state = state
        self._marks = marks
        self._examples = examples
        self._read: Unmarked | None = None
        self.weights: Weights | None = None
        self.data = b""
        """The encoded weights; empty if there is only the base model."""

    @property
    def marks(self) -> list[Mark]:
        """The readable marks, oldest first."""
        return load_readable(self._marks)

    def examples(self, marks: Sequence[Mark]) -> "Unmarked":
        """Examples by known people, and posts of strangers; none without marks. Raises StoreError."""
        if self._read is not None:
            return self._read
        if self._examples and marks:
            return self._examples(marks)
        from ..filters.examples import Unmarked

        return Unmarked()

    def read_marks(self) -> None:
        """Read the marks in full and cache them. Any thread may call this."""
        load_readable(self._marks)

    def read_examples(self) -> None:
        """Read the examples now, because the database can only be used in its own thread, and `learn` runs in
        another.
        """
        self._read = self.examples(self.marks)

    def run(self) -> None:
        """Train in this process. Imports scikit-learn, which takes a second and 110 MB (session/trainer.py)."""
        from ..filters.learn import learn

        marks = self.marks
        found = self.examples(marks)
        data = b""
        if marks:
            data = weights_to_bytes(learn(base_model(), marks, found.examples, strangers=found.strangers))
        self.set_weights(data)

    def set_weights(self, data: bytes) -> None:
        """Set the encoded weights trained from the marks. Raises RecordError if they cannot be decoded."""
        self.data = data
        if data:
            self.weights = weights_from_bytes(data, base_model())
        else:
            self.weights = base_model()

    def save(self, archive: Archive) -> None:
        """Store the weights. Another version of quietfeed trains again, because it may compute other features."""
        archive.set_state(learned=self.data, learned_from=f"{__version__} {self.state}")


def stored_weights(archive: Archive) -> tuple[Weights, str]:
    """The stored weights with the state of their marks; else the base model, which belongs to no marks."""
    data, learned_from = archive.get_state("learned"), archive.get_state("learned_from")
    if not isinstance(data, bytes) or not isinstance(learned_from, str):
        return base_model(), Marks.NONE
    version, _, state = learned_from.partition(" ")
    if version != __version__:
        return base_model(), Marks.NONE
    if not data:
        return base_model(), state
    # Damaged weights are trained again from the marks.
    with suppress(RecordError):
        return weights_from_bytes(data, base_model()), state
    return base_model(), Marks.NONE

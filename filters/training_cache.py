"""Values that one training computed and the next one needs again. The cache never changes the result of a training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from ..models.context import PostContext
from ..models.weights import FourNumbers, Linear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Fitted = tuple[NDArray[np.int64], NDArray[np.float64], float, NDArray[np.float64]]
    """Keys of the columns, ascending; a weight for each; the bias; the weights of word vectors, then their bias."""

    Row = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]
    """The keys and values of a context, and the sum of the vectors of its words."""

NEWEST = 3_000
"""How many of the newest marks are learned. Spammers change their words, and training must take under a second."""

_Value = TypeVar("_Value")


class _ByContext(Generic[_Value]):
    """Values by the identity of a context: comparing contexts would take longer than computing most values."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[PostContext, _Value]] = {}

    def get(self, context: PostContext) -> _Value | None:
        known = self._known.get(id(context))
        if known is not None and known[0] is context:
            return known[1]
        return None

    def set(self, context: PostContext, value: _Value) -> None:
        if len(self._known) > 2 * NEWEST:
            self._known.clear()
        # The context is kept beside its value, so that its id is not reused.
        self._known[id(context)] = (context, value)


class TrainingCache:
    """The cache of one trainer. `learn` fills it; its owner keeps it between trainings with the same marks."""

    def __init__(self) -> None:
        self.rows: _ByContext[Row] = _ByContext()
        self.names: dict[int, str] = {}
        """The names of features, by the keys that stand for them in a row."""
        self.fitted: dict[int, tuple[Sequence[PostContext], NDArray[np.int64], NDArray[np.float64], Fitted]] = {}
        """The models of the first marks, by their number. The numbers double, so there are few."""
        self.logits: _ByContext[tuple[Linear, FourNumbers]] = _ByContext()
        """The output of a base model for each context."""
        self.texts: _ByContext[PostContext] = _ByContext()
        """The contexts of strangers' posts with nothing but their texts."""
        self.evidence: _ByContext[tuple[Linear, FourNumbers]] = _ByContext()
        """The evidence beside a base model for each context."""

"""The log-odds of noise that models give to the posts of a training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..models.context import PostContext
from ..models.weights import Blend, FourNumbers, Weights
from .score import Scorer
from .training_cache import TrainingCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def base_odds(
    base_model: Weights, contexts: Sequence[PostContext], blend: Blend, cache: TrainingCache
) -> "NDArray[np.float64]":
    """The base model's log-odds of noise."""
    import numpy as np

    plain = Scorer(replace(base_model, personal=None, blend=Blend()))
    logits = np.array([_base_logits(plain, context, cache) for context in contexts])
    return np.asarray(np.logaddexp.reduce(logits[:, 1:] + np.array(blend.kinds), axis=1) - logits[:, 0])


def blended(blend: Blend, base: "NDArray[np.float64]", personal: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The log-odds of noise that a Scorer gives to posts, from those of both models."""
    import numpy as np

    return np.asarray(blend.base_model * base + np.minimum(blend.personal * personal, blend.limit) + blend.shift)


def _base_logits(plain: Scorer, context: PostContext, cache: TrainingCache) -> FourNumbers:
    known = cache.logits.get(context)
    if known is not None and known[0] is plain.weights.base_model:
        return known[1]
    logits = plain.score(context).logits
    cache.logits.set(context, (plain.weights.base_model, logits))
    return logits

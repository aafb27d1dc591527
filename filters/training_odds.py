"""The log-odds of noise that models give to the posts of a training."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..models.context import PostContext
from ..models.verdict import CATEGORIES
from ..models.weights import Blend, FourNumbers, Weights
from .facts import evidence
from .score import Scorer
from .ties import strength
from .training_cache import TrainingCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def base_odds(
    base_model: Weights, contexts: Sequence[PostContext], blend: Blend, cache: TrainingCache
) -> "NDArray[np.float64]":
    """The base model's log-odds of noise."""
    return _odds(_logits(_plain(base_model), contexts, blend, cache))


def evidence_odds(
    base_model: Weights, contexts: Sequence[PostContext], blend: Blend, cache: TrainingCache
) -> "NDArray[np.float64]":
    """What the rules and the author's posts together added to the base model's log-odds of noise."""
    import numpy as np

    plain = _plain(base_model)
    logits = _logits(plain, contexts, blend, cache)
    both = logits + np.array([_evidence(plain, context, cache) for context in contexts])
    return _odds(both) - _odds(logits)


def blended(blend: Blend, base: "NDArray[np.float64]", personal: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The log-odds of noise that a Scorer gives to posts, from those of both models."""
    import numpy as np

    added = np.minimum(blend.personal * personal, blend.limit)
    return np.asarray(blend.base_model * base + added + blend.shift)


def _plain(base_model: Weights) -> Scorer:
    return Scorer(replace(base_model, personal=None, blend=Blend()))


def _logits(
    plain: Scorer, contexts: Sequence[PostContext], blend: Blend, cache: TrainingCache
) -> "NDArray[np.float64]":
    """The base model's logits, one row for each post, with the user's own frequencies of the kinds of noise."""
    import numpy as np

    logits = np.array([_base_logits(plain, context, cache) for context in contexts])
    logits[:, 1:] += np.array(blend.kinds)
    return logits


def _odds(logits: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    return np.asarray(np.logaddexp.reduce(logits[:, 1:], axis=1) - logits[:, 0])


def _evidence(plain: Scorer, context: PostContext, cache: TrainingCache) -> FourNumbers:
    """The evidence for each category, at the time of the post: a training depends on nothing else."""
    known = cache.evidence.get(context)
    if known is not None and known[0] is plain.weights.base_model:
        return known[1]
    now = context.post.created_at or _LONG_AGO
    four = dict.fromkeys(CATEGORIES, 0.0)
    for category, reason in evidence(context, plain.score(context), strength(context.tie, now), now):
        four[category] += reason.weight
    person, celebrity, sales, spam = four.values()
    cache.evidence.set(context, (plain.weights.base_model, (person, celebrity, sales, spam)))
    return (person, celebrity, sales, spam)


def _base_logits(plain: Scorer, context: PostContext, cache: TrainingCache) -> FourNumbers:
    known = cache.logits.get(context)
    if known is not None and known[0] is plain.weights.base_model:
        return known[1]
    logits = plain.score(context).logits
    cache.logits.set(context, (plain.weights.base_model, logits))
    return logits

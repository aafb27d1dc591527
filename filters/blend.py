"""How far to trust the base model and the personal model, and the probability above which a guess hides a post."""

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..models.context import PostContext
from ..models.mark import Mark
from ..models.verdict import CATEGORIES
from ..models.weights import HIDE_THRESHOLD, NO_LIMIT, Blend
from .duplicates import mark_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_BLOCK = 16
_PULL = 4.0
"""The weight of the prior of the blend, in marks."""

_SAFE_LINES = (0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9)
_LINES = (0.97, 0.95, 0.93, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7)
_MOST_LOST = 0.008
"""The limit behind the threshold: at most this share of the marks as `person` may have been above it before they
were learned. Half a mark is added for safety, so fewer than sixty marks change nothing.
"""

MOST_NOISE = 1.5
LEAST_MASS = 0.5
"""Noise counts at most 1.5 times as much as posts by people, and at least half a mark."""

_ENOUGH_PEOPLE = 20
_LOOSE = 8.0
_MOST_TRUST = 0.8
"""The limits of the trust in the personal model: with marks of both classes, and with marks on noise alone."""

THRESHOLD_WITH_STRANGERS = 0.8
THRESHOLD_WITH_EXAMPLES = 0.96
"""The thresholds if examples replace marks as `person`: with a correction by posts of strangers, and without."""

_LIMIT = 3.1
_LIMIT_BY_MARK = 0.05
"""While noise leads, the personal model adds at most 3.1 to the log-odds of noise, and 0.05 more for each mark as
`person`.

Friends may write differently from strangers. Anything that strangers and noise have in common then looks like noise,
and the examples cannot disprove it. With the limit, a guess hides only posts that the base model doubts too (above
0.4).
"""

ENOUGH_STRANGERS = 20
_SPARE = 0.5
_MOST_EXCESS = 4.0
_PRECISION = 0.01
"""With at least twenty posts of strangers, the personal model's excess about them is removed, except for the first 0.5
of its log-odds, and at most 4.
"""

_AGREES = 0.3
_MOST_SPREAD = 1.2
"""The personal model is trusted fully if its order of strangers' posts correlates with the base model's by 0.3
(Spearman), and the standard deviation of its log-odds is at most 1.2. With 0.2 and 1.5, more posts of people are hidden
where the user follows few broadcasters.
"""

_HANDFUL = 10
_BOLD = 1.3
"""A model of few marks is right more often than its odds suggest. They are scaled by this until the blend is fitted."""


_TAUGHT = 0.4
_TAUGHT_WEIGHT = 0.5
_TAUGHT_PART = 0.25
_EQUAL = 0.5
"""This share of the strangers' posts is learned as `person`: those with the lowest log-odds of noise in both models
(those of the personal model are about twice as large). Each counts half, all together at most a quarter of the noise.
"""


class Samples(msgspec.Struct, frozen=True):
    """The training samples, in order. `free` samples are examples, the others marks.

    `weights` are the weights for noise against person, `kind_weights` those for the kinds of noise.
    """

    contexts: list[PostContext]
    targets: "NDArray[np.int64]"
    weights: "NDArray[np.float64]"
    kind_weights: "NDArray[np.float64]"
    free: "NDArray[np.bool_]"

    @property
    def balance(self) -> float:
        """The weight of the samples as `person` relative to noise, at most 1."""
        person, noise = self.mass
        if noise:
            return min(person / noise, 1.0)
        return 1.0

    @property
    def marked_balance(self) -> float:
        """The weight of the marks as `person` relative to those on noise, at most 1."""
        marked = (self.targets == 0) & ~self.free
        _, noise = self.mass
        if noise:
            return min(float(self.kind_weights[marked].sum()) / noise, 1.0)
        return 1.0

    @property
    def counted(self) -> bool:
        """Whether there are enough marks as `person` to estimate the share of noise without examples."""
        return not self.free.any() and self.balance >= 1 / MOST_NOISE

    @property
    def mass(self) -> tuple[float, float]:
        """The total weights of the samples as `person` and as noise."""
        noise = self.targets != 0
        return float(self.kind_weights[~noise].sum()), float(self.kind_weights[noise].sum())


def make_samples(marks: Sequence[Mark], examples: Sequence[PostContext]) -> tuple[Samples, int]:
    """The marks with examples among them, and the number of those examples.

    An example follows a noise mark while noise leads, so later marks do not change the order of earlier samples.
    """
    import numpy as np

    contexts: list[PostContext] = []
    targets: list[int] = []
    counts: list[float] = []
    free: list[bool] = []
    weights = mark_weights(marks)
    needed = sum(-weight if mark.category == "person" else weight for mark, weight in zip(marks, weights, strict=True))
    most = min(round(needed), len(examples))
    ahead, used = 0.0, 0
    for mark, weight in zip(marks, weights, strict=True):
        contexts.append(mark.context)
        targets.append(CATEGORIES.index(mark.category))
        counts.append(weight)
        free.append(False)
        ahead += -weight if mark.category == "person" else weight
        if used < min(most, round(ahead)):
            contexts.append(examples[used])
            targets.append(0)
            counts.append(1.0)
            free.append(True)
            used += 1
    y, kind_weights = np.array(targets), np.array(counts)
    samples = Samples(contexts, y, kind_weights, kind_weights, np.array(free))
    person, noise = samples.mass
    if noise > MOST_NOISE * person:
        # If one class is nearly missing, many samples of the other only teach how often it was marked.
        scale = max(MOST_NOISE * person, LEAST_MASS) / noise
        samples = replace(samples, weights=np.where(y != 0, kind_weights * min(scale, 1.0), kind_weights))
    return samples, used


class Unseen(msgspec.Struct, frozen=True):
    """Log-odds of noise that the blend gave to people's posts before it learned them."""

    people: "NDArray[np.float64]"
    marked: "NDArray[np.float64]"
    """Only the posts that the user marked."""


def fit_blend(
    samples: Samples,
    base: "NDArray[np.float64]",
    personal: "NDArray[np.float64]",
    evidence: "NDArray[np.float64]",
    start_at: Blend,
) -> tuple[Blend, Unseen]:
    """Fit two scales and a shift on predictions that were made before their samples were learned.

    `base` and `personal` are the log-odds of noise by the base model, and by the personal model before it learned
    them. `evidence` is what the rules added to them. It is part of the fit, because the training queue offers posts of
    which the verdict is uncertain: there, evidence and base model contradict each other, and without the evidence the
    base model would seem to be wrong.
    """
    import numpy as np
    from scipy.optimize import minimize

    targets = samples.targets
    noise = (targets != 0).astype(float)
    # The first marks are often all of one kind, so they do not show how often a user marks noise.
    later = (np.arange(len(targets)) >= FIRST_BLOCK).astype(float)
    anchor = np.array([start_at.base_model, start_at.personal, start_at.shift])

    def loss(numbers: "NDArray[np.float64]") -> tuple[float, "NDArray[np.float64]"]:
        odds = numbers[0] * base + numbers[1] * personal + numbers[2] * later + evidence
        off = (1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500))) - noise) * samples.weights
        pull = numbers - anchor
        value = (samples.weights * (np.logaddexp(0.0, odds) - noise * odds)).sum() + _PULL * (pull**2).sum()
        gradient = np.array([(off * base).sum(), (off * personal).sum(), (off * later).sum()]) + 2 * _PULL * pull
        return float(value), gradient

    # Users mark noise and nothing else, so marks do not show how much noise there is. The fit may then only
    # lower the confidence in noise. With few posts by people, the personal model cannot be checked either.
    if samples.counted:
        bounds = [(0.0, 4.0), (0.0, _LOOSE), (-3.0, 3.0)]
    else:
        most_trust = min(_MOST_TRUST, 1.5 * start_at.personal)
        bounds = [(0.0, 1.0), (0.0, most_trust), (-3.0, 0.0)]
    scale, scale_personal, shift = minimize(loss, anchor, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    odds = scale * base + np.minimum(scale_personal * personal, start_at.limit) + shift
    people = (targets == 0) & (later > 0)
    blend = replace(start_at, base_model=scale, personal=scale_personal, shift=shift)
    return blend, Unseen(odds[people], odds[people & ~samples.free])


def threshold_of_marks(people: "NDArray[np.float64]") -> float:
    """The probability above which a guess may hide a post.

    `people` are the log-odds of noise of people's posts before they were marked as such. The threshold falls while
    almost none of them would be hidden, and rises when more would be.
    """
    allowed = _MOST_LOST * (len(people) + 1)
    if allowed < 0.5:
        return HIDE_THRESHOLD
    line = _LINES[0]
    for lower in _LINES[1:]:
        if (people > log(lower / (1 - lower))).sum() + 0.5 > allowed:
            break
        line = lower
    return line


def safe_threshold(people: "NDArray[np.float64]") -> float:
    """A threshold that hides almost none of these posts by known people (log-odds of noise).

    It is never below the usual threshold, and equals it if there are too few posts.
    """
    if len(people) < _ENOUGH_PEOPLE:
        return HIDE_THRESHOLD
    allowed = max(_MOST_LOST * (len(people) + 1), 0.5)
    line = _SAFE_LINES[0]
    for lower in _SAFE_LINES[1:]:
        if (people > log(lower / (1 - lower))).sum() + 0.5 > allowed:
            break
        line = lower
    return line


def personal_limit(samples: Samples) -> float:
    """The most that the personal model may add to the log-odds of noise."""
    if samples.counted:
        return NO_LIMIT
    people = (samples.targets == 0) & ~samples.free
    return _LIMIT + _LIMIT_BY_MARK * float(samples.kind_weights[people].sum())


def read_like_people(base: "NDArray[np.float64]", personal: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    """Choose the strangers' posts that are learned as `person`: those with the lowest log-odds of noise in both models.

    This is self-training (Yarowsky 1995) for one class only, because examples from friends only show how friends write.
    Posts that the base model rates as noise are never chosen.
    """
    import numpy as np

    order = np.argsort(base + _EQUAL * personal, kind="stable")
    chosen = np.zeros(len(base), dtype=bool)
    chosen[order[: round(_TAUGHT * len(base))]] = True
    return chosen & (base < 0)


def weight_of_people(samples: Samples, number: int) -> float:
    """The weight of each of a number of strangers' posts that are learned as `person`."""
    noise = float(samples.weights[samples.targets != 0].sum())
    return min(_TAUGHT_WEIGHT, _TAUGHT_PART * noise / max(number, 1))


def with_people(samples: Samples, contexts: Sequence[PostContext], weight: float) -> Samples:
    """The samples and unmarked posts as further examples of `person`, each with this weight."""
    import numpy as np

    each = np.full(len(contexts), weight)
    return Samples(
        [*samples.contexts, *contexts],
        np.concatenate([samples.targets, np.zeros(len(contexts), dtype=samples.targets.dtype)]),
        np.concatenate([samples.weights, each]),
        np.concatenate([samples.kind_weights, each]),
        np.concatenate([samples.free, np.ones(len(contexts), dtype=bool)]),
    )


def early_trust(samples: Samples) -> float:
    """The trust in the personal model before the blend can be fitted. Few samples must not outweigh the base model.

    Samples without a post by a person count nothing.
    """
    person, noise = samples.mass
    if person < noise:
        counted = person + min(noise, person)
    else:
        counted = person + noise
    return float(_BOLD * counted / (counted + _HANDFUL) * samples.balance**0.5)


def compare(blend: Blend, said: "NDArray[np.float64]", personal: "NDArray[np.float64]") -> tuple[float, float]:
    """How far to trust a personal model of noise and friends about strangers, and by how many log-odds it is too high.

    Friends may write unlike strangers, so such a model may call most strangers noise. The base model knows neither of
    them. `said` and `personal` are the log-odds of noise that both give to unmarked posts by strangers whom the user
    follows, one of each.

    The first number, at most 1, scales the trust in the personal model: it falls if the model is far more certain
    than the base model's errors allow, or if both order these posts in unrelated ways. The second reduces the mean
    probability of both models to that of the base model alone (as Saerens et al. 2002 adjust a
    classifier to another base rate), in [0, _MOST_EXCESS].
    """
    import numpy as np

    alone = blend.base_model * said + blend.shift
    spread = blend.personal * float(personal.std())
    orders = _ranks(said), _ranks(personal)
    agreement = 0.0
    if all(order.any() for order in orders):
        agreement = float(np.corrcoef(*orders)[0, 1])
    # Half a standard error is added, because few posts show little.
    trust = min(max((agreement + 0.5 * len(said) ** -0.5) / _AGREES, 0.0), 1.0)
    if spread > _MOST_SPREAD:
        trust *= _MOST_SPREAD / spread
    both = alone + trust * blend.personal * personal
    wanted = _mean_probability(alone)
    low, high = 0.0, _SPARE + _MOST_EXCESS
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if _mean_probability(both - middle) > wanted:
            low = middle
        else:
            high = middle
    return trust, max(low - _SPARE, 0.0)


def _ranks(values: "NDArray[np.float64]") -> "NDArray[np.int64]":
    import numpy as np

    return np.unique(values, return_inverse=True)[1]


def _mean_probability(odds: "NDArray[np.float64]") -> float:
    import numpy as np

    return float((1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500)))).mean())

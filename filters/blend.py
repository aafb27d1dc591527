"""How far the base model and the personal model are believed, and above which probability a guess hides a post."""

from math import log
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..models.context import PostContext
from ..models.weights import HIDE_THRESHOLD, NO_LIMIT, Blend

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_BLOCK = 16
_PULL = 4.0
"""How many marks' worth of belief the stack starts with."""

_SAFE_LINES = (0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9)
_LINES = (0.97, 0.95, 0.93, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7)
_MOST_LOST = 0.008
"""Where the line is drawn: of the marks as `person`, at most this share may be above it, judged before they were
learned. Half a mark is added to be on the safe side, so that fewer than sixty marks move nothing."""

MOST_NOISE = 1.5
LEAST_MASS = 0.5
"""Noise counts at most 1.5 times as much as the posts of people do, and half a mark at least."""

_ENOUGH_PEOPLE = 20
_LOOSE = 8.0
_MOST_TRUST = 0.8
"""How far the fit may trust the personal model at most: with marks of both classes, and with marks on noise alone."""

THRESHOLD_WITH_EXAMPLES = 0.94
"""Where examples stand for marks as `person`, a guess hides only above this: friends are not strangers."""

_LIMIT = 3.1
_LIMIT_BY_MARK = 0.05
"""Where noise leads, the personal model adds at most 3.1 to the log-odds of noise, and 0.05 more for each mark as
`person`. Friends may write unlike strangers. What noise and strangers have in common then looks like noise, and the
examples cannot show that it is not. With the limit, a guess hides only what the base model doubts too (above 0.4)."""

_HANDFUL = 10
_BOLD = 1.3
"""A model of few marks is surer than it says: so much its odds are widened, until the stack is fitted to say better."""


class Samples(msgspec.Struct, frozen=True):
    """What is learned from, in order. `free` samples are examples, the others marks; `weights` say how much each counts
    (`kind_weights` where only the kind of noise is asked)."""

    contexts: list[PostContext]
    targets: "NDArray[np.int64]"
    weights: "NDArray[np.float64]"
    kind_weights: "NDArray[np.float64]"
    free: "NDArray[np.bool_]"

    @property
    def balance(self) -> float:
        """How much the samples as `person` count for each of noise, at most 1."""
        person, noise = self.mass
        return min(person / noise, 1.0) if noise else 1.0

    @property
    def counted(self) -> bool:
        """Whether there are enough marks as `person` to say how much noise there is, and to need no examples."""
        return not self.free.any() and self.balance >= 1 / MOST_NOISE

    @property
    def mass(self) -> tuple[float, float]:
        """How much the samples as `person`, and as noise, count together."""
        noise = self.targets != 0
        return float(self.kind_weights[~noise].sum()), float(self.kind_weights[noise].sum())


class Unseen(msgspec.Struct, frozen=True):
    """What the blend would have said, as log-odds of noise, of people's posts before it learned them."""

    people: "NDArray[np.float64]"
    marked: "NDArray[np.float64]"
    """Only those that the user marked."""


def fit_blend(
    samples: Samples, said: "NDArray[np.float64]", personal: "NDArray[np.float64]", start_at: Blend
) -> tuple[Blend, Unseen]:
    """Scales and a shift that would have served best on samples that were not yet learned when they were made.

    `said` and `personal` are the log-odds of noise by the base model, and by the personal model before it learned them.
    """
    import numpy as np
    from scipy.optimize import minimize

    targets = samples.targets
    noise = (targets != 0).astype(float)
    # The first marks are often all of one kind: how often a user marks noise is not read from them.
    later = (np.arange(len(targets)) >= FIRST_BLOCK).astype(float)
    anchor = np.array([start_at.base_model, start_at.personal, start_at.shift])

    def loss(numbers: "NDArray[np.float64]") -> tuple[float, "NDArray[np.float64]"]:
        odds = numbers[0] * said + numbers[1] * personal + numbers[2] * later
        off = (1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500))) - noise) * samples.weights
        pull = numbers - anchor
        value = (samples.weights * (np.logaddexp(0.0, odds) - noise * odds)).sum() + _PULL * (pull**2).sum()
        gradient = np.array([(off * said).sum(), (off * personal).sum(), (off * later).sum()]) + 2 * _PULL * pull
        return float(value), gradient

    # People mark noise and leave the rest alone, so marks do not say how much noise there is: the fit may then only
    # make the filter shyer. With hardly any posts of people, the personal model cannot be checked either.
    if samples.counted:
        bounds = [(0.0, 4.0), (0.0, _LOOSE), (-3.0, 3.0)]
    else:
        most_trust = min(_MOST_TRUST, 1.5 * start_at.personal)
        bounds = [(0.0, 1.0), (0.0, most_trust), (-3.0, 0.0)]
    scale, scale_personal, shift = minimize(loss, anchor, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    odds = scale * said + np.minimum(scale_personal * personal, start_at.limit) + shift
    people = (targets == 0) & (later > 0)
    blend = replace(start_at, base_model=scale, personal=scale_personal, shift=shift)
    return blend, Unseen(odds[people], odds[people & ~samples.free])


def threshold_of_marks(people: "NDArray[np.float64]") -> float:
    """Above which probability a guess may hide, by what was said of a person's posts before they were marked so.

    Log-odds in. A filter that was never wrong about people may be bolder than one that was: the line goes down while
    hardly any of them would be lost, and up where more than that would be.
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
    """A threshold that hides hardly any of these posts of known people (log-odds of noise), never below the usual one.

    Too few posts, and the usual one stays.
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
    """How much the personal model may add to the log-odds of noise."""
    if samples.counted:
        return NO_LIMIT
    people = (samples.targets == 0) & ~samples.free
    return _LIMIT + _LIMIT_BY_MARK * float(samples.kind_weights[people].sum())


def early_trust(samples: Samples) -> float:
    """How far to trust the personal model before anything can be fitted: few samples must not outvote the base model.

    Samples without any post of a person count nothing.
    """
    person, noise = samples.mass
    counted = person + min(noise, person) if person < noise else person + noise
    return float(_BOLD * counted / (counted + _HANDFUL) * samples.balance**0.5)

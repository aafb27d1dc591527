"""Estimates from the answers of safety checks how many of the hidden posts are by people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil, exp, floor

import msgspec

from ..models.review import Estimate

LEAST_CHANCE = 0.002
"""The lowest probability that a hidden post is by a person, whatever the filter's score is."""
_TAIL = 0.025


class Answers(msgspec.Struct, frozen=True):
    """The answers of one safety check.

    `asked` posts were answered, and `wrong` of them were by people. The filter had expected `expected` of them to be
    (the sum of their probabilities), and `chance` of all `hidden` posts.
    """

    at: datetime
    asked: int
    wrong: int
    expected: float
    hidden: int
    chance: float


def estimate(checks: Sequence[Answers]) -> Estimate | None:
    """The share of people's posts among all that a guess hides; None without an answer.

    A check asks about the posts that the filter is least certain of, so their share alone would be too high. The
    answers correct the filter's own probabilities instead: if twice as many of the checked posts were by people as
    expected, the estimate for all posts is doubled too. The bounds are those of a Poisson count (Garwood 1936).
    """
    checks = [each for each in checks if each.asked]
    asked = sum(each.asked for each in checks)
    expected = sum(each.expected for each in checks)
    hidden = sum(each.hidden for each in checks)
    if not asked or not hidden or expected <= 0:
        return None
    wrong = sum(each.wrong for each in checks)
    scale = 100 * sum(each.chance for each in checks) / hidden / expected
    low, high = _poisson_bounds(wrong)
    return Estimate(
        asked,
        about=min(round(wrong * scale), 100),
        low=min(floor(low * scale), 100),
        high=min(ceil(high * scale), 100),
    )


def _poisson_bounds(count: int) -> tuple[float, float]:
    """The bounds of the mean of a Poisson variable, given the observed `count`."""
    low = 0.0
    if count:
        low = _mean_where(lambda mean: 1 - _at_most(count - 1, mean) > _TAIL, count)
    return low, _mean_where(lambda mean: _at_most(count, mean) < _TAIL, count)


def _mean_where(beyond: Callable[[float], bool], count: int) -> float:
    """The smallest mean for which a monotonic condition holds."""
    below, above = 0.0, 2.0 * count + 10.0
    for _ in range(50):
        middle = (below + above) / 2
        if beyond(middle):
            above = middle
        else:
            below = middle
    return above


def _at_most(count: int, mean: float) -> float:
    """The probability that a Poisson variable is at most `count`."""
    term = total = exp(-mean)
    for number in range(1, count + 1):
        term *= mean / number
        total += term
    return total

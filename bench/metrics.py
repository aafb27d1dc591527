"""Metrics of filters: ranks, losses, remaining noise, calibration. Pure functions of scores and truths."""

from collections.abc import Sequence
from math import log, sqrt


def one_minus_roca(scores: Sequence[float], noise: Sequence[bool]) -> float:
    """(1-ROCA)%: how often a random post by a person ranks above a random noise post; ties count half (TREC 2005)."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and scores[order[end + 1]] == scores[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2 + 1
        start = end + 1
    positives = sum(noise)
    negatives = len(noise) - positives
    above = sum(rank for rank, bad in zip(ranks, noise, strict=True) if bad) - positives * (positives + 1) / 2
    return 100 * (1 - above / (positives * negatives))


def lam(missed: float, lost: float) -> float:
    """LAM%: the logistic average of two error rates in [0, 1] (TREC 2005); 50 is chance."""
    odds = sqrt(_odds(missed) * _odds(lost))
    return 100 * odds / (1 + odds)


def _odds(rate: float) -> float:
    rate = min(max(rate, 1e-4), 1 - 1e-4)
    return rate / (1 - rate)


def noise_left(scores: Sequence[float], noise: Sequence[bool]) -> float:
    """The percentage of noise posts that stay with a threshold above the highest score of a post by a person."""
    highest = max((score for score, bad in zip(scores, noise, strict=True) if not bad), default=float("-inf"))
    bad_scores = [score for score, bad in zip(scores, noise, strict=True) if bad]
    return 100 * sum(score <= highest for score in bad_scores) / len(bad_scores)


def calibration_error(probabilities: Sequence[float], noise: Sequence[bool], bins: int = 15) -> float:
    """Expected calibration error in percent, equal-width bins (Guo and others 2017)."""
    sums = [[0.0, 0.0, 0.0] for _ in range(bins)]
    for probability, bad in zip(probabilities, noise, strict=True):
        each = sums[min(int(probability * bins), bins - 1)]
        each[0] += 1
        each[1] += probability
        each[2] += bad
    return 100 * sum(abs(said - was) for _, said, was in sums) / len(probabilities)


def log_odds(probability: float) -> float:
    """A probability as log-odds, which rank scores that round to the same probability."""
    probability = min(max(probability, 1e-12), 1 - 1e-12)
    return log(probability / (1 - probability))

"""The judgement's answer: a Verdict with its category, scores and reasons, and the levels it is read at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Category = Literal["person", "celebrity", "sales", "spam"]
CATEGORIES: tuple[Category, ...] = ("person", "celebrity", "sales", "spam")

ReasonKind = Literal["mark", "mute", "tie", "rule", "text", "account", "server", "label", "unsure"]


class Level(IntEnum):
    """How quiet the timeline is; a larger value hides more."""

    everything = 1
    noise = 2
    quiet = 3
    known = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """One short sentence that decided something, with its weight in log-odds (always >= 0, larger is stronger).

    `kind` says where it comes from, so that a screen can group or colour it.
    """

    text: str
    weight: float
    kind: ReasonKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judgement says of one post.

    `strictest_level` is the quietest level that still shows the post, so that switching the level judges nothing again.
    `scores` are calibrated and sum to 1. `reasons` are strongest first, at most five.
    """

    strictest_level: Level
    category: Category
    scores: Mapping[Category, float]
    reasons: tuple[Reason, ...]

    @property
    def probability(self) -> float:
        """The calibrated probability of `category`, in [0, 1]."""
        return self.scores[self.category]

    def shown_at(self, level: Level) -> bool:
        """Whether the timeline shows the post at this level."""
        return level <= self.strictest_level

"""The judgement's answer: a Verdict with its category, scores and reasons, and the levels it is read at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Category = Literal["person", "celebrity", "sales", "spam"]
CATEGORIES: tuple[Category, ...] = ("person", "celebrity", "sales", "spam")

Cause = Literal[
    "own",
    "mark",
    "mute",
    "server_block",
    "server_mute",
    "server_filter",
    "user_rule",
    "vouch",
    "subscribed",
    "tie",
    "label",
    "rule",
    "classifier",
    "unsure",
    "stranger",
]
"""What decided: set where the decision is made (filters/deciders.py). Reasons only explain it.

`rule`: the rules, or marks on the author, were needed beside the classifier. `unsure`: shown because nothing is sure
enough, or because the server has not said what is between the user and the author.
"""

ReasonKind = Literal["own", "mark", "mute", "tie", "rule", "text", "account", "server", "label", "unsure"]


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
    `scores` are calibrated and sum to 1. `reasons` are strongest first, at most five. `cause` is what decided.
    """

    strictest_level: Level
    category: Category
    scores: Mapping[Category, float]
    reasons: tuple[Reason, ...]
    cause: Cause

    @property
    def probability(self) -> float:
        """The calibrated probability of `category`, in [0, 1]."""
        return self.scores[self.category]

    def shown_at(self, level: Level) -> bool:
        """Whether the timeline shows the post at this level."""
        return level <= self.strictest_level

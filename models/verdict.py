"""A Verdict with its category, scores and reasons, and the levels of the timeline."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Literal

import msgspec

from .post import Label
from .tie import Tie

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
"""The cause of a verdict, set where the decision is made (filters/deciders.py). Reasons only explain it.

`rule`: the rules, or marks on the author, were needed in addition to the classifier. `unsure`: shown because nothing
is certain enough, or because the relationship between the user and the author is still unknown.
"""

ReasonKind = Literal[
    "own",
    "post_mark",
    "author_marks",
    "muted",
    "booster_muted",
    "muted_until_over",
    "restricted",
    "server_filter",
    "server_warning",
    "vouch",
    "subscribed",
    "label_hides",
    "label_covers",
    "label_pending",
    "tie",
    "stranger",
    "nobody",
    "pending",
    "counts_pending",
    "unsure",
    "overall",
    "never_answered",
    "never_answered_likes",
    "rhythm",
    "no_replies",
    "link_feed",
    "same_answers",
    "mass_answers",
    "answers_alike",
    "repeated",
    "same_form",
    "posts_alike",
    "boosted",
    "followed_by",
    "imitates",
    "unlike_burst",
    "unlike_words",
    "wording",
    "host",
    "shape",
    "style",
    "bio",
    "bio_words",
    "habit",
    "account",
]
"""The kinds of reasons. The values of each kind are the parameters of its sentence in phrases/reasons.py."""

_UNLIKE: frozenset[ReasonKind] = frozenset(("unlike_burst", "unlike_words"))
_WARNINGS: frozenset[ReasonKind] = _UNLIKE | {"imitates"}

Value = str | int | float | None | datetime | Tie | Label


class Level(IntEnum):
    """How quiet the timeline is; a larger value hides more."""

    everything = 1
    noise = 2
    quiet = 3
    known = 4


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One piece of evidence for a verdict: its kind, its values, and its weight in log-odds (>= 0).

    phrases/reasons.py turns it into a sentence.
    """

    kind: ReasonKind
    values: tuple[Value, ...] = ()
    weight: float = 0.0


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """The result of judging one post.

    `strictest_level` is the quietest level that still shows the post, so that switching the level needs no rejudging.
    `scores` are calibrated and sum to 1. `reasons` are strongest first, at most five. They are the terms of the score;
    those of a post that reads like noise are looked up when they are first read. `cause` is the step that decided.
    """

    strictest_level: Level
    category: Category
    scores: Mapping[Category, float]
    reasons: Sequence[Reason]
    cause: Cause

    @property
    def probability(self) -> float:
        """The calibrated probability of `category`, in [0, 1]."""
        return self.scores[self.category]

    def shown_at(self, level: Level) -> bool:
        """Whether the timeline shows the post at this level."""
        return level <= self.strictest_level


def is_unlike(verdict: Verdict) -> bool:
    """Whether a post is unlike its author's others, as after a takeover of the account."""
    return unlike_reason(verdict) is not None


def unlike_reason(verdict: Verdict) -> Reason | None:
    """The reason that points out a possible takeover of the author's account. Only a known person's post has it."""
    if verdict.cause not in ("vouch", "tie"):
        return None
    return next((reason for reason in verdict.reasons if reason.kind in _UNLIKE), None)


def warning_reason(verdict: Verdict) -> Reason | None:
    """The reason to be careful with a post, shown with it: a possible takeover, or an imitation of somebody known."""
    return next((reason for reason in verdict.reasons if reason.kind in _WARNINGS), None)

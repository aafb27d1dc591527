"""Judges posts: a post and its context in, a Verdict out. The deciders are in filters/deciders.py.

Pure and fast, without I/O. docs/judgement.md explains the order.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from ..models.context import PostContext
from ..models.mark import NO_MARKS, UserMarks
from ..models.verdict import Cause, Level, Reason, Verdict
from ..models.weights import Weights
from .author_marks import MARKS_TO_OVERRIDE_TIE, marks_on_author, overridden
from .deciders import decide
from .explaining import changed, hiding_labels, imitation, lead_with
from .score import Scorer, scorer
from .ties import name_of, strength

_FOLLOWERS, _FOLLOWING, _POSTS = 150, 200, 400
"""The numbers of an ordinary account, for accounts whose counts are unknown."""

_TOLD_BY_PENDING = frozenset(("stranger", "nobody", "unsure"))
_SETTLED: frozenset[Cause] = frozenset(("mark", "mute", "server_block", "server_mute", "server_filter", "user_rule"))
"""Causes that also hide a friend's post, because they are not guesses."""


def judge(context: PostContext, model: Scorer | Weights, *, marks: UserMarks = NO_MARKS, now: datetime) -> Verdict:
    """Judge one post, for all levels at once. Never raises.

    A Scorer keeps its caches from one call to the next, which weights alone cannot.
    """
    return _judge(context, scorer(model), marks, now)


def judge_all(
    cases: Iterable[PostContext], model: Scorer | Weights, *, marks: UserMarks = NO_MARKS, now: datetime
) -> list[Verdict]:
    """Judge many posts. The verdicts are in the same order."""
    cases = list(cases)
    reader = scorer(model)
    reader.reserve(len(cases))
    return [_judge(context, reader, marks, now) for context in cases]


def _judge(context: PostContext, model: Scorer, marks: UserMarks, now: datetime) -> Verdict:
    verdict = _judge_pending(context, model, marks, now)
    if context.counts_known or verdict.cause not in ("classifier", "rule"):
        return verdict
    # Unknown counts hide nobody: the post stays if it would stay with the numbers of an ordinary account.
    author = replace(context.post.author, followers=_FOLLOWERS, following=_FOLLOWING, posts=_POSTS)
    counted = replace(context, post=replace(context.post, author=author), counts_known=True)
    level = _judge_pending(counted, model, marks, now).strictest_level
    if level <= verdict.strictest_level:
        return verdict
    reasons = changed(verdict.reasons, partial(lead_with, Reason("counts_pending")))
    return replace(verdict, strictest_level=level, reasons=reasons, cause="unsure")


def _judge_pending(context: PostContext, model: Scorer, marks: UserMarks, now: datetime) -> Verdict:
    """Judge a post. The verdict is milder while the relationship with the author is unknown."""
    verdict = decide(context, model, marks, now)
    if context.relationship_known or verdict.strictest_level == Level.known:
        return verdict
    level = _milder_level(context, verdict, model, marks, now)
    if level == verdict.strictest_level:
        return verdict
    reasons = changed(verdict.reasons, partial(_pending_first, verdict, context))
    return replace(verdict, strictest_level=level, reasons=reasons, cause="unsure")


def _pending_first(verdict: Verdict, context: PostContext, others: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons of a verdict, led by the one that the relationship with the author is unknown."""
    if verdict.strictest_level == Level.quiet:
        # The first reason already states how little is known about a stranger, and how certain the guess is.
        others = [reason for reason in others if reason.kind not in _TOLD_BY_PENDING]
    elif verdict.cause == "label":
        # The label that hides a stranger's post only covers a friend's.
        others = [Reason("label_pending", (label,)) for label in hiding_labels(context.post)] + imitation(context)
    return lead_with(Reason("pending"), others)


def _milder_level(context: PostContext, verdict: Verdict, model: Scorer, marks: UserMarks, now: datetime) -> Level:
    """The strictest level that shows the post, whatever the server's response will be.

    An unknown relationship is no evidence of a stranger: a post that stays for mutual follows stays.
    """
    friends = replace(context.tie, you_follow=True, follows_you=True, they_follow=None)
    name = name_of(strength(friends, now))
    settled = verdict.cause in _SETTLED
    if name in MARKS_TO_OVERRIDE_TIE and not settled and not overridden(name, marks_on_author(context.post, marks)):
        # A known person's post is always shown, so do not judge it again.
        return Level.known
    # A celebrity with a tie is a friend, and their post may then read like sales: use the milder of both verdicts.
    return max(decide(replace(context, tie=friends), model, marks, now).strictest_level, verdict.strictest_level)

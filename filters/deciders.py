"""The deciders. Each judges one kind of evidence: it returns a Verdict, or None to leave the post to the next one.

A decider is one function and one line in DECIDERS. The order is the order of precedence. The verdict's cause is set
here, where the decision is made. docs/judgement.md explains the order.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ..models.context import PostContext
from ..models.mark import UserMarks
from ..models.tie import UNTIL_OVER
from ..models.verdict import CATEGORIES, Category, Cause, Level, Reason, Verdict
from .author_marks import mark_on_post, noise_marks, overridden, shown_by_marks
from .explaining import (
    DECISIVE,
    hiding_labels,
    imitation,
    lead_with,
    notes,
    reasons_for_noise,
    stranger_reason,
    strongest_first,
    takeover,
)
from .facts import TIE_WEIGHT, Facts, scores_of
from .restrictions import block_on, mute_on
from .score import Scorer

_EARLY = 20
_STRICTEST_LEVEL: Mapping[Category, Level] = {
    "person": Level.known,
    "celebrity": Level.noise,
    "sales": Level.everything,
    "spam": Level.everything,
}
_MARKED: Mapping[Category, Mapping[Category, float]] = {
    category: {each: 0.97 if each == category else 0.01 for each in CATEGORIES} for category in CATEGORIES
}
_OWN: Mapping[Category, float] = {"person": 1.0, "celebrity": 0.0, "sales": 0.0, "spam": 0.0}


Decider = Callable[[Facts], Verdict | None]


def own(facts: Facts) -> Verdict | None:
    """The user's own posts and boosts."""
    part = facts.context.own
    if part is None:
        return None
    return Verdict(Level.known, "person", _OWN, (Reason("own", (part,), DECISIVE),), "own")


def mark(facts: Facts) -> Verdict | None:
    """The user's mark on this very post."""
    category = mark_on_post(facts.context.post, facts.marks)
    if category is None:
        return None
    reason = Reason("post_mark", (category,), DECISIVE)
    return Verdict(_STRICTEST_LEVEL[category], category, _MARKED[category], (reason, *imitation(facts.context)), "mark")


def mute(facts: Facts) -> Verdict | None:
    """The user muted the author or the booster in quietfeed."""
    context, now = facts.context, facts.now
    booster = context.post.booster
    if context.tie.muted == UNTIL_OVER:
        reason = Reason("muted_until_over", (), DECISIVE)
    elif context.tie.muted is not None:
        reason = Reason("muted", (context.tie.muted, now), DECISIVE)
    elif booster is not None and context.booster_tie is not None and context.booster_tie.muted is not None:
        reason = Reason("booster_muted", (booster.shown_name, context.booster_tie.muted, now), DECISIVE)
    else:
        return None
    return _hidden(facts, "mute", reason)


def server_block(facts: Facts) -> Verdict | None:
    """The user blocks the author or the booster on their server, or is blocked by them."""
    reason = block_on(facts.context, DECISIVE)
    if reason is None:
        return None
    return _hidden(facts, "server_block", reason)


def server_mute(facts: Facts) -> Verdict | None:
    """The user muted the author or the booster on their server, or only what they boost or quote."""
    reason = mute_on(facts.context, DECISIVE)
    if reason is None:
        return None
    return _hidden(facts, "server_mute", reason)


def server_filter(facts: Facts) -> Verdict | None:
    """A filter on the user's server hides the post."""
    post = facts.context.post
    if not post.server_hides:
        return None
    reason = Reason("server_filter", post.server_filters, DECISIVE)
    return _hidden(facts, "server_filter", reason)


def vouch(facts: Facts) -> Verdict | None:
    """The user vouched for the author."""
    context = facts.context
    if not context.tie.vouched or context.tie.not_known:
        return None
    reason = Reason("vouch", (context.post.author.shown_name,), DECISIVE)
    return facts.verdict(Level.known, "vouch", lead_with(reason, [*takeover(facts), *notes(facts)]))


def subscribed(facts: Facts) -> Verdict | None:
    """The user subscribed to the feed, and has not marked any of its author's posts as noise."""
    context = facts.context
    if not context.subscribed or context.tie.not_known or noise_marks(facts.author_marks):
        return None
    reason = Reason("subscribed", (context.post.author.shown_name,), DECISIVE)
    return facts.verdict(Level.known, "subscribed", lead_with(reason, notes(facts)))


def tie(facts: Facts) -> Verdict | None:
    """The author is known or close, and the user's marks do not override that."""
    if not facts.known or overridden(facts.tie_name, facts.author_marks):
        return None
    reason = Reason("tie", (facts.context.tie,), TIE_WEIGHT * facts.tie)
    return facts.verdict(Level.known, "tie", lead_with(reason, [*takeover(facts), *notes(facts)]))


def label(facts: Facts) -> Verdict | None:
    """A label that the user, or the labeler, set to "hide"."""
    hiding = hiding_labels(facts.context.post)
    if not hiding:
        return None
    reason = Reason("label_hides", (hiding[0],), DECISIVE)
    return _hidden(facts, "label", reason)


def noise(facts: Facts) -> Verdict | None:
    """The rules and the classifier together are certain enough to hide the post."""
    opinion, threshold = facts.opinion, facts.model.weights.blend.threshold
    scores = opinion.scores
    if scores["person"] >= 1 - threshold:
        return None
    level = Level.noise
    if scores["sales"] + scores["spam"] > threshold:
        level = Level.everything
    # The cause is the classifier if it alone would have hidden the post.
    cause: Cause = "rule"
    alone = scores
    if opinion.evidence:
        alone = scores_of(opinion.scored, (), facts.tie, talks_back=facts.known)
    if alone["person"] < 1 - threshold:
        cause = "classifier"
    return facts.verdict(level, cause, reasons_for_noise(facts))


def unsure(facts: Facts) -> Verdict | None:
    """The post reads like noise, but not certainly enough to hide it."""
    opinion = facts.opinion
    category = opinion.category
    if category == "person":
        return None
    missing = max(_EARLY - facts.model.weights.marks, 0)
    reason = Reason("unsure", (category, opinion.scores[category], missing))
    return facts.verdict(_level_for_people(facts), "unsure", reasons_for_noise(facts, reason))


def acquaintance(facts: Facts) -> Verdict | None:
    """There was contact in both directions, and the post reads like a person's."""
    if facts.tie_name == "stranger":
        return None
    reason = Reason("tie", (facts.context.tie,), TIE_WEIGHT * facts.tie)
    return facts.verdict(Level.known, "tie", strongest_first([*notes(facts), reason]))


def person_by_marks(facts: Facts) -> Verdict | None:
    """A stranger whose posts the user has marked as a person's several times."""
    if not shown_by_marks(facts.author_marks):
        return None
    return facts.verdict(Level.known, "mark", strongest_first(notes(facts)))


def stranger(facts: Facts) -> Verdict:
    """A stranger whose post reads like a person's. If a friend boosted it, that is the first reason."""
    found = notes(facts)
    if not found:
        return facts.verdict(Level.quiet, "stranger", (stranger_reason(facts),))
    boosted = next((note for note in found if note.kind == "boosted"), None)
    if boosted is None:
        return facts.verdict(Level.quiet, "stranger", lead_with(stranger_reason(facts), found))
    others = [stranger_reason(facts), *(note for note in found if note is not boosted)]
    return facts.verdict(Level.quiet, "stranger", lead_with(boosted, others))


DECIDERS: tuple[Decider, ...] = (
    own,
    mark,
    mute,
    server_block,
    server_mute,
    server_filter,
    # The user's own rules (cause user_rule) are decided here.
    vouch,
    subscribed,
    tie,
    label,
    noise,
    unsure,
    acquaintance,
    person_by_marks,
    stranger,
)
"""In order of precedence. The last one always returns a verdict."""


def decide(
    context: PostContext, model: Scorer, marks: UserMarks, now: datetime, deciders: Sequence[Decider] = DECIDERS
) -> Verdict:
    """The first verdict that a decider returns."""
    facts = Facts(context, model, marks, now)
    for decider in deciders:
        verdict = decider(facts)
        if verdict is not None:
            return verdict
    return stranger(facts)


def _hidden(facts: Facts, cause: Cause, reason: Reason) -> Verdict:
    """A verdict that only level everything shows, with the warning of an imitation: an unhidden post needs it too."""
    return facts.verdict(Level.everything, cause, (reason, *imitation(facts.context)))


def _level_for_people(facts: Facts) -> Level:
    """The strictest level for a post that is not hidden as noise."""
    shown = facts.tie_name != "stranger" or shown_by_marks(facts.author_marks)
    return Level.known if shown else Level.quiet

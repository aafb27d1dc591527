"""Chooses the reasons of a verdict and their order. The deciders call it once they have decided."""

from collections.abc import Sequence

from msgspec.structs import replace

from ..models.post import Label, Post
from ..models.verdict import Category, Reason
from .facts import Facts, scores_of
from .reasons import about_sales

MOST_REASONS = 5
DECISIVE = 10.0
"""The weight of a reason that decides by itself."""

_A_PAST = 5
_VAGUE = frozenset(("posts_alike", "style", "bio", "overall"))


def hiding_labels(post: Post) -> tuple[Label, ...]:
    """The labels that hide a stranger's post."""
    if not post.labels:
        return ()
    return tuple(each for each in post.labels if each.effect == "hide")


def lead_with(first: Reason, others: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons led by the decisive one. Its weight is at least that of the strongest other."""
    if not others:
        return (first,)
    rest = strongest_first(others)[: MOST_REASONS - 1]
    if rest[0].weight > first.weight:
        first = replace(first, weight=rest[0].weight)
    return (first, *rest)


def notes_on(facts: Facts) -> list[Reason]:
    """Reasons in favour of a shown post, and warnings."""
    post = facts.context.post
    notes = [reason for speaks_for, reason in facts.opinion.evidence if speaks_for == "person"]
    notes += imitation(facts)
    if post.server_filters:
        notes.append(Reason("server_warning", post.server_filters))
    if post.labels:
        notes += [Reason("label_covers", (hiding,)) for hiding in hiding_labels(post)[:1]]
    return notes


def imitation(facts: Facts) -> list[Reason]:
    """The warning that the author looks like somebody the user knows. It stands among the first reasons."""
    known = facts.context.imitates
    if known is None:
        return []
    return [Reason("imitates", (known.shown_name, known.handle), DECISIVE)]


def takeover(facts: Facts) -> list[Reason]:
    """The warning that a known person's post is unlike their other posts. It hides nothing."""
    habits, post = facts.context.habits, facts.context.post
    if habits is None or facts.author_marks.get("person", 0):
        return []
    for burst in habits.bursts:
        if post.id in burst.posts:
            return [Reason("unlike_burst", (len(burst.posts), burst.minutes, burst.host), DECISIVE)]
    if habits.words is None or habits.seen < _A_PAST or max(habits.words[1:]) > habits.words[0]:
        return []
    scores = scores_of(facts.opinion.scored, (), 0.0, talks_back=False)
    category: Category = "sales" if scores["sales"] > scores["spam"] else "spam"
    if scores["sales"] + scores["spam"] <= facts.model.weights.blend.threshold:
        return []
    return [Reason("unlike_words", (category,), DECISIVE)]


def reasons_for_noise(facts: Facts) -> tuple[Reason, ...]:
    """Reasons for noise; at least one.

    The first one agrees with the category and is as concrete as possible: the wording, a price, a count. A reason that
    only compares posts, bio or style to noise comes later, at most one of them, and never alone.
    """
    opinion = facts.opinion
    category = opinion.category
    agree = [reason for speaks_for, reason in opinion.evidence if speaks_for == category]
    agree += facts.model.explain(facts.context, opinion.scored, category)
    others = [
        reason
        for speaks_for, reason in opinion.evidence
        if speaks_for not in (category, "person") and reason.kind != "posts_alike"
    ]
    concrete = [reason for reason in agree if reason.kind not in _VAGUE]
    leading = [reason for reason in concrete if category != "celebrity" or not about_sales(reason)]
    if leading:
        first = max(leading, key=_weight)
        # How a post is typed explains little beside words and facts, unless it outweighs them all.
        most = sum(reason.weight for reason in concrete)
        agree = [reason for reason in agree if reason.kind != "style" or reason.weight > most]
    elif others:
        first = Reason("overall", (category,), 1.0)
    else:
        vague = [reason for reason in agree if reason.kind != "posts_alike"]
        first = max(vague, key=_weight, default=Reason("overall", (category,), 1.0))
    vague = [reason for reason in (first, *sorted(agree, key=_weight, reverse=True)) if reason.kind in _VAGUE][:1]
    rest = [reason for reason in (*agree, *others) if reason.kind not in _VAGUE or reason in vague]
    return lead_with(first, [reason for reason in rest if reason is not first])


def stranger_reason(facts: Facts) -> Reason:
    """The reason for an author without contact."""
    author = facts.context.post.author
    if not author.id and not author.handle:
        return Reason("nobody", (), 1.0)
    return Reason("stranger", (facts.context.tie,), 1.0)


def strongest_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons with the highest weights, at most MOST_REASONS."""
    return tuple(sorted(reasons, key=_weight, reverse=True)[:MOST_REASONS])


def _weight(reason: Reason) -> float:
    return reason.weight

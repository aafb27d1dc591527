"""Chooses and orders the reasons of a verdict, after a decider has decided."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import overload

from msgspec.structs import replace

from ..models.context import PostContext
from ..models.post import Label, Post
from ..models.verdict import Category, Reason
from .facts import Facts, scores_of
from .features import CALL, TextFeatures
from .reasons import about_sales
from .rules import Evidence
from .score import Scored, Scorer

MOST_REASONS = 5
DECISIVE = 10.0
"""The weight of a reason that decides by itself."""

_A_PAST = 5
_ENOUGH_WORDS = 12
_FRIENDLY_CALLS = frozenset(("follow", "engage", "subscribe", "bio", "news"))
"""Calls to act that friends write too."""

_CONCRETE = frozenset(("shape:link", "shape:price", "shape:percent", "shape:phone", "shape:numbers", "shape:disguise"))
_QUOTED = frozenset(("wording", "host"))
_SMALL_PARTS = {"posts_alike": 0.15, "account": 0.1}
"""The least weight of a quoted word, in parts of the weight of another kind of reason."""

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


def notes(facts: Facts) -> list[Reason]:
    """Reasons in favour of a shown post, and warnings."""
    return _notes(facts.context, facts.opinion.evidence)


def _notes(context: PostContext, evidence: Sequence[Evidence]) -> list[Reason]:
    post = context.post
    found = [reason for speaks_for, reason in evidence if speaks_for == "person"]
    found += imitation(context)
    if post.server_filters:
        found.append(Reason("server_warning", post.server_filters))
    if post.labels:
        found += [Reason("label_covers", (hiding,)) for hiding in hiding_labels(post)[:1]]
    return found


def imitation(context: PostContext) -> list[Reason]:
    """The warning that the author looks like somebody the user knows. It is among the first reasons."""
    known = context.imitates
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
    logits = facts.opinion.scored.logits
    if max(logits[2:]) < logits[0] - 1:
        # Hiding needs a probability above a half. So nearly all posts of friends are passed quickly.
        return []
    scores = scores_of(facts.opinion.scored, (), 0.0, talks_back=False)
    category: Category = "sales" if scores["sales"] > scores["spam"] else "spam"
    if scores["sales"] + scores["spam"] <= facts.model.weights.blend.threshold:
        return []
    if not _says_what(facts.opinion.scored.found.text):
        return []
    return [Reason("unlike_words", (category,), DECISIVE)]


class _ReasonsOnDemand(Sequence[Reason]):
    """Reasons that are computed when they are first read: most hidden posts are never looked at.

    `compute` must depend on nothing that changes, so that it makes no difference when it is called.
    """

    __slots__ = ("_compute", "_reasons")

    def __init__(self, compute: Callable[[], tuple[Reason, ...]]) -> None:
        self._compute: Callable[[], tuple[Reason, ...]] | None = compute
        self._reasons: tuple[Reason, ...] = ()

    def _all(self) -> tuple[Reason, ...]:
        if self._compute is not None:
            self._reasons, self._compute = self._compute(), None
        return self._reasons

    @overload
    def __getitem__(self, place: int) -> Reason: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Reason, ...]: ...

    def __getitem__(self, place: int | slice) -> Reason | tuple[Reason, ...]:
        return self._all()[place]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _ReasonsOnDemand):
            return self._all() == other._all()
        return self._all() == other

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())


def changed(reasons: Sequence[Reason], change: Callable[[Sequence[Reason]], tuple[Reason, ...]]) -> Sequence[Reason]:
    """Reasons after a change. If they are computed when they are first read, so is the change."""
    if isinstance(reasons, _ReasonsOnDemand):
        return _ReasonsOnDemand(partial(change, reasons))
    return change(reasons)


def _says_what(text: TextFeatures) -> bool:
    """Whether a text is long enough, or names a price, a link or the like, to be unlike a friend's other posts.

    A few words of a friend ("only for those who follow me") can read like spam by chance.
    """
    if len(text.words) >= _ENOUGH_WORDS:
        return True
    calls = (name.removeprefix(CALL) for name in text.named if name.startswith(CALL))
    return not _CONCRETE.isdisjoint(text.named) or not _FRIENDLY_CALLS.issuperset(calls)


def reasons_for_noise(facts: Facts, first: Reason | None = None) -> Sequence[Reason]:
    """The reasons of a verdict that takes a post for noise, led by `first`, or by the strongest that agrees."""
    opinion, model, context = facts.opinion, facts.model, facts.context
    if model.keeps_texts:
        return _ReasonsOnDemand(partial(_reasons_for_noise, model, context, opinion.category, opinion.evidence, first))
    # Nobody uses this scorer again. A verdict should not keep it, nor read the text once more.
    return _reasons_for_noise(model, context, opinion.category, opinion.evidence, first, opinion.scored)


def _reasons_for_noise(
    model: Scorer,
    context: PostContext,
    category: Category,
    evidence: Sequence[Evidence],
    first: Reason | None,
    scored: Scored | None = None,
) -> tuple[Reason, ...]:
    found = _noise_first(model.explain(context, scored or model.score(context), category), category, evidence)
    if first is None:
        return lead_with(found[0], [*found[1:], *imitation(context)])
    return lead_with(first, [*found, *_notes(context, evidence)])


def _noise_first(explained: Sequence[Reason], category: Category, evidence: Sequence[Evidence]) -> tuple[Reason, ...]:
    """Reasons for noise; at least one.

    The first one agrees with the category and is as concrete as possible: the wording, a price, a count. At most one
    reason only compares posts, bio or style to noise. It comes first only if nothing concrete has a part.
    """
    agree = [reason for speaks_for, reason in evidence if speaks_for == category]
    counted = any(reason.kind == "repeated" for _, reason in evidence)
    # "They post the same thing again and again" adds nothing to how many posts are the same.
    agree += [reason for reason in explained if not (counted and reason.values == ("repeats",))]
    others = [
        reason
        for speaks_for, reason in evidence
        if speaks_for not in (category, "person") and reason.kind != "posts_alike"
    ]
    # A word with a small part in a verdict that other posts or the account decide explains nothing.
    parts = (_SMALL_PARTS[reason.kind] * reason.weight for reason in agree if reason.kind in _SMALL_PARTS)
    least = max(parts, default=0.0)
    agree = [reason for reason in agree if reason.kind not in _QUOTED or reason.weight >= least]
    concrete = [reason for reason in agree if reason.kind not in _VAGUE]
    leading = [reason for reason in concrete if category != "celebrity" or not about_sales(reason)]
    if leading:
        first = max(leading, key=_weight)
        # The style explains little compared with words and facts, unless it outweighs them all.
        most = sum(reason.weight for reason in concrete)
        agree = [reason for reason in agree if reason.kind != "style" or reason.weight > most]
    elif others:
        first = Reason("overall", (category,), 1.0)
    else:
        first = max(agree, key=_weight, default=Reason("overall", (category,), 1.0))
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

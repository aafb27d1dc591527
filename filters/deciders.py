"""The deciders. Each judges one kind of evidence: it returns a Verdict, or None to leave the post to the next one.

A decider is one function and one line in DECIDERS. The order is the order of precedence. The verdict's cause is set
here, where the decision is made. docs/judgement.md explains the order.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import exp

import msgspec
from msgspec.structs import replace

from ..models.context import PostContext
from ..models.mark import UserMarks
from ..models.post import Label, Post
from ..models.tie import UNTIL_OVER, TieName
from ..models.verdict import CATEGORIES, Category, Cause, Level, Reason, Verdict
from .author_marks import author_evidence, mark_on_post, marks_on_author, noise_marks
from .reasons import about_sales
from .restrictions import block_on, mute_on
from .rules import RULES, Evidence
from .score import Scored, Scorer
from .ties import name_of, strength

TIE_WEIGHT = 8.0
"""Log-odds for `person` of a tie of strength 1. Weaker ties add proportionally less."""

MARKS_TO_OVERRIDE_TIE: Mapping[TieName, int] = {"known": 3, "close": 5}
"""So many marks as noise override a known person's tie, if they are at least three times the marks as `person`."""

FRIEND_BY_MARKS = 3
"""With so many marks as `person`, and none as noise, a stranger's posts are shown like an acquaintance's."""

MOST_REASONS = 5
_DECISIVE = 10.0
_EARLY = 20
_A_PAST = 5
_INDEX = {category: index for index, category in enumerate(CATEGORIES)}
_STRICTEST_LEVEL: Mapping[Category, Level] = {
    "person": Level.known,
    "celebrity": Level.noise,
    "sales": Level.everything,
    "spam": Level.everything,
}
_MARKED: Mapping[Category, Mapping[Category, float]] = {
    category: {each: 0.97 if each == category else 0.01 for each in CATEGORIES} for category in CATEGORIES
}
_VAGUE = frozenset(("posts_alike", "style", "bio", "overall"))
_OWN: Mapping[Category, float] = {"person": 1.0, "celebrity": 0.0, "sales": 0.0, "spam": 0.0}


class Opinion(msgspec.Struct, frozen=True):
    """The result of the rules and the classifier, with the tie and the marks on the author added."""

    scored: Scored
    evidence: Sequence[Evidence]
    scores: Mapping[Category, float]
    category: Category


class Facts:
    """Everything the deciders need to know about one post. The opinion is computed on first use: a mark needs none."""

    __slots__ = ("_opinion", "author_marks", "context", "marks", "model", "now", "tie", "tie_name")

    def __init__(self, context: PostContext, model: Scorer, marks: UserMarks, now: datetime) -> None:
        self.context = context
        self.model = model
        self.marks = marks
        self.now = now
        self.tie = strength(context.tie, now)
        self.tie_name: TieName = name_of(self.tie)
        self.author_marks = marks_on_author(context.post, marks)
        self._opinion: Opinion | None = None

    @property
    def opinion(self) -> Opinion:
        """The result of the rules and the classifier."""
        if self._opinion is None:
            self._opinion = _opinion(self)
        return self._opinion

    @property
    def known(self) -> bool:
        """Whether the author is close or known."""
        return self.tie_name in MARKS_TO_OVERRIDE_TIE

    def verdict(self, level: Level, cause: Cause, reasons: tuple[Reason, ...]) -> Verdict:
        """A verdict with the scores of the opinion."""
        return Verdict(level, self.opinion.category, self.opinion.scores, reasons, cause)


Decider = Callable[[Facts], Verdict | None]


def own(facts: Facts) -> Verdict | None:
    """The user's own posts and boosts."""
    part = facts.context.own
    if part is None:
        return None
    return Verdict(Level.known, "person", _OWN, (Reason("own", (part,), _DECISIVE),), "own")


def mark(facts: Facts) -> Verdict | None:
    """The user's mark on this very post."""
    category = mark_on_post(facts.context.post, facts.marks)
    if category is None:
        return None
    reason = Reason("post_mark", (category,), _DECISIVE)
    return Verdict(_STRICTEST_LEVEL[category], category, _MARKED[category], (reason,), "mark")


def mute(facts: Facts) -> Verdict | None:
    """The user muted the author or the booster in quietfeed."""
    context, now = facts.context, facts.now
    booster = context.post.booster
    if context.tie.muted == UNTIL_OVER:
        reason = Reason("muted_until_over", (), _DECISIVE)
    elif context.tie.muted is not None:
        reason = Reason("muted", (context.tie.muted, now), _DECISIVE)
    elif booster is not None and context.booster_tie is not None and context.booster_tie.muted is not None:
        reason = Reason("booster_muted", (booster.shown_name, context.booster_tie.muted, now), _DECISIVE)
    else:
        return None
    return facts.verdict(Level.everything, "mute", (reason,))


def server_block(facts: Facts) -> Verdict | None:
    """The user blocks the author or the booster on their server, or is blocked by them."""
    reason = block_on(facts.context, _DECISIVE)
    if reason is None:
        return None
    return facts.verdict(Level.everything, "server_block", (reason,))


def server_mute(facts: Facts) -> Verdict | None:
    """The user muted the author or the booster on their server, or only what they boost or quote."""
    reason = mute_on(facts.context, _DECISIVE)
    return None if reason is None else facts.verdict(Level.everything, "server_mute", (reason,))


def server_filter(facts: Facts) -> Verdict | None:
    """A filter on the user's server hides the post."""
    post = facts.context.post
    if not post.server_hides:
        return None
    reason = Reason("server_filter", post.server_filters, _DECISIVE)
    return facts.verdict(Level.everything, "server_filter", (reason,))


def vouch(facts: Facts) -> Verdict | None:
    """The user vouched for the author."""
    context = facts.context
    if not context.tie.vouched or context.tie.not_known:
        return None
    reason = Reason("vouch", (context.post.author.shown_name,), _DECISIVE)
    return facts.verdict(Level.known, "vouch", lead_with(reason, [*_takeover(facts), *_notes(facts)]))


def subscribed(facts: Facts) -> Verdict | None:
    """The user subscribed to the feed, and has not marked any of its author's posts as noise."""
    context = facts.context
    if not context.subscribed or context.tie.not_known or noise_marks(facts.author_marks):
        return None
    reason = Reason("subscribed", (context.post.author.shown_name,), _DECISIVE)
    return facts.verdict(Level.known, "subscribed", lead_with(reason, _notes(facts)))


def tie(facts: Facts) -> Verdict | None:
    """The author is known or close, and the user's marks do not override that."""
    if not facts.known or overridden(facts.tie_name, facts.author_marks):
        return None
    reason = Reason("tie", (facts.context.tie,), TIE_WEIGHT * facts.tie)
    return facts.verdict(Level.known, "tie", lead_with(reason, [*_takeover(facts), *_notes(facts)]))


def label(facts: Facts) -> Verdict | None:
    """A label that the user, or the labeler, set to "hide"."""
    hiding = next(iter(hiding_labels(facts.context.post)), None)
    if hiding is None:
        return None
    reason = Reason("label_hides", (hiding,), _DECISIVE)
    return facts.verdict(Level.everything, "label", (reason,))


def noise(facts: Facts) -> Verdict | None:
    """The rules and the classifier together are sure enough to hide the post."""
    opinion, threshold = facts.opinion, facts.model.weights.blend.threshold
    scores = opinion.scores
    if scores["person"] >= 1 - threshold:
        return None
    level = Level.everything if scores["sales"] + scores["spam"] > threshold else Level.noise
    # The cause is the classifier if it alone would have hidden the post.
    cause: Cause = "rule"
    alone = scores if not opinion.evidence else _scores(opinion.scored, (), facts.tie, talks_back=facts.known)
    if alone["person"] < 1 - threshold:
        cause = "classifier"
    first, *others = _against(facts)
    return facts.verdict(level, cause, lead_with(first, [*others, *_imitation(facts)]))


def unsure(facts: Facts) -> Verdict | None:
    """The post reads like noise, but not surely enough to hide it."""
    opinion = facts.opinion
    category = opinion.category
    if category == "person":
        return None
    missing = max(_EARLY - facts.model.weights.marks, 0)
    reason = Reason("unsure", (category, opinion.scores[category], missing))
    reasons = lead_with(reason, [*_against(facts), *_notes(facts)])
    return facts.verdict(_level_for_people(facts), "unsure", reasons)


def acquaintance(facts: Facts) -> Verdict | None:
    """There was contact in both directions, and the post reads like a person's."""
    if facts.tie_name == "stranger":
        return None
    reason = Reason("tie", (facts.context.tie,), TIE_WEIGHT * facts.tie)
    return facts.verdict(Level.known, "tie", _sorted([*_notes(facts), reason]))


def person_by_marks(facts: Facts) -> Verdict | None:
    """A stranger whose posts the user has marked as a person's several times."""
    if not _shown_by_marks(facts.author_marks):
        return None
    return facts.verdict(Level.known, "mark", _sorted(_notes(facts)))


def stranger(facts: Facts) -> Verdict:
    """A stranger whose post reads like a person's. If a friend boosted it, that is the first reason."""
    notes = _notes(facts)
    boosted = next((note for note in notes if note.kind == "boosted"), None)
    if boosted is None:
        return facts.verdict(Level.quiet, "stranger", lead_with(_stranger(facts), notes))
    others = [_stranger(facts), *(note for note in notes if note is not boosted)]
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


def hiding_labels(post: Post) -> tuple[Label, ...]:
    """The labels that hide a stranger's post."""
    return tuple(each for each in post.labels if each.effect == "hide") if post.labels else ()


def overridden(name: TieName, marks: Mapping[Category, int]) -> bool:
    """Whether the user's marks allow hiding this known person's posts when they read like noise."""
    against = noise_marks(marks)
    return against >= MARKS_TO_OVERRIDE_TIE[name] and against >= 3 * marks.get("person", 0)


def marks_until_override(name: TieName, marks: Mapping[Category, int]) -> int:
    """How many more marks as noise override a tie; 0 if they do already, or if the person is not known."""
    if name not in MARKS_TO_OVERRIDE_TIE:
        return 0
    needed = max(MARKS_TO_OVERRIDE_TIE[name], 3 * marks.get("person", 0))
    return max(needed - noise_marks(marks), 0)


def lead_with(first: Reason, others: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons led by the decisive one. Its weight is at least that of the strongest other."""
    rest = _sorted(others)[: MOST_REASONS - 1]
    if rest and rest[0].weight > first.weight:
        first = replace(first, weight=rest[0].weight)
    return (first, *rest)


def _opinion(facts: Facts) -> Opinion:
    context = facts.context
    found = [fired for rule in RULES if (fired := rule(context, facts.tie, facts.now)) is not None]
    if facts.author_marks:
        found += author_evidence(facts.author_marks)
    scored = facts.model.score(context)
    scores = _scores(scored, found, facts.tie, talks_back=facts.known)
    return Opinion(scored, found, scores, max(CATEGORIES, key=scores.__getitem__))


def _scores(scored: Scored, found: Sequence[Evidence], tie: float, *, talks_back: bool) -> dict[Category, float]:
    logits = list(scored.logits)
    logits[0] += TIE_WEIGHT * tie
    if talks_back:
        # Celebrities do not talk back, so a friend with 200,000 followers is a friend.
        logits[1] -= TIE_WEIGHT * tie
    for category, reason in found:
        logits[_INDEX[category]] += reason.weight
    highest = max(logits)
    person, celebrity, sales, spam = logits
    person, celebrity = exp(person - highest), exp(celebrity - highest)
    sales, spam = exp(sales - highest), exp(spam - highest)
    total = person + celebrity + sales + spam
    return {"person": person / total, "celebrity": celebrity / total, "sales": sales / total, "spam": spam / total}


def _shown_by_marks(marks: Mapping[Category, int]) -> bool:
    return marks.get("person", 0) >= FRIEND_BY_MARKS and not noise_marks(marks)


def _level_for_people(facts: Facts) -> Level:
    """The strictest level for a post that is not hidden as noise."""
    shown = facts.tie_name != "stranger" or _shown_by_marks(facts.author_marks)
    return Level.known if shown else Level.quiet


def _notes(facts: Facts) -> list[Reason]:
    """Reasons in favour of a shown post, and warnings."""
    post = facts.context.post
    notes = [reason for speaks_for, reason in facts.opinion.evidence if speaks_for == "person"]
    notes += _imitation(facts)
    if post.server_filters:
        notes.append(Reason("server_warning", post.server_filters))
    hiding = next(iter(hiding_labels(post)), None)
    if hiding is not None:
        notes.append(Reason("label_covers", (hiding,)))
    return notes


def _imitation(facts: Facts) -> list[Reason]:
    """The warning that the author looks like somebody the user knows. It stands among the first reasons."""
    known = facts.context.imitates
    if known is None:
        return []
    return [Reason("imitates", (known.shown_name, known.handle), _DECISIVE)]


def _takeover(facts: Facts) -> list[Reason]:
    """The warning that a known person's post is unlike their other posts. It hides nothing."""
    habits, post = facts.context.habits, facts.context.post
    if habits is None or facts.author_marks.get("person", 0):
        return []
    for burst in habits.bursts:
        if post.id in burst.posts:
            return [Reason("unlike_burst", (len(burst.posts), burst.minutes, burst.host), _DECISIVE)]
    if habits.words is None or habits.seen < _A_PAST or max(habits.words[1:]) > habits.words[0]:
        return []
    scores = _scores(facts.opinion.scored, (), 0.0, talks_back=False)
    category: Category = "sales" if scores["sales"] > scores["spam"] else "spam"
    if scores["sales"] + scores["spam"] <= facts.model.weights.blend.threshold:
        return []
    return [Reason("unlike_words", (category,), _DECISIVE)]


def _against(facts: Facts) -> tuple[Reason, ...]:
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


def _stranger(facts: Facts) -> Reason:
    author = facts.context.post.author
    if not author.id and not author.handle:
        return Reason("nobody", (), 1.0)
    return Reason("stranger", (facts.context.tie,), 1.0)


def _sorted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=_weight, reverse=True)[:MOST_REASONS])


def _weight(reason: Reason) -> float:
    return reason.weight

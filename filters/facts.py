"""Facts: the inputs of the deciders about one post: its context, the tie, the marks on the author, and the scores."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import exp

import msgspec

from ..models.context import PostContext
from ..models.mark import UserMarks
from ..models.tie import TieName
from ..models.verdict import CATEGORIES, Category, Cause, Level, Reason, Verdict
from ..models.weights import FourNumbers
from .author_marks import MARKS_TO_OVERRIDE_TIE, author_evidence, marks_on_author
from .rules import RULES, Evidence
from .score import Scored, Scorer
from .ties import KNOWN, name_of, strength
from .together import with_account, with_others, with_voice

TIE_WEIGHT = 8.0
"""Log-odds for `person` of a tie of strength 1. Weaker ties add proportionally less."""

_NO_MARKS: Mapping[Category, int] = {}
_INDEX = {category: index for index, category in enumerate(CATEGORIES)}


class Opinion(msgspec.Struct, frozen=True, gc=False):
    """The result of the rules and the classifier, with the tie and the marks on the author added."""

    scored: Scored
    evidence: Sequence[Evidence]
    scores: Mapping[Category, float]
    category: Category


class Facts:
    """The inputs of the deciders about one post. The opinion is computed on first use, because a mark does not need
    it.
    """

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

    def verdict(self, level: Level, cause: Cause, reasons: Sequence[Reason]) -> Verdict:
        """A verdict with the scores of the opinion."""
        return Verdict(level, self.opinion.category, self.opinion.scores, reasons, cause)


def evidence(
    context: PostContext, scored: Scored, tie: float, now: datetime, marks: Mapping[Category, int] = _NO_MARKS
) -> list[Evidence]:
    """The evidence about a post beside its score by the classifier and its tie.

    `tie` is the strength of the tie, `marks` are those on the author's other posts. The personal model adds more.
    """
    found = [fired for rule in RULES if (fired := rule(context, tie, now)) is not None]
    if marks:
        found += author_evidence(marks)
    if context.habits is not None and tie < KNOWN:
        found = with_account(found, context.habits, scored.base_model.author)
        found = with_others(found, context.habits, scored)
    return found


def _opinion(facts: Facts) -> Opinion:
    context = facts.context
    scored = facts.model.score(context)
    found = evidence(context, scored, facts.tie, facts.now, facts.author_marks)
    if not facts.known and (voice := _voice(facts)) is not None:
        found = with_voice(found, voice)
    scores = scores_of(scored, found, facts.tie, talks_back=facts.known)
    return Opinion(scored, found, scores, max(CATEGORIES, key=scores.__getitem__))


def _voice(facts: Facts) -> FourNumbers | None:
    """How the author's posts together read to the personal model."""
    habits = facts.context.habits
    if habits is None or facts.model.weights.personal is None:
        return None
    return facts.model.voice(habits.texts) or habits.voice


def scores_of(scored: Scored, found: Sequence[Evidence], tie: float, *, talks_back: bool) -> dict[Category, float]:
    """The probability of each category.

    `tie` is the strength of the tie, in [0, 1]. `talks_back`: the tie also counts against `celebrity`.
    """
    logits = list(scored.logits)
    logits[0] += TIE_WEIGHT * tie
    if talks_back:
        # Celebrities do not reply, so a friend with 200,000 followers is still a friend.
        logits[1] -= TIE_WEIGHT * tie
    for category, reason in found:
        logits[_INDEX[category]] += reason.weight
    highest = max(logits)
    person, celebrity, sales, spam = logits
    person, celebrity = exp(person - highest), exp(celebrity - highest)
    sales, spam = exp(sales - highest), exp(spam - highest)
    total = person + celebrity + sales + spam
    return {"person": person / total, "celebrity": celebrity / total, "sales": sales / total, "spam": spam / total}

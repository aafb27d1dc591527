"""The judgement: what the user said, then ties, then rules and the classifier; a Verdict with its reasons. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import exp, log

from ..models.case import Case
from ..models.mark import NOTHING_SAID, Said
from ..models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from ..models.weights import Weights
from .rules import RULES, Evidence
from .score import Scored, Scorer, scorer
from .ties import evidence, named, strength

SURE: Mapping[Category, float] = {"person": 1.0, "celebrity": 0.9, "sales": 0.92, "spam": 0.92}
"""How probable a category must be before it hides a post. A guess that is less sure shows it."""

NOISE_SURE = 0.96
"""How probable noise of any kind must be to hide a post whose kind is not certain."""

HIDES_FROM: Mapping[Category, Level] = {
    "person": Level.known,
    "celebrity": Level.quiet,
    "sales": Level.noise,
    "spam": Level.noise,
}
"""The first level that hides a category."""

TAUGHT = 3
"""So many marks on one author decide what their posts are."""

_MOST_REASONS = 5
_KNOWN_ALREADY = 0.06
_EVERY_LEVEL = Level.known


def judge(case: Case, weights: Weights, *, said: Said = NOTHING_SAID, now: datetime) -> Verdict:
    """The verdict on one case, with the reasons that made it. Needs neither the network nor scikit-learn."""
    return _judge(case, scorer(weights), said, now)


def judge_all(cases: Iterable[Case], weights: Weights, *, said: Said = NOTHING_SAID, now: datetime) -> list[Verdict]:
    """The verdicts on many cases."""
    judging = scorer(weights)
    return [_judge(case, judging, said, now) for case in cases]


def _judge(case: Case, judging: Scorer, said: Said, now: datetime) -> Verdict:
    post = case.post
    marked = said.posts.get(post.key)
    if marked is not None:
        return _said_verdict(marked, f"you marked this post {marked}")
    if case.tie.vouched and not case.tie.not_known:
        return _said_verdict("person", "you vouched for them: always shown")
    author = said.authors.get((post.account, post.author.id)) if post.author.id else None
    tie = strength(case.tie, now)
    rules = [found for rule in RULES if (found := rule(case)) is not None]
    scored = judging.score(case)
    scores = _probabilities(scored, rules, tie, author, case)
    category = max(CATEGORIES, key=scores.__getitem__)
    tie_name = named(tie)
    protected = tie_name in ("close", "known")
    taught = _taught(author, protected=protected)
    if taught is not None:
        category = taught
        scores = _lifted(scores, taught)
    if post.server_hides:
        titles = ", ".join(f'"{title}"' for title in post.server_filters) or "of its own"
        reason = Reason(f"your server's filter {titles} hides it", 9.0, "server")
        return Verdict(Level.everything, category, scores, (reason,))
    if protected and taught is None:
        if category != "person":
            scores = _lifted(scores, "person")
        reasons = (Reason(evidence(case.tie, now), 3.0 + 3.0 * tie, "tie"), *_filters_named(case))
        return Verdict(_EVERY_LEVEL, "person", scores, reasons)
    hidden = category != "person" and (taught is not None or _certain(category, scores))
    if hidden:
        until = Level(HIDES_FROM[category] - 1)
    elif tie_name == "stranger" and not _passed_on_by_friend(case, now):
        until = Level.quiet
    else:
        until = _EVERY_LEVEL
    reasons = _reasons(case, category, hidden, judging, scored, rules, author, taught, scores, now)
    return Verdict(until, category, scores, reasons)


def _said_verdict(category: Category, sentence: str) -> Verdict:
    scores: dict[Category, float] = dict.fromkeys(CATEGORIES, 0.0)
    scores[category] = 1.0
    until = _EVERY_LEVEL if category == "person" else Level(HIDES_FROM[category] - 1)
    return Verdict(until, category, scores, (Reason(sentence, 10.0, "mark"),))


def _probabilities(
    scored: Scored,
    rules: list[Evidence],
    tie: float,
    author: Mapping[Category, int] | None,
    case: Case,
) -> dict[Category, float]:
    logits = dict(zip(CATEGORIES, scored.logits, strict=True))
    for found in rules:
        logits[found.category] += found.reason.weight
    if tie:
        logits["person"] += 8.0 * tie
    if case.booster_tie is not None and case.booster_tie.you_follow:
        logits["person"] += 0.5
    if author:
        for category, count in author.items():
            logits[category] += 1.5 * log(1.0 + count)
    highest = max(logits.values())
    odds = {category: exp(logit - highest) for category, logit in logits.items()}
    total = sum(odds.values())
    return {category: odd / total for category, odd in odds.items()}


def _taught(author: Mapping[Category, int] | None, *, protected: bool) -> Category | None:
    """What the user's marks on an author decide by themselves: three of one kind that outnumber all others.

    A person the user knows needs twice as many, and none that says person: a friend is not lost by three bad days.
    """
    if not author:
        return None
    category = max(author, key=author.__getitem__)
    count = author[category]
    others = sum(author.values()) - count
    needed = 2 * TAUGHT if protected else TAUGHT
    if category == "person":
        return "person" if count > others else None
    if protected and author.get("person"):
        return None
    return category if count >= needed and count > 2 * others else None


def _lifted(scores: Mapping[Category, float], category: Category) -> dict[Category, float]:
    """Scores in which a category that was decided without the classifier stands at 0.97 at least."""
    sure = max(scores[category], 0.97)
    rest = 1.0 - scores[category]
    left = 1.0 - sure
    return {
        each: sure if each == category else (value / rest * left if rest > 0 else left / 3)
        for each, value in scores.items()
    }


def _certain(category: Category, scores: Mapping[Category, float]) -> bool:
    return scores[category] >= SURE[category] or (scores["person"] <= 1 - NOISE_SURE and scores[category] >= 0.5)


def _passed_on_by_friend(case: Case, now: datetime) -> bool:
    return case.booster_tie is not None and named(strength(case.booster_tie, now)) in ("close", "known")


def _filters_named(case: Case) -> tuple[Reason, ...]:
    return tuple(Reason(f'your server\'s filter "{title}" warns of it', 0.5, "server") for title in case.post.server_filters)


def _reasons(
    case: Case,
    category: Category,
    hidden: bool,
    judging: Scorer,
    scored: Scored,
    rules: list[Evidence],
    author: Mapping[Category, int] | None,
    taught: Category | None,
    scores: Mapping[Category, float],
    now: datetime,
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if author and taught is not None:
        count = author[taught]
        found.append(Reason(f"you marked {count} of their posts {taught}", 6.0 + count, "mark"))
    elif author:
        said = ", ".join(f"{count} {each}" for each, count in author.items())
        found.append(Reason(f"of their posts you marked {said}", 1.5 * log(1.0 + max(author.values())), "mark"))
    if category != "person":
        found += [each.reason for each in rules if each.category == category]
        found += judging.explain(case, scored, category)
        if not hidden:
            found.append(Reason(_unsure(category, scores, judging), 20.0, "unsure"))
    else:
        found.append(Reason(evidence(case.tie, now), 1.0, "tie"))
        if case.post.booster is not None and _passed_on_by_friend(case, now):
            found.append(Reason(f"boosted by {case.post.booster.shown_name}, whom you know", 0.9, "tie"))
        leaning = max((each for each in CATEGORIES if each != "person"), key=scores.__getitem__)
        if scores[leaning] > 0.2:
            found += judging.explain(case, scored, leaning, most=2)
    found += _filters_named(case)
    found.sort(key=lambda reason: -reason.weight)
    if not hidden and category != "person":
        # It leads the list, but its weight is no stronger than what it weighs.
        strongest = found[1].weight if len(found) > 1 else 0.0
        found[0] = Reason(found[0].text, max(strongest, 0.1), "unsure")
    if hidden and not found:
        found.append(Reason(f"altogether it reads like {category}", 1.0, "text"))
    return tuple(found[:_MOST_REASONS])


def _unsure(category: Category, scores: Mapping[Category, float], judging: Scorer) -> str:
    percent = f"{scores[category]:.0%}"
    word = "a broadcast" if category == "celebrity" else category
    if judging.weights.marks < 20:
        return f"not sure yet: {percent} {word}; your marks teach it more"
    return f"not sure: {percent} {word}, too little to hide it"

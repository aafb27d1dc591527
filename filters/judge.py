"""The judgement: what the user said, then ties, then rules and the classifier; a Verdict with its reasons.

Pure and quick: nothing is read or asked. docs/judgement.md tells the same in prose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import exp, log

from ..models.case import Case
from ..models.mark import NOTHING_SAID, Said, until
from ..models.post import Label, Post
from ..models.tie import TieName
from ..models.verdict import CATEGORIES, Category, Level, Reason, Verdict
from ..models.weights import Weights
from .rules import RULES, Evidence
from .score import Scored, Scorer, scorer
from .ties import evidence, name_of, strength

TIE_WEIGHT = 8.0
"""Log-odds for `person` of a tie of strength 1, in proportion below it."""

AUTHOR_MARKS = (0.0, 1.2, 3.4, 6.5, 7.5, 8.0)
"""Log-odds of one, two, three ... marks on the same author's posts: three all but decide."""

LIFTED_AFTER: Mapping[TieName, int] = {"known": 3, "close": 5}
"""So many marks as noise lift the protection of a known person's tie, if they are thrice the marks as `person`."""

FRIEND_BY_MARKS = 3
"""So many marks as `person`, and none as noise, show a stranger's posts where an acquaintance's are shown."""

NOT_ASKED = "not sure yet: your server has not said what is between you"
"""Why a post stays that is hidden only if its author turns out to be a stranger."""

MOST_REASONS = 5
_SAID = 10.0
_EARLY = 20
_INDEX = {category: index for index, category in enumerate(CATEGORIES)}
_QUIETEST: Mapping[Category, Level] = {
    "person": Level.known,
    "celebrity": Level.noise,
    "sales": Level.everything,
    "spam": Level.everything,
}
_AS: Mapping[Category, str] = {"person": "a person's", "celebrity": "celebrity", "sales": "sales", "spam": "spam"}
_LIKE: Mapping[Category, str] = {"person": "a person", "celebrity": "a broadcast", "sales": "sales", "spam": "spam"}
_MARKED: Mapping[Category, Mapping[Category, float]] = {
    category: {each: 0.97 if each == category else 0.01 for each in CATEGORIES} for category in CATEGORIES
}
_NONE: Mapping[Category, int] = {}


def judge(case: Case, weights: Weights, *, said: Said = NOTHING_SAID, now: datetime) -> Verdict:
    """The verdict on one post, for all levels at once. It never raises."""
    return _judge(case, scorer(weights), said, now)


def judge_all(cases: Iterable[Case], weights: Weights, *, said: Said = NOTHING_SAID, now: datetime) -> list[Verdict]:
    """The verdicts on many posts, in their order."""
    cases = list(cases)
    model = scorer(weights)
    model.expect(len(cases))
    return [_judge(case, model, said, now) for case in cases]


def _judge(case: Case, model: Scorer, said: Said, now: datetime) -> Verdict:
    verdict = _by_what_is_known(case, model, said, now)
    if case.asked or verdict.until == Level.known:
        return verdict
    # What the server has not said is no evidence of a stranger: what would stay if they follow each other stays.
    friends = replace(case.tie, you_follow=True, follows_you=True)
    name = name_of(strength(friends, now))
    decided = _mark(case.post, said) is not None or _muted(case, now) is not None or case.post.server_hides
    if name in LIFTED_AFTER and not decided and not _lifted(name, _marks(case.post, said)):
        # Whatever the post says: nothing needs to be read once more.
        until = Level.known
    else:
        # A celebrity who talks back is none, and may look like a seller then: the milder of both answers holds.
        until = max(_by_what_is_known(replace(case, tie=friends), model, said, now).until, verdict.until)
    if until == verdict.until:
        return verdict
    others = verdict.reasons
    if verdict.until == Level.quiet:
        # It says how little is known of a stranger: that is told already.
        others = others[1:]
    elif others[0].kind == "label":
        # What hides a stranger's post only covers a friend's.
        others = tuple(
            Reason(f"{label.words}: only warned of until then", 0.0, "label") for label in _hiding(case.post)
        )
    return replace(verdict, until=until, reasons=_led_by(Reason(NOT_ASKED, 0.0, "unsure"), others))


def _by_what_is_known(case: Case, model: Scorer, said: Said, now: datetime) -> Verdict:
    post = case.post
    mark = _mark(post, said)
    if mark is not None:
        reason = Reason(f"you marked this post as {_AS[mark]}", _SAID, "mark")
        return Verdict(_QUIETEST[mark], mark, _MARKED[mark], (reason,))

    tie = strength(case.tie, now)
    name = name_of(tie)
    marks = _marks(post, said)
    found = [fired for rule in RULES if (fired := rule(case, tie, now)) is not None]
    if marks:
        found += _author_marks(marks)
    scored = model.score(case)
    scores = _scores(scored, found, tie, talks_back=name in LIFTED_AFTER)
    category = max(CATEGORIES, key=scores.__getitem__)
    friendly = [reason for speaks_for, reason in found if speaks_for == "person"]

    muted = _muted(case, now)
    if muted is not None:
        return Verdict(Level.everything, category, scores, (muted,))
    if post.server_hides:
        reason = Reason(f"your server's filter{_titles(post)} hides it", _SAID, "server")
        return Verdict(Level.everything, category, scores, (reason,))
    if post.server_filters:
        friendly.append(Reason(f"your server's filter{_titles(post)} only warns of it", 0.0, "server"))
    hiding = next(iter(_hiding(post)), None)
    if hiding is not None:
        friendly.append(Reason(f"{hiding.words}: only warned of, because you know them", 0.0, "label"))
    if case.tie.vouched and not case.tie.not_known:
        reason = Reason(f"you vouched for {post.author.shown_name or 'them'}", _SAID, "mark")
        return Verdict(Level.known, category, scores, _led_by(reason, friendly))
    if name in LIFTED_AFTER and not _lifted(name, marks):
        reason = Reason(evidence(case.tie, now), TIE_WEIGHT * tie, "tie")
        return Verdict(Level.known, category, scores, _led_by(reason, friendly))
    if hiding is not None:
        why = "you chose to hide that" if hiding.chosen else "that is hidden unless you choose otherwise"
        reason = Reason(f"{hiding.words}, and {why}", _SAID, "label")
        return Verdict(Level.everything, category, scores, (reason,))
    line = model.weights.stack.line
    if scores["person"] < 1 - line:
        noise = scores["sales"] + scores["spam"] > line
        reasons = _against(case, model, scored, found, category)
        return Verdict(Level.everything if noise else Level.noise, category, scores, reasons)

    stays = name != "stranger" or _befriended(marks)
    until = Level.known if stays else Level.quiet
    if category != "person":
        unsure = Reason(_unsure(category, scores[category], model.weights.marks), 0.0, "unsure")
        return Verdict(
            until, category, scores, _led_by(unsure, [*_against(case, model, scored, found, category), *friendly])
        )
    if name != "stranger":
        friendly.append(Reason(evidence(case.tie, now), TIE_WEIGHT * tie, "tie"))
        return Verdict(until, category, scores, _sorted(friendly))
    if stays:
        return Verdict(until, category, scores, _sorted(friendly))
    return Verdict(until, category, scores, _led_by(_stranger(case, now), friendly))


def _mark(post: Post, said: Said) -> Category | None:
    """The user's word on this very post, on the post that it boosts, or on another boost of that."""
    if not said.posts:
        return None
    mark = said.posts.get(post.key)
    if mark is None and post.original_id:
        original = (post.account, post.original_id)
        return said.posts.get(original) or said.boosted.get(original)
    return mark or said.boosted.get(post.key)


def _hiding(post: Post) -> tuple[Label, ...]:
    """The labels that hide a stranger's post."""
    return tuple(label for label in post.labels if label.does == "hide") if post.labels else ()


def _marks(post: Post, said: Said) -> Mapping[Category, int]:
    """How often the user marked posts of this author as what."""
    return said.authors.get((post.account, post.author.id), _NONE) if post.author.id else _NONE


def _muted(case: Case, now: datetime) -> Reason | None:
    """The user's own word that they want to hear nothing of the author, or of whoever passed the post on."""
    booster = case.post.booster
    if case.tie.muted is not None:
        return Reason(f"muted by you {until(case.tie.muted, now)}", _SAID, "mute")
    if booster is not None and case.booster_tie is not None and case.booster_tie.muted is not None:
        words = f"boosted by {booster.shown_name}, muted by you {until(case.booster_tie.muted, now)}"
        return Reason(words, _SAID, "mute")
    return None


def _author_marks(marks: Mapping[Category, int]) -> list[Evidence]:
    """What the marks on other posts of this author say of this one."""
    found: list[Evidence] = []
    noise = _noise(marks)
    for category, count in marks.items():
        if count <= 0:
            continue
        weight = _author_weight(count)
        if category != "person":
            # Marks of several kinds say "noise" together, and the kinds share that.
            weight = max(_author_weight(noise) + log(count / noise), 0.0)
        times = "one of their posts" if count == 1 else f"{count:,} of their posts"
        found.append((category, Reason(f"you marked {times} as {_AS[category]}", weight, "mark")))
    return found


def _author_weight(count: int) -> float:
    return AUTHOR_MARKS[min(count, len(AUTHOR_MARKS) - 1)]


def _noise(marks: Mapping[Category, int]) -> int:
    return sum(count for category, count in marks.items() if category != "person" and count > 0)


def _lifted(name: TieName, marks: Mapping[Category, int]) -> bool:
    """Whether the user's own marks say that this known person's posts may be hidden when they read like noise."""
    noise = _noise(marks)
    return noise >= LIFTED_AFTER[name] and noise >= 3 * marks.get("person", 0)


def _befriended(marks: Mapping[Category, int]) -> bool:
    return marks.get("person", 0) >= FRIEND_BY_MARKS and not _noise(marks)


def _scores(scored: Scored, found: Sequence[Evidence], tie: float, *, talks_back: bool) -> dict[Category, float]:
    logits = list(scored.logits)
    logits[0] += TIE_WEIGHT * tie
    if talks_back:
        # A celebrity is who does not talk back: a friend with 200,000 followers is none, whatever the numbers say.
        logits[1] -= TIE_WEIGHT * tie
    for category, reason in found:
        logits[_INDEX[category]] += reason.weight
    highest = max(logits)
    person, celebrity, sales, spam = (exp(logit - highest) for logit in logits)
    total = person + celebrity + sales + spam
    return {"person": person / total, "celebrity": celebrity / total, "sales": sales / total, "spam": spam / total}


def _against(
    case: Case, model: Scorer, scored: Scored, found: Sequence[Evidence], category: Category
) -> tuple[Reason, ...]:
    """What speaks for noise, strongest first; at least one sentence."""
    reasons = [reason for speaks_for, reason in found if speaks_for != "person"]
    reasons += model.explain(case, scored, category)
    return _sorted(reasons) or (Reason(f"all in all it reads like {_LIKE[category]}", 1.0, "text"),)


def _stranger(case: Case, now: datetime) -> Reason:
    author = case.post.author
    if not author.id and not author.handle:
        return Reason("it is not known who wrote this", 1.0, "tie")
    return Reason(f"a stranger to you: {evidence(case.tie, now)}", 1.0, "tie")


def _unsure(category: Category, probability: float, marks: int) -> str:
    told = f"{_LIKE[category]}, {probability:.0%}"
    if marks < _EARLY:
        return f"not sure yet ({told}): {_EARLY - marks} more mark{'s' if _EARLY - marks > 1 else ''} teach it"
    return f"not sure ({told}): too little to hide it"


def _titles(post: Post) -> str:
    return "".join(f' "{title}"' for title in post.server_filters)


def _sorted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=_weight, reverse=True)[:MOST_REASONS])


def _led_by(first: Reason, others: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons led by the one that decided, whose weight is at least that of the strongest other."""
    rest = _sorted(others)[: MOST_REASONS - 1]
    if rest and rest[0].weight > first.weight:
        first = replace(first, weight=rest[0].weight)
    return (first, *rest)


def _weight(reason: Reason) -> float:
    return reason.weight

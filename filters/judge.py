"""The judgement: what the user said, then ties, then rules and the classifier; a Verdict with its reasons.

Pure and quick: nothing is read or asked. docs/judgement.md tells the same in prose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import exp, log

from ..models.context import PostContext
from ..models.mark import NO_MARKS, UserMarks, format_expiry
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

MARKS_TO_OVERRIDE_TIE: Mapping[TieName, int] = {"known": 3, "close": 5}
"""So many marks as noise lift the protection of a known person's tie, if they are thrice the marks as `person`."""

FRIEND_BY_MARKS = 3
"""So many marks as `person`, and none as noise, show a stranger's posts where an acquaintance's are shown."""

RELATIONSHIP_PENDING = "not sure yet: your server has not said what is between you"
"""Why a post stays that is hidden only if its author turns out to be a stranger."""

MOST_REASONS = 5
_SAID = 10.0
_EARLY = 20
_INDEX = {category: index for index, category in enumerate(CATEGORIES)}
_STRICTEST_LEVEL: Mapping[Category, Level] = {
    "person": Level.known,
    "celebrity": Level.noise,
    "sales": Level.everything,
    "spam": Level.everything,
}
_AS: Mapping[Category, str] = {"person": "a person's", "celebrity": "celebrity", "sales": "sales", "spam": "spam"}
_PHRASES: Mapping[Category, str] = {"person": "a person", "celebrity": "a broadcast", "sales": "sales", "spam": "spam"}
_MARKED: Mapping[Category, Mapping[Category, float]] = {
    category: {each: 0.97 if each == category else 0.01 for each in CATEGORIES} for category in CATEGORIES
}
_NONE: Mapping[Category, int] = {}


def judge(context: PostContext, weights: Weights, *, marks: UserMarks = NO_MARKS, now: datetime) -> Verdict:
    """The verdict on one post, for all levels at once. It never raises."""
    return _judge(context, scorer(weights), marks, now)


def judge_all(
    contexts: Iterable[PostContext], weights: Weights, *, marks: UserMarks = NO_MARKS, now: datetime
) -> list[Verdict]:
    """The verdicts on many posts, in their order."""
    contexts = list(contexts)
    model = scorer(weights)
    model.reserve(len(contexts))
    return [_judge(context, model, marks, now) for context in contexts]


def _judge(context: PostContext, model: Scorer, marks: UserMarks, now: datetime) -> Verdict:
    verdict = _by_what_is_known(context, model, marks, now)
    if context.relationship_known or verdict.strictest_level == Level.known:
        return verdict
    # What the server has not said is no evidence of a stranger: what would stay if they follow each other stays.
    friends = replace(context.tie, you_follow=True, follows_you=True)
    name = name_of(strength(friends, now))
    decided = _mark(context.post, marks) is not None or _muted(context, now) is not None or context.post.server_hides
    if name in MARKS_TO_OVERRIDE_TIE and not decided and not _lifted(name, _marks(context.post, marks)):
        # Whatever the post says: nothing needs to be read once more.
        until = Level.known
    else:
        # A celebrity who talks back is none, and may look like a seller then: the milder of both answers holds.
        until = max(
            _by_what_is_known(replace(context, tie=friends), model, marks, now).strictest_level, verdict.strictest_level
        )
    if until == verdict.strictest_level:
        return verdict
    others = verdict.reasons
    if verdict.strictest_level == Level.quiet:
        # It says how little is known of a stranger: that is told already.
        others = others[1:]
    elif others[0].kind == "label":
        # What hides a stranger's post only covers a friend's.
        others = tuple(
            Reason(f"{label.words}: only warned of until then", 0.0, "label") for label in _hiding(context.post)
        )
    return replace(
        verdict, strictest_level=until, reasons=_lead_with(Reason(RELATIONSHIP_PENDING, 0.0, "unsure"), others)
    )


def _by_what_is_known(context: PostContext, model: Scorer, marks: UserMarks, now: datetime) -> Verdict:
    post = context.post
    mark = _mark(post, marks)
    if mark is not None:
        reason = Reason(f"you marked this post as {_AS[mark]}", _SAID, "mark")
        return Verdict(_STRICTEST_LEVEL[mark], mark, _MARKED[mark], (reason,))

    tie = strength(context.tie, now)
    name = name_of(tie)
    author_marks = _marks(post, marks)
    found = [fired for rule in RULES if (fired := rule(context, tie, now)) is not None]
    if author_marks:
        found += _author_marks(author_marks)
    scored = model.score(context)
    scores = _scores(scored, found, tie, talks_back=name in MARKS_TO_OVERRIDE_TIE)
    category = max(CATEGORIES, key=scores.__getitem__)
    friendly = [reason for speaks_for, reason in found if speaks_for == "person"]

    muted = _muted(context, now)
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
    if context.tie.vouched and not context.tie.not_known:
        reason = Reason(f"you vouched for {post.author.shown_name or 'them'}", _SAID, "mark")
        return Verdict(Level.known, category, scores, _lead_with(reason, friendly))
    if name in MARKS_TO_OVERRIDE_TIE and not _lifted(name, author_marks):
        reason = Reason(evidence(context.tie, now), TIE_WEIGHT * tie, "tie")
        return Verdict(Level.known, category, scores, _lead_with(reason, friendly))
    if hiding is not None:
        why = "you chose to hide that" if hiding.chosen else "that is hidden unless you choose otherwise"
        reason = Reason(f"{hiding.words}, and {why}", _SAID, "label")
        return Verdict(Level.everything, category, scores, (reason,))
    threshold = model.weights.blend.threshold
    if scores["person"] < 1 - threshold:
        noise = scores["sales"] + scores["spam"] > threshold
        reasons = _against(context, model, scored, found, category)
        return Verdict(Level.everything if noise else Level.noise, category, scores, reasons)

    stays = name != "stranger" or _shown_by_marks(author_marks)
    until = Level.known if stays else Level.quiet
    if category != "person":
        unsure = Reason(_unsure(category, scores[category], model.weights.marks), 0.0, "unsure")
        return Verdict(
            until, category, scores, _lead_with(unsure, [*_against(context, model, scored, found, category), *friendly])
        )
    if name != "stranger":
        friendly.append(Reason(evidence(context.tie, now), TIE_WEIGHT * tie, "tie"))
        return Verdict(until, category, scores, _sorted(friendly))
    if stays:
        return Verdict(until, category, scores, _sorted(friendly))
    return Verdict(until, category, scores, _lead_with(_stranger(context, now), friendly))


def _mark(post: Post, marks: UserMarks) -> Category | None:
    """The user's word on this very post, on the post that it boosts, or on another boost of that."""
    if not marks.posts:
        return None
    mark = marks.posts.get(post.key)
    if mark is None and post.original_id:
        original = (post.account, post.original_id)
        return marks.posts.get(original) or marks.boosted.get(original)
    return mark or marks.boosted.get(post.key)


def _hiding(post: Post) -> tuple[Label, ...]:
    """The labels that hide a stranger's post."""
    return tuple(label for label in post.labels if label.effect == "hide") if post.labels else ()


def _marks(post: Post, marks: UserMarks) -> Mapping[Category, int]:
    """How often the user marked posts of this author as what."""
    return marks.authors.get((post.account, post.author.id), _NONE) if post.author.id else _NONE


def _muted(context: PostContext, now: datetime) -> Reason | None:
    """The user's own word that they want to hear nothing of the author, or of whoever passed the post on."""
    booster = context.post.booster
    if context.tie.muted is not None:
        return Reason(f"muted by you {format_expiry(context.tie.muted, now)}", _SAID, "mute")
    if booster is not None and context.booster_tie is not None and context.booster_tie.muted is not None:
        words = f"boosted by {booster.shown_name}, muted by you {format_expiry(context.booster_tie.muted, now)}"
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
    return noise >= MARKS_TO_OVERRIDE_TIE[name] and noise >= 3 * marks.get("person", 0)


def _shown_by_marks(marks: Mapping[Category, int]) -> bool:
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
    context: PostContext, model: Scorer, scored: Scored, found: Sequence[Evidence], category: Category
) -> tuple[Reason, ...]:
    """What speaks for noise, strongest first; at least one sentence."""
    reasons = [reason for speaks_for, reason in found if speaks_for != "person"]
    reasons += model.explain(context, scored, category)
    return _sorted(reasons) or (Reason(f"all in all it reads like {_PHRASES[category]}", 1.0, "text"),)


def _stranger(context: PostContext, now: datetime) -> Reason:
    author = context.post.author
    if not author.id and not author.handle:
        return Reason("it is not known who wrote this", 1.0, "tie")
    return Reason(f"a stranger to you: {evidence(context.tie, now)}", 1.0, "tie")


def _unsure(category: Category, probability: float, marks: int) -> str:
    told = f"{_PHRASES[category]}, {probability:.0%}"
    if marks < _EARLY:
        return f"not sure yet ({told}): {_EARLY - marks} more mark{'s' if _EARLY - marks > 1 else ''} teach it"
    return f"not sure ({told}): too little to hide it"


def _titles(post: Post) -> str:
    return "".join(f' "{title}"' for title in post.server_filters)


def _sorted(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=_weight, reverse=True)[:MOST_REASONS])


def _lead_with(first: Reason, others: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons led by the one that decided, whose weight is at least that of the strongest other."""
    rest = _sorted(others)[: MOST_REASONS - 1]
    if rest and rest[0].weight > first.weight:
        first = replace(first, weight=rest[0].weight)
    return (first, *rest)


def _weight(reason: Reason) -> float:
    return reason.weight

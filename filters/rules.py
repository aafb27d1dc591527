"""Rules: what numbers and words alone cannot say. Silence towards the user, rhythm, habits, who passed a post on.

A rule is one function that answers with Evidence or None, and one line in RULES. Rules never hide by themselves: their
weights are log-odds that are added to the classifier's, and a tie overrules them all. What is not known counts for
nothing. What one fact alone says is the classifier's (filters/features.py): the account's numbers, its bot flag, the
share of links or answers, that there is no tie, the words. Here stands what only several facts together say.
"""

# ruff: noqa: ARG001 (every rule is asked with the same three things; most look at one)

from collections.abc import Callable, Mapping
from datetime import datetime
from math import log2

from ..models.context import Habits, PostContext
from ..models.verdict import Category, Reason
from .ties import KNOWN
from .ties import strength as strength_of

Evidence = tuple[Category, Reason]
"""A category, and the reason that speaks for it with its weight in log-odds."""

Rule = Callable[[PostContext, float, datetime], Evidence | None]
"""Asked with the case, the strength of the tie to the author, and the present time."""

# Habits are read from what a home timeline shows, which leaves out most answers to others: so much posting, or so few
# answers, is only ever mild evidence.
_SEEN_ENOUGH = 5
_RHYTHM_A_DAY = 10.0
_NEARLY_ALL = 0.9
_OFTEN_THE_SAME = 0.4
_AUDIENCE_DAMPING = 5_000

_NOISE: tuple[Category, ...] = ("celebrity", "sales", "spam")
_VOICES: Mapping[Category, str] = {"celebrity": "a broadcast", "sales": "sales", "spam": "spam"}


def never_replied(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """The user spoke to them again and again, and it is known that nothing ever came back."""
    tie = context.tie
    if strength or tie.replies_to_you != 0 or tie.follows_you or tie.likes_to_you or tie.mentions_to_you:
        return None
    tried = (tie.replies_from_you or 0) + (tie.mentions_from_you or 0)
    liked = (tie.likes_from_you or 0) + (tie.boosts_from_you or 0)
    if not tried and not liked:
        return None
    weight = min(0.5 + 0.3 * log2(1 + tried) + 0.1 * log2(1 + liked), 2.0)
    if tried:
        return "celebrity", Reason(f"they never answered you, though you wrote to them {_times(tried)}", weight, "rule")
    return "celebrity", Reason(f"they never answered you, though you liked their posts {_times(liked)}", weight, "rule")


def rhythm(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Many posts a day over days, and hardly an answer among them."""
    habits = context.habits
    if habits is None or habits.seen < 2 * _SEEN_ENOUGH or habits.answers * 5 > habits.seen:
        return None
    a_day = (habits.seen - 1) / max(habits.days, 1.0)
    if a_day < _RHYTHM_A_DAY:
        return None
    weight = min(0.5 + 0.5 * log2(a_day / _RHYTHM_A_DAY), 1.5)
    return "celebrity", Reason(f"about {a_day:.0f} posts a day, hardly an answer among them", weight, "rule")


def no_replies_seen(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A stranger with many posts and no answer to anybody among them; a link in nearly each makes it a feed."""
    habits = context.habits
    if habits is None or strength or habits.seen < 2 * _SEEN_ENOUGH or habits.answers:
        return None
    weight = 1.5 * min(habits.seen / 20, 1.0)
    if habits.with_link < _NEARLY_ALL * habits.seen:
        return "celebrity", Reason(f"none of their last {habits.seen} posts answers anybody", weight, "rule")
    told = f"a link in {'each' if habits.with_link == habits.seen else 'nearly each'} of their last {habits.seen} posts"
    return "celebrity", Reason(f"{told}, and no answer to anybody", weight + 1.0, "rule")


def mass_replies(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A service counter: it answers all day long, and to a crowd or in the same words."""
    habits = context.habits
    if habits is None or habits.seen < _SEEN_ENOUGH or habits.answers * 4 < habits.seen * 3:
        return None
    if _repeats(habits):
        told = "they answer everybody with the same words"
    elif (context.post.author.followers or 0) >= _AUDIENCE_DAMPING:
        told = f"{habits.answers} of their last {habits.seen} posts answer people, before {_short(context)} followers"
    else:
        return None
    return "celebrity", Reason(told, 3.5 * (1 - 2 / habits.seen), "rule")


def repeated_text(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """The same text again and again, to nobody in particular."""
    habits = context.habits
    if habits is None or not _repeats(habits) or habits.answers * 2 >= habits.seen:
        return None
    told = f"{habits.repeated} of their last {habits.seen} posts say the same"
    return "spam", Reason(told, 1.0 * (1 - 2 / habits.seen), "rule")


def posts_read_like_noise(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Their posts together say more than one alone: a shop's next post is a shop's, even when it is short."""
    if context.habits is None or context.habits.words is None:
        return None
    person, *others = context.habits.words
    strongest = max(others)
    weight = min(2.0 * (strongest - person + 1.0), 4.0)
    if weight <= 0:
        return None
    category = _NOISE[others.index(strongest)]
    return category, Reason(f"their posts together read like {_VOICES[category]}", weight, "rule")


def boosted_by_known(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Somebody the user knows found it worth boosting: it makes up for a stranger, not for a celebrity's numbers."""
    booster = context.post.booster
    if booster is None or context.booster_tie is None or strength_of(context.booster_tie, now) < KNOWN:
        return None
    return "person", Reason(f"boosted by {booster.shown_name}, whom you know", 2.0, "rule")


RULES: tuple[Rule, ...] = (
    never_replied,
    rhythm,
    no_replies_seen,
    mass_replies,
    repeated_text,
    posts_read_like_noise,
    boosted_by_known,
)


def _repeats(habits: Habits) -> bool:
    return habits.seen >= _SEEN_ENOUGH and habits.repeated >= _OFTEN_THE_SAME * habits.seen


def _short(context: PostContext) -> str:
    return f"{context.post.author.followers or 0:,}"


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count:,} times"

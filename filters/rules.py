"""Rules: what numbers and words alone cannot say. Silence towards the user, rhythm, habits, who passed a post on.

A rule is one function that answers with Evidence or None, and one line in RULES. Rules never hide by themselves: their
weights are log-odds that are added to the classifier's, and a tie overrules them all. What is not known counts for
nothing. What one fact alone says is the classifier's (filters/features.py): the account's numbers, its bot flag, the
share of links or answers, that there is no tie, the words. Here stands what only several facts together say.
"""

# ruff: noqa: ARG001 (every rule is asked with the same three things; most look at one)

from collections.abc import Callable
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
_CROWD = 5_000

_NOISE: tuple[Category, ...] = ("celebrity", "sales", "spam")


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
        return "celebrity", Reason("never_answered", (tried,), weight)
    return "celebrity", Reason("never_answered_likes", (liked,), weight)


def rhythm(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Many posts a day over days, and hardly an answer among them."""
    habits = context.habits
    if habits is None or habits.seen < 2 * _SEEN_ENOUGH or habits.answers * 5 > habits.seen:
        return None
    a_day = (habits.seen - 1) / max(habits.days, 1.0)
    if a_day < _RHYTHM_A_DAY:
        return None
    weight = min(0.5 + 0.5 * log2(a_day / _RHYTHM_A_DAY), 1.5)
    return "celebrity", Reason("rhythm", (a_day,), weight)


def no_replies_seen(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A stranger with many posts and no answer to anybody among them; a link in nearly each makes it a feed."""
    habits = context.habits
    if habits is None or strength or habits.seen < 2 * _SEEN_ENOUGH or habits.answers:
        return None
    weight = 1.5 * min(habits.seen / 20, 1.0)
    if habits.with_link < _NEARLY_ALL * habits.seen:
        return "celebrity", Reason("no_replies", (habits.seen,), weight)
    return "celebrity", Reason("link_feed", (habits.seen, habits.with_link), weight + 1.0)


def mass_replies(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A service counter: it answers all day long, and to a crowd or in the same words."""
    habits = context.habits
    if habits is None or habits.seen < _SEEN_ENOUGH or habits.answers * 4 < habits.seen * 3:
        return None
    # A service desk asks for order numbers and messages as a shop does, and sells nothing: its voice is a broadcast's.
    weight = 3.5 * (1 - 2 / habits.seen) + _voice(habits)[1]
    if _repeats(habits):
        return "celebrity", Reason("same_answers", (), weight)
    followers = context.post.author.followers or 0
    if followers < _CROWD:
        return None
    return "celebrity", Reason("mass_answers", (habits.answers, habits.seen, followers), weight)


def repeated_text(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """The same text again and again, to nobody in particular."""
    habits = context.habits
    if habits is None or not _repeats(habits) or habits.answers * 2 >= habits.seen:
        return None
    return "spam", Reason("repeated", (habits.repeated, habits.seen), 1.0 * (1 - 2 / habits.seen))


def posts_read_like_noise(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Their posts together say more than one alone: a shop's next post is a shop's, even when it is short."""
    habits = context.habits
    if habits is None or mass_replies(context, strength, now) is not None:
        return None
    category, weight = _voice(habits)
    return (category, Reason("posts_alike", (category,), weight)) if weight > 0 else None


def boosted_by_known(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Somebody the user knows found it worth boosting: it makes up for a stranger, not for a celebrity's numbers."""
    booster = context.post.booster
    if booster is None or context.booster_tie is None or strength_of(context.booster_tie, now) < KNOWN:
        return None
    return "person", Reason("boosted", (booster.shown_name,), 2.0)


RULES: tuple[Rule, ...] = (
    never_replied,
    rhythm,
    no_replies_seen,
    mass_replies,
    repeated_text,
    posts_read_like_noise,
    boosted_by_known,
)


def _voice(habits: Habits) -> tuple[Category, float]:
    """Which kind of noise an author's posts read like together, and how much that weighs."""
    if habits.words is None:
        return "celebrity", 0.0
    person, *others = habits.words
    strongest = max(others)
    return _NOISE[others.index(strongest)], max(min(2.0 * (strongest - person + 1.0), 4.0), 0.0)


def _repeats(habits: Habits) -> bool:
    return habits.seen >= _SEEN_ENOUGH and habits.repeated >= _OFTEN_THE_SAME * habits.seen

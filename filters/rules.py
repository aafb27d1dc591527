"""Rules: evidence that single numbers and words cannot give, such as silence, rhythm, habits and boosts.

A rule is one function that returns Evidence or None, and one line in RULES. Rules never hide a post by themselves:
their weights are log-odds that are added to the classifier's, and a tie overrules them all. Unknown values make no
rule fire. Single facts belong to the classifier (filters/features.py): the account's counts, its bot flag, the share
of links or answers, a missing tie, the words. A rule combines several facts.
"""

# ruff: noqa: ARG001 (every rule takes the same three arguments; most use one)

from collections.abc import Callable
from datetime import datetime
from math import log2, log10

from ..models.context import Habits, PostContext
from ..models.verdict import Category, Reason
from .habits import READ
from .score import noise_odds
from .ties import KNOWN
from .ties import strength as strength_of

Evidence = tuple[Category, Reason]
"""A category, and the reason for it with its weight in log-odds."""

Rule = Callable[[PostContext, float, datetime], Evidence | None]
"""Takes the context, the strength of the tie to the author, and the current time."""

# Habits come from a home timeline, which leaves out most replies to others. So they are only mild evidence.
_SEEN_ENOUGH = 5
_RHYTHM_A_DAY = 10.0
_NEARLY_ALL = 0.9
_OFTEN_THE_SAME, _NEARLY_ALWAYS = 0.4, 2.5
_CROWD = 5_000
_LARGE = 3.5
"""An audience of about 3,000, as its logarithm. Above it, friends who follow an account are no evidence of a person."""

_FORM = 4.0
_ANSWERS_FROM, _ANSWERS, _MOST_OF_ANSWERS = -1.4, 10.0, 9.0
"""Log-odds of noise of an account's answers together count ten times, from -1.4 on, up to 9."""


NOISE: tuple[Category, ...] = ("celebrity", "sales", "spam")


def never_replied(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """The user contacted them several times, and it is known that they never responded."""
    tie = context.tie
    if not context.answerable or strength:
        return None
    if tie.replies_to_you != 0 or tie.follows_you or tie.likes_to_you or tie.mentions_to_you:
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
    """Many posts a day over several days, and almost no replies."""
    habits = context.habits
    if not context.answerable or habits is None or habits.seen < 2 * _SEEN_ENOUGH or habits.answers * 5 > habits.seen:
        return None
    a_day = (habits.seen - 1) / max(habits.days, 1.0)
    if a_day < _RHYTHM_A_DAY:
        return None
    weight = min(0.5 + 0.5 * log2(a_day / _RHYTHM_A_DAY), 1.5)
    return "celebrity", Reason("rhythm", (a_day,), weight)


def no_replies_seen(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A stranger with many posts and no replies. With a link in nearly every post it is a feed."""
    habits = context.habits
    if not context.answerable or habits is None or strength or habits.seen < 2 * _SEEN_ENOUGH or habits.answers:
        return None
    weight = 1.5 * min(habits.seen / 20, 1.0)
    if habits.with_link < _NEARLY_ALL * habits.seen:
        return "celebrity", Reason("no_replies", (habits.seen,), weight)
    return "celebrity", Reason("link_feed", (habits.seen, habits.with_link), weight + 1.0)


def mass_replies(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """A service desk: most posts are replies, to many people or in the same words."""
    habits = context.habits
    if habits is None or habits.seen < _SEEN_ENOUGH or habits.answers * 4 < habits.seen * 3:
        return None
    # A service desk asks for order numbers and messages like a shop, but does not sell, so it is a broadcaster.
    weight = 3.5 * (1 - 2 / habits.seen) + _voice(habits)[1]
    if _repeats(habits):
        return "celebrity", Reason("same_answers", (), weight)
    followers = context.post.author.followers or 0
    if followers < _CROWD:
        return None
    return "celebrity", Reason("mass_answers", (habits.answers, habits.seen, followers), weight)


def answers_alike(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """An account that mostly answers, and whose answers together read like noise: it praises whatever it finds."""
    habits = context.habits
    if habits is None or habits.words is None or habits.seen < _SEEN_ENOUGH or habits.answers * 4 < habits.seen * 3:
        return None
    if mass_replies(context, strength, now) is not None:
        return None
    odds = noise_odds(habits.words)
    if odds <= _ANSWERS_FROM:
        return None
    weight = min(_ANSWERS * (odds - _ANSWERS_FROM), _MOST_OF_ANSWERS) * (1 - 2 / habits.seen)
    return "spam", Reason("answers_alike", (habits.answers, habits.seen), weight)


def repeated_text(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """The same text again and again, not in reply to anybody."""
    habits = context.habits
    if habits is None or not _repeats(habits) or habits.answers * 2 >= habits.seen:
        return None
    weight = 1.0 + _NEARLY_ALWAYS * max(habits.repeated / habits.seen - _OFTEN_THE_SAME, 0.0)
    return "spam", Reason("repeated", (habits.repeated, habits.seen), weight * (1 - 2 / habits.seen))


def same_form(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Posts that fill in a form: a weather station, a ticker, a catalogue."""
    habits = context.habits
    if habits is None or habits.same_form < _SEEN_ENOUGH or habits.same_form * 4 < min(habits.seen, READ) * 3:
        return None
    return "celebrity", Reason("same_form", (habits.same_form, min(habits.seen, READ)), _FORM)


def posts_read_like_noise(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """An author's posts together are better evidence than one alone, for example for a short post of a shop."""
    habits = context.habits
    if habits is None or mass_replies(context, strength, now) is not None:
        return None
    category, weight = _voice(habits)
    if weight > 0:
        return (category, Reason("posts_alike", (category,), weight))
    return None


def boosted_by_known(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """Somebody the user knows boosted it. That outweighs being a stranger, but not a celebrity's counts."""
    booster = context.post.booster
    if booster is None or context.booster_tie is None or strength_of(context.booster_tie, now) < KNOWN:
        return None
    return "person", Reason("boosted", (booster.shown_name,), 2.0)


def followed_by_known(context: PostContext, strength: float, now: datetime) -> Evidence | None:
    """People the user follows also follow them. Large accounts, bots and feeds are followed for other reasons."""
    known, author = context.followed_by, context.post.author
    if known is None or author.followers is None or author.bot or not context.answerable or known.weight < 1:
        return None
    smallness = min(2 * (_LARGE - log10(author.followers + 1)), 1.0)
    if smallness <= 0:
        return None
    weight = min(0.5 * log2(1 + known.weight), 1.5) * smallness
    return "person", Reason("followed_by", (known.count, known.name), weight)


RULES: tuple[Rule, ...] = (
    never_replied,
    rhythm,
    no_replies_seen,
    mass_replies,
    answers_alike,
    repeated_text,
    same_form,
    posts_read_like_noise,
    boosted_by_known,
    followed_by_known,
)


def _voice(habits: Habits) -> tuple[Category, float]:
    """The kind of noise that an author's posts read like together, and its weight."""
    if habits.words is None:
        return "celebrity", 0.0
    person, *others = habits.words
    strongest = max(others)
    return NOISE[others.index(strongest)], max(min(2.0 * (strongest - person + 1.0), 4.0), 0.0)


def _repeats(habits: Habits) -> bool:
    return habits.seen >= _SEEN_ENOUGH and habits.repeated >= _OFTEN_THE_SAME * habits.seen

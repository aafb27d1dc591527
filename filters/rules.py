"""Rules: what can be said of a post without reading it. Each is one function, registered in RULES.

A rule answers with a category, a weight in log-odds and a sentence, or with None. What is not known counts for
nothing. Numbers of followers alone are no rule: the classifier weighs them continuously, and a tie overrules both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10

from ..models.case import Case
from ..models.verdict import Category, Reason
from .score import account_words


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule says: for which category, and why (the reason's weight is in log-odds)."""

    category: Category
    reason: Reason


Rule = Callable[[Case], Evidence | None]


def asymmetry(case: Case) -> Evidence | None:
    """Many followers, follows few: whoever speaks to a crowd and listens to hardly anybody.

    Graded, not a line: the weight grows with the audience and with how one-sided it is.
    """
    person = case.post.author
    if person.followers is None or person.following is None:
        return None
    crowd = log10(person.followers + 1)
    ratio = crowd - log10(person.following + 1)
    weight = 2.2 * min(crowd - 3.9, 2.2) + 1.3 * min(ratio - 1.0, 2.5)
    if crowd < 3.7 or ratio < 0.8 or weight <= 0.3:
        return None
    return Evidence("celebrity", Reason(account_words(person), weight, "account"))


def silence(case: Case) -> Evidence | None:
    """The user follows or wrote to an account that has an audience and never answered."""
    tie, person = case.tie, case.post.author
    if tie.follows_you or tie.replies_to_you or tie.mentions_to_you or tie.likes_to_you or tie.direct:
        return None
    if tie.replies_to_you is None or tie.follows_you is None or (person.followers or 0) < 3_000:
        return None
    tried = (tie.replies_from_you or 0) + (tie.mentions_from_you or 0)
    if tried:
        times = "once" if tried == 1 else f"{tried:,} times"
        return Evidence("celebrity", Reason(f"you wrote to them {times}, they never replied", 1.4, "rule"))
    return Evidence("celebrity", Reason("never replied to you", 0.8, "rule"))


def bot_flag(case: Case) -> Evidence | None:
    """The account says of itself that a program runs it."""
    if not case.post.author.bot:
        return None
    return Evidence("celebrity", Reason("the account says it is a bot", 4.0, "rule"))


def link_stream(case: Case) -> Evidence | None:
    """A link in nearly every post and no answer to anybody: a feed, not a person."""
    habits = case.habits
    if habits is None or habits.seen < 8 or habits.with_link < 0.9 * habits.seen or habits.answers > 0.05 * habits.seen:
        return None
    sentence = f"{habits.with_link} of their last {habits.seen} posts are links, none answers anybody"
    return Evidence("celebrity", Reason(sentence, 1.8, "rule"))


def rhythm(case: Case) -> Evidence | None:
    """More posts a day than a person writes, and no conversation among them."""
    habits = case.habits
    if habits is None or habits.seen < 20 or habits.days <= 0.2 or habits.answers > 0.1 * habits.seen:
        return None
    a_day = habits.seen / habits.days
    if a_day < 25:
        return None
    return Evidence("celebrity", Reason(f"about {a_day:.0f} posts a day, hardly an answer among them", 1.6, "rule"))


def repetition(case: Case) -> Evidence | None:
    """The same text to everybody, again and again."""
    habits = case.habits
    if habits is None or habits.repeated < 4 or habits.repeated < 0.3 * habits.seen:
        return None
    return Evidence("spam", Reason(f"{habits.repeated + 1} of their posts say the same", 1.6, "rule"))


RULES: tuple[Rule, ...] = (
    asymmetry,
    silence,
    bot_flag,
    link_stream,
    rhythm,
    repetition,
)

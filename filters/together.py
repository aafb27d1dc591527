"""What an author's posts say together: one alone is often uncertain, like one short post of a library or of a friend.

Two models read them: the base model the words of the first eight, with the account, and the personal model the words of
a few. Their reasons have the kind "posts_alike". Nothing here concerns people whom the user knows.
"""

from collections.abc import Sequence

from ..models.context import Habits
from ..models.verdict import Category, Reason
from ..models.weights import FourNumbers
from .rules import NOISE, Evidence
from .score import noise_odds

_FEW = 3
"""Of what `n` posts say together, n / (n + 3) counts."""

_ACCOUNT, _ACCOUNT_FROM = 3.0, 0.2
"""Log-odds of noise of posts and account count three times, from 0.2 on."""

_WORDS_FROM, _WORDS_TO = -2.0, -1.2
"""Nothing of that counts while the words alone are below the first, and all of it above the second."""

_BROADCASTS = 1.0
_PERSON, _PERSON_FROM = 1.2, -1.0
"""Log-odds of noise of words below -1 speak for a person, 1.2 times the difference."""

_VOICE, _VOICE_FROM = 1.5, 0.5
"""Log-odds of noise to the personal model count 1.5 times, from 0.5 on."""

_MOST_FOR_PERSON, _MOST_OF_VOICE, _MOST_FOR_NOISE = 1.5, 1.0, 4.0
"""An author can win at most 1.5 by words, and 1.0 by what the personal model says; noise adds at most 4."""

_BY_MACHINE = ("same_form", "repeated")
_ABOUT_ANSWERS = ("mass_answers", "same_answers", "answers_alike")


def with_account(found: Sequence[Evidence], habits: Habits, account: FourNumbers) -> list[Evidence]:
    """Evidence, with what the base model reads in an author's posts and account: a logit per category.

    Neither the posts of a small organisation nor its account need to be certain alone. This replaces what
    `posts_read_like_noise` found if it is more.
    """
    if habits.words is None or any(reason.kind in _ABOUT_ANSWERS for _, reason in found):
        return list(found)
    words = noise_odds(habits.words)
    certainty = habits.seen / (habits.seen + _FEW)
    if words < _PERSON_FROM and not any(reason.kind in _BY_MACHINE for _, reason in found):
        weight = min(_PERSON * (_PERSON_FROM - words) * certainty, _MOST_FOR_PERSON)
        found = [*found, _alike("person", weight)]
    person, celebrity, sales, spam = map(float.__add__, habits.words, account)
    odds = noise_odds((person, celebrity, sales, spam))
    # A large account alone makes no broadcaster of somebody whose posts all read like a person's.
    certainty *= min(max((words - _WORDS_FROM) / (_WORDS_TO - _WORDS_FROM), 0.0), 1.0)
    weight = min(_ACCOUNT * (odds - _ACCOUNT_FROM) * certainty, _MOST_FOR_NOISE)
    if weight <= max(_found(found, kind) for kind in NOISE):
        return list(found)
    # An organisation that advertises its fair is a broadcaster. Selling has to stand out.
    category = max(zip((celebrity + _BROADCASTS, sales, spam), NOISE, strict=True))[1]
    return [*_without(found, NOISE), _alike(category, weight)]


def with_voice(found: Sequence[Evidence], voice: FourNumbers) -> list[Evidence]:
    """Evidence, with what the personal model reads in an author's posts: a logit per category.

    If they read like noise, that adds to what the base model found about their kind. Like a person's, it replaces what
    the base model found if it is more.
    """
    category = max(zip(voice[1:], NOISE, strict=True))[1]
    weight = min(_VOICE * (noise_odds(voice) - _VOICE_FROM), _MOST_FOR_NOISE)
    if weight > 0:
        return [*_without(found, (category, "person")), _alike(category, _found(found, category) + weight)]
    if any(_found(found, kind) for kind in NOISE):
        # With the account, the base model knows more than the words that the personal model reads.
        return list(found)
    for_person = max(min(-weight, _MOST_OF_VOICE), _found(found, "person"))
    return [*_without(found, ("person",)), _alike("person", for_person)]


def _alike(category: Category, weight: float) -> Evidence:
    return category, Reason("posts_alike", (category,), weight)


def _found(found: Sequence[Evidence], category: Category) -> float:
    return max((reason.weight for of, reason in found if of == category and reason.kind == "posts_alike"), default=0.0)


def _without(found: Sequence[Evidence], categories: Sequence[Category]) -> list[Evidence]:
    return [each for each in found if each[1].kind != "posts_alike" or each[0] not in categories]

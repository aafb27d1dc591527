"""Scores an author's posts together, because a single short post, of a library or of a friend, is often uncertain.

The base model reads the words of the first eight posts, with the account; the personal model reads the words of a few.
Their reasons have the kind "posts_alike". None of this applies to people whom the user knows.
"""

from collections.abc import Sequence

from ..models.context import Habits
from ..models.verdict import Category, Reason
from ..models.weights import FourNumbers
from .rules import NOISE, Evidence
from .score import Scored, noise_odds

_FEW = 3
"""The weight of `n` posts is multiplied by n / (n + 3)."""

_ACCOUNT, _ACCOUNT_FROM = 3.0, 0.2
"""Log-odds of noise of posts and account above 0.2 count three times."""

_WORDS_FROM, _WORDS_TO = -2.0, -1.2
"""That weight grows from none to all while the log-odds of the words alone rise from the first to the second."""

_BROADCASTS = 2.5
"""By so much another kind has to be stronger than `celebrity` to be what posts read like together."""

_PERSON, _PERSON_FROM = 1.2, -1.0
"""Log-odds of the words below -1 are evidence for a person: 1.2 times the difference."""

_LARGE_FROM, _LARGE_TO = 3.5, 4.5
"""That evidence fades while the account's log-odds of a broadcaster rise from the first (some 10,000 followers) to the
second (50,000, and few followed): a celebrity who writes like a friend is still a celebrity.
"""

_VOICE, _VOICE_FROM = 1.5, 0.5
"""Log-odds of noise of the personal model above 0.5 count 1.5 times."""

_MOST_FOR_PERSON, _MOST_OF_VOICE, _MOST_FOR_NOISE = 1.5, 1.0, 4.0
"""An author can gain at most 1.5 from words, and 1.0 from the personal model; noise adds at most 4."""

_OTHERS, _LITTLE, _ENOUGH = 0.8, 1.0, 3.0
"""The part of the difference between a post's log-odds and the mean of its author's posts that counts. It grows from
nothing to all while the evidence for noise rises from the second to the third.
"""

_ALIKE = ("posts_alike", "answers_alike")
_BY_MACHINE = ("same_form", "repeated")
_ABOUT_ANSWERS = ("mass_answers", "same_answers", "answers_alike")


def with_account(found: Sequence[Evidence], habits: Habits, account: FourNumbers) -> list[Evidence]:
    """Add the evidence of the base model from an author's posts and account.

    It recognises small organisations, of which neither the posts nor the account are certain alone. It replaces the
    evidence of `posts_read_like_noise` if it is stronger.
    """
    if habits.words is None or any(reason.kind in _ABOUT_ANSWERS for _, reason in found):
        return list(found)
    words = noise_odds(habits.words)
    certainty = habits.seen / (habits.seen + _FEW)
    if words < _PERSON_FROM and not any(reason.kind in _BY_MACHINE for _, reason in found):
        small = min(max((_LARGE_TO - account[1] + account[0]) / (_LARGE_TO - _LARGE_FROM), 0.0), 1.0)
        weight = small * min(_PERSON * (_PERSON_FROM - words) * certainty, _MOST_FOR_PERSON)
        if weight:
            found = [*found, _alike("person", weight)]
    person, celebrity, sales, spam = map(float.__add__, habits.words, account)
    odds = noise_odds((person, celebrity, sales, spam))
    # Somebody whose posts all read like a person's is no broadcaster because of a large account alone.
    certainty *= min(max((words - _WORDS_FROM) / (_WORDS_TO - _WORDS_FROM), 0.0), 1.0)
    weight = min(_ACCOUNT * (odds - _ACCOUNT_FROM) * certainty, _MOST_FOR_NOISE)
    if weight <= max(_found(found, kind) for kind in NOISE):
        return list(found)
    # An organisation that advertises an event is a broadcaster, so sales must score clearly higher.
    category = max(zip((celebrity + _BROADCASTS, sales, spam), NOISE, strict=True))[1]
    if category == "celebrity":
        # It has to make up for the kind that is stronger so far.
        weight = min(weight + max(sales - celebrity, spam - celebrity, 0.0), _MOST_FOR_NOISE)
    return [*_without(found, NOISE), _alike(category, weight)]


def with_others(found: list[Evidence], habits: Habits, scored: Scored) -> list[Evidence]:
    """Move the evidence of one post towards that of the author's posts together.

    A short text says little alone, so part of the difference between its log-odds and the mean of the author's posts is
    added: for noise as far as these are evidence for noise, and for a person up to the most that words may give.
    """
    if habits.words is None:
        return found
    for_noise, for_person, category = 0.0, 0.0, NOISE[0]
    for kind, reason in found:
        if reason.kind not in _ALIKE:
            continue
        if kind == "person":
            for_person = reason.weight
        elif reason.weight > for_noise:
            for_noise, category = reason.weight, kind
    # Nothing to add: the score of the words alone need not be computed.
    if for_noise <= _LITTLE and not 0 < for_person < _MOST_FOR_PERSON:
        return found
    own = noise_odds(scored.words)
    apart = _OTHERS * habits.seen / (habits.seen + _FEW) * (noise_odds(habits.words) - own)
    if apart > 0:
        # A post that reads like noise itself needs no more.
        apart = min(apart, max(-own, 0.0)) * min(max((for_noise - _LITTLE) / (_ENOUGH - _LITTLE), 0.0), 1.0)
        if not apart:
            return found
        return [*_without(found, (category,)), _alike(category, _found(found, category) + apart)]
    if not for_person:
        return found
    return [*_without(found, ("person",)), _alike("person", min(for_person - apart, _MOST_FOR_PERSON))]


def with_voice(found: Sequence[Evidence], voice: FourNumbers) -> list[Evidence]:
    """Add the evidence of the personal model from an author's posts.

    If they read like noise, it adds to the base model's evidence for that category. If they read like a person's, it
    replaces the base model's evidence if it is stronger.
    """
    category = max(zip(voice[1:], NOISE, strict=True))[1]
    weight = min(_VOICE * (noise_odds(voice) - _VOICE_FROM), _MOST_FOR_NOISE)
    if weight > 0:
        return [*_without(found, (category, "person")), _alike(category, _found(found, category) + weight)]
    if any(_found(found, kind) for kind in NOISE):
        # The base model also read the account, so it is more reliable here.
        return list(found)
    for_person = max(min(-weight, _MOST_OF_VOICE), _found(found, "person"))
    return [*_without(found, ("person",)), _alike("person", for_person)]


def _alike(category: Category, weight: float) -> Evidence:
    return category, Reason("posts_alike", (category,), weight)


def _found(found: Sequence[Evidence], category: Category) -> float:
    return max((reason.weight for of, reason in found if of == category and reason.kind == "posts_alike"), default=0.0)


def _without(found: Sequence[Evidence], categories: Sequence[Category]) -> list[Evidence]:
    return [each for each in found if each[1].kind != "posts_alike" or each[0] not in categories]

"""Which parts of a post explain its score, strongest first: typed reasons, from the weights that were added up."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..models.person import Person
from ..models.verdict import Category, Reason
from .calls import PAIR_PHRASES, WORD_PHRASES
from .features import CALL, Features

STYLE = "hand"
BIO = "bio"
"""The names of the style and of the words of the bio among the named features."""

_LEAST = 0.1
_NEARLY_ALL = 0.8
_SHAPE, _HABIT, _ACCOUNT = "shape:", "habit:", "account:"
_BIO_WORDS = frozenset(("account:public", "account:voice"))
_NOT_TOLD = frozenset(("account:private",))


@dataclass(frozen=True, slots=True)
class Attributions:
    """How much words, pairs of words and named features speak for a kind of noise rather than for a person."""

    words: dict[str, float]
    pairs: dict[tuple[str, str], float]
    named: dict[str, float]


def reasons(shares: Attributions, found: Features, category: Category, author: Person) -> list[Reason]:
    """What speaks most for a category, strongest first, without what hardly does."""
    told = [*_wordings(shares, category), *_facts(shares.named, found.named, category, author)]
    return sorted((reason for reason in told if reason.weight > _LEAST), key=_weight, reverse=True)


def _wordings(shares: Attributions, category: Category) -> list[Reason]:
    words, pairs, named = shares.words, shares.pairs, shares.named
    # The words of a call to action explain what the call weighs.
    for word in words.keys() & WORD_PHRASES.keys():
        words[word] += named.pop(f"{CALL}{WORD_PHRASES[word]}", 0.0)
    told = []
    covered: set[str] = set()
    for pair, weight in pairs.items():
        # A pair takes its words along when it is a call to action, so that "use code" is told once.
        if pair in PAIR_PHRASES:
            weight += named.pop(f"{CALL}{PAIR_PHRASES[pair]}", 0.0) + words.get(pair[0], 0.0) + words.get(pair[1], 0.0)
            covered.update(pair)
        told.append(Reason("wording", (category, " ".join(pair)), weight))
    told += [Reason("wording", (category, word), weight) for word, weight in words.items() if word not in covered]
    return told


def _facts(shares: Mapping[str, float], found: Mapping[str, float], category: Category, author: Person) -> list[Reason]:
    told = []
    account = 0.0
    for name, weight in shares.items():
        if name.startswith(_ACCOUNT) and name not in _BIO_WORDS and name not in _NOT_TOLD:
            account += weight
        elif (reason := _named(name, weight, found, category)) is not None:
            told.append(reason)
    told.append(Reason("account", (author.followers, author.following, author.posts, author.bot), account))
    return told


def _named(name: str, weight: float, found: Mapping[str, float], category: Category) -> Reason | None:
    if name == STYLE:
        return Reason("style", (category,), weight)
    if name == BIO:
        return Reason("bio", (category,), weight)
    if name in _BIO_WORDS:
        return Reason("bio_words", (name.removeprefix(_ACCOUNT),), weight)
    if name.startswith(_SHAPE):
        return Reason("shape", (name.removeprefix(_SHAPE),), weight)
    # "Nearly every post" must be true to be told; a small share weighs a little and is no reason.
    if name.startswith(_HABIT) and found.get(name, 0.0) >= _NEARLY_ALL:
        return Reason("habit", (name.removeprefix(_HABIT),), weight)
    return None


def _weight(reason: Reason) -> float:
    return reason.weight

"""Reasons in words that a person wrote, from what each part of a post weighs in the linear models."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..models.person import Person
from ..models.verdict import Category, Reason
from .features import CALL, Features
from .phrases import PAIR_PHRASES, SHAPE_WORDS, WORD_PHRASES

STYLE = "hand"
BIO = "bio"
"""What the hand and the words of the bio are called among the named features."""

_LEAST = 0.1
_NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Attributions:
    """How much words, pairs of words and named features speak for a kind of noise rather than for a person."""

    words: dict[str, float]
    pairs: dict[tuple[str, str], float]
    named: dict[str, float]


def reasons(shares: Attributions, found: Features, category: Category, author: Person) -> list[Reason]:
    """What speaks most for a category, strongest first, and nothing that hardly does."""
    words, pairs, named = shares.words, shares.pairs, shares.named
    # What a call to act weighs is told by the words that it was made in.
    for word in [word for word in words if word in WORD_PHRASES]:
        words[word] += named.pop(f"{CALL}{WORD_PHRASES[word]}", 0.0)
    like = f"reads like {_as(category)}"
    told: list[tuple[float, str, bool]] = []
    covered: set[str] = set()
    for pair, weight in pairs.items():
        # A pair takes its words along when it is a call to act, so that "use code" is said once.
        if pair in PAIR_PHRASES:
            weight += named.pop(f"{CALL}{PAIR_PHRASES[pair]}", 0.0) + words.get(pair[0], 0.0) + words.get(pair[1], 0.0)
            covered.update(pair)
        if weight > _LEAST:
            told.append((weight, f'{like}: "{pair[0]} {pair[1]}"', False))
    for word, weight in words.items():
        if weight > _LEAST and word not in covered:
            told.append((weight, f'{like}: "{word}"', False))
    account = 0.0
    for name, weight in named.items():
        if name.startswith("account:") and name not in _BIOS:
            account += weight
        elif weight > _LEAST and (sentence := _sentence(name, found.named, category)):
            told.append((weight, sentence, name == BIO))
    if account > _LEAST:
        told.append((account, account_words(author), True))
    told.sort(key=_weight, reverse=True)
    return [Reason(text, weight, "account" if of_account else "text") for weight, text, of_account in told]


def _weight(told: tuple[float, str, bool]) -> float:
    return told[0]


def _as(category: Category) -> str:
    return "a broadcast" if category == "celebrity" else category


_BIOS = {
    "account:public": "their bio is that of an office, a medium, a company or a stage",
    "account:voice": "their bio is that of somebody in the news or in politics",
    "account:private": "",
}

_HABITS = {
    "habit:links": "nearly every post of theirs holds a link",
    "habit:answers": "they answer people",
    "habit:repeats": "they post the same again and again",
}


def _sentence(name: str, named: Mapping[str, float], category: Category) -> str:
    if name == STYLE:
        return f"typed as {_as(category)} is: its capitals, numbers and signs, how it begins and ends"
    if name == BIO:
        return f"their bio reads like {_as(category)}"
    if name in _HABITS:
        # "Nearly every post" must be true to be said; a small share weighs a little and is no reason.
        return _HABITS[name] if named.get(name, 0.0) >= _NEARLY_ALL else ""
    return SHAPE_WORDS.get(name) or _BIOS.get(name, "")


def account_words(person: Person) -> str:
    """An account's numbers in words: "1.2 M followers, follows 83"."""
    parts = []
    if person.followers is not None:
        parts.append(f"{_short(person.followers)} followers")
    if person.following is not None:
        parts.append(f"follows {_short(person.following)}")
    if person.bot:
        parts.append("marked as a bot")
    if not parts and person.posts is not None:
        parts.append(f"{_short(person.posts)} posts")
    return ", ".join(parts) or "the account's own numbers"


def _short(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} M"
    return f"{number / 1000:.0f},000" if number >= 100_000 else f"{number:,}"

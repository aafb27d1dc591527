"""Scores a case with plain weights, and explains the score: the standard library alone, a few dozen look-ups a post."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p
from typing import TypeVar

from ..models.case import Case
from ..models.person import Person
from ..models.verdict import CATEGORIES, Category, Reason
from ..models.weights import ZEROS, FourNumbers, Linear, Weights, pack
from .features import CALL, PAIR_WEIGHT, Features, bio_features, features, pair_phrases, word_features
from .hand import hand
from .phrases import PAIR_PHRASES, SHAPE_WORDS, WORD_PHRASES

KINDS = 0.5
"""How far the own marks are believed on which kind of noise a post is: it matters less than whether it is noise."""

_CROWD = 0.4
"""How much less the starter believes the words for each hundredfold of an audience above a hundred people."""

_CROWD_LEFT = 0.3
_WRITTEN = ("shape:", CALL)
_WORDS_REMEMBERED = 6_144
_NEW_WORDS = 4
_BIOS_REMEMBERED = 1_024
_NEARLY_ALL = 0.8

_Numbers = tuple[float, float, float, float, float]
"""How many hashes a part of a text has, and what they weigh together for each category."""

_Part = TypeVar("_Part")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Scored:
    """What the classifier says of a case: a logit per category, in the order of CATEGORIES, and what it looked at."""

    logits: FourNumbers
    found: Features
    typed: tuple[int, ...] = ()
    """The hand, where an own model reads it."""


class _Memory(dict[_Part, _Value]):
    """What was found out once, by its part of a text. Of the most that it holds twice as much, what was not asked for
    again is forgotten first."""

    def __init__(self, find: Callable[[_Part], _Value], most: int) -> None:
        super().__init__()
        self._find = find
        self.most = most
        self._before: dict[_Part, _Value] = {}

    def __missing__(self, part: _Part) -> _Value:
        found = self._before.get(part)
        if found is None:
            found = self._find(part)
        if len(self) >= self.most:
            self._before = self.copy()
            self.clear()
        self[part] = found
        return found


class _Model:
    """One linear model with what it remembers of words. `crowd`: before a large audience, words weigh less in it."""

    def __init__(self, linear: Linear, *, crowd: float = 0.0) -> None:
        self._crowd = crowd
        self._hashed = pack(linear.hashed)
        self._named = linear.named
        self._bias = linear.bias
        self.words: _Memory[str, _Numbers] = _Memory(lambda word: self._found(word_features(word)), _WORDS_REMEMBERED)
        self._bios: _Memory[str, FourNumbers] = _Memory(lambda bio: self._evenly(bio_features(bio)), _BIOS_REMEMBERED)

    def logits(self, found: Features, typed: Sequence[int] = ()) -> FourNumbers:
        """The linear score of each category; `typed` is the hand (filters/hand.py), of which the starter knows none."""
        person, celebrity, sales, spam = self._bias
        heard = self._heard(found)
        vectors, scale = self._word_vectors(found, heard)
        if vectors:
            _, w_person, w_celebrity, w_sales, w_spam = map(sum, zip(*vectors, strict=True))
            person += w_person * scale
            celebrity += w_celebrity * scale
            sales += w_sales * scale
            spam += w_spam * scale
        four = self._hashed.sum(found.pairs.values())
        if four is not ZEROS:
            scale *= PAIR_WEIGHT
            person += four[0] * scale
            celebrity += four[1] * scale
            sales += four[2] * scale
            spam += four[3] * scale
        fours = [self._evenly(typed)] if typed else []
        if found.bio:
            fours.append(self._bios[found.bio])
        for four in fours:
            person += four[0]
            celebrity += four[1]
            sales += four[2]
            spam += four[3]
        named = self._named
        for name, value in found.named.items():
            four = named.get(name, ZEROS)
            if heard != 1.0 and name.startswith(_WRITTEN):
                value *= heard
            person += four[0] * value
            celebrity += four[1] * value
            sales += four[2] * value
            spam += four[3] * value
        return (person, celebrity, sales, spam)

    def shares(
        self, found: Features, category: int, kinds: float, typed: Sequence[int] = ()
    ) -> list[tuple[str | tuple[str, str], float]]:
        """How much each word, pair and named feature speaks for a kind of noise rather than for `person`."""
        heard = self._heard(found)
        vectors, scale = self._word_vectors(found, heard)
        parts: list[str | tuple[str, str]] = [*found.words, *pair_phrases(found.pairs)]
        number, noisy = 1 + category, kinds * scale
        shares: list[tuple[str | tuple[str, str], float]] = [
            (part, vector[number] * noisy - vector[1] * scale) for part, vector in zip(parts, vectors, strict=True)
        ]
        place, weights = self._hashed.place, self._hashed.fours
        twice: float = PAIR_WEIGHT * self._hashed.step
        shares += [
            (pair, (weights[at + category] * noisy - weights[at] * scale) * twice)
            for pair, key in found.pairs.items()
            if (at := place(key)) >= 0
        ]
        fours = [("\0hand", self._evenly(typed), 1.0)] if typed else []
        if found.bio:
            fours.append(("\0bio", self._bios[found.bio], 1.0))
        named = self._named
        for name, value in found.named.items():
            if (four := named.get(name)) is not None:
                fours.append((f"\0{name}", four, value * heard if name.startswith(_WRITTEN) else value))
        shares += [(name, (four[category] * kinds - four[0]) * value) for name, four, value in fours]
        return shares

    def _heard(self, found: Features) -> float:
        """How far the words count: who speaks to a crowd is a broadcaster in a friendly tone too."""
        audience = found.named.get("account:audience", 0.0) if self._crowd else 0.0
        return max(1.0 - self._crowd * audience, _CROWD_LEFT) if audience else 1.0

    def _word_vectors(self, found: Features, heard: float) -> tuple[list[_Numbers], float]:
        """How many hashes each word has and what they weigh together; and by what words and pairs are scaled."""
        vectors = list(map(self.words.__getitem__, found.words))
        total = sum([vector[0] for vector in vectors]) + PAIR_WEIGHT * len(found.pairs)
        for hashes in pair_phrases(found.pairs).values():
            vectors.append(self._found(hashes))
            total += len(hashes)
        return vectors, total**-0.5 * heard if total else 0.0

    def _found(self, hashes: Sequence[int]) -> _Numbers:
        return (len(hashes), *self._hashed.sum(hashes))

    def _evenly(self, hashes: Sequence[int]) -> FourNumbers:
        """What hashes say together, each as much as the others."""
        scale = len(hashes) ** -0.5 if hashes else 0.0
        person, celebrity, sales, spam = self._hashed.sum(hashes)
        return (person * scale, celebrity * scale, sales * scale, spam * scale)


class Scorer:
    """Scores with one set of weights. Make one and keep it: what it remembers of words makes it quick.

    It remembers what the pages of a timeline need; `expect` says that many posts are about to come at once.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._starter = _Model(weights.starter, crowd=_CROWD)
        self._own = None if weights.own is None else _Model(weights.own)

    def expect(self, posts: int) -> None:
        """Remember as many words as so many posts bring."""
        for model in (self._starter, self._own):
            if model is not None:
                model.words.most = max(model.words.most, _NEW_WORDS * posts)

    def score(self, case: Case) -> Scored:
        """The logits of a case: the starter's and, where marks taught something, the own model's, by the stack.

        Whether it is noise at all is one question, answered by both models' odds; which kind of noise, another. Asked
        as one, a kind that was seldom marked would make its posts look like a person's.
        """
        found = features(case)
        said = self._starter.logits(found)
        if self._own is None:
            return Scored(said, found)
        stack = self.weights.stack
        typed = hand(case.post.text)
        own = self._own.logits(found, typed)
        kinds = [logit + often for logit, often in zip(said[1:], stack.kinds, strict=True)]
        noise = stack.starter * (_log_sum(kinds) - said[0]) - stack.own * own[0] + stack.shift
        kinds = [logit - KINDS * _softplus(-one) for logit, one in zip(kinds, own[1:], strict=True)]
        rest = noise - _log_sum(kinds)
        celebrity, sales, spam = kinds
        return Scored((0.0, celebrity + rest, sales + rest, spam + rest), found, typed)

    def explain(self, case: Case, scored: Scored, category: Category, most: int = 4) -> list[Reason]:
        """What in the post speaks most for a category rather than for a person, in words; strongest first."""
        index = CATEGORIES.index(category)
        if index == 0:
            return []
        weights: dict[str | tuple[str, str], float] = {}
        stack = self.weights.stack
        shares = [(stack.starter, self._starter.shares(scored.found, index, 1.0))]
        if self._own is not None:
            shares.append((stack.own, self._own.shares(scored.found, index, KINDS, scored.typed)))
        for scale, parts in shares:
            for part, weight in parts:
                weights[part] = weights.get(part, 0.0) + weight * scale
        _tell_calls(weights)
        for name, share in scored.found.named.items():
            # "Nearly every post" must be true to be said; a small share weighs a little and is no reason.
            if name.startswith("habit:") and share < _NEARLY_ALL:
                weights.pop(f"\0{name}", None)
        reasons = _words(weights, category, case.post.author)
        return sorted(reasons, key=lambda reason: -reason.weight)[:most]


def _tell_calls(weights: dict[str | tuple[str, str], float]) -> None:
    """Give what a call to act weighs to the words that it was made in."""
    phrases = [part for part in weights if part in WORD_PHRASES or part in PAIR_PHRASES]
    for phrase in phrases:
        group = PAIR_PHRASES[phrase] if isinstance(phrase, tuple) else WORD_PHRASES[phrase]
        weights[phrase] += weights.pop(f"\0{CALL}{group}", 0.0)


_scorers: list[Scorer] = []


def scorer(weights: Weights) -> Scorer:
    """The scorer of these very weights, made once; the last few are kept."""
    for known in _scorers:
        if known.weights is weights:
            return known
    _scorers.insert(0, Scorer(weights))
    del _scorers[3:]
    return _scorers[0]


def _log_sum(logits: Sequence[float]) -> float:
    highest = max(logits)
    return highest + log(sum(exp(logit - highest) for logit in logits))


def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def _words(weights: Mapping[str | tuple[str, str], float], category: Category, author: Person) -> list[Reason]:
    reasons: list[Reason] = []
    account = 0.0
    pairs = {part: weight for part, weight in weights.items() if isinstance(part, tuple)}
    covered: set[str] = set()
    for pair, weight in pairs.items():
        # A pair takes its words along when it is a call to act, so that "use code" is said once.
        if pair in PAIR_PHRASES:
            weight += weights.get(pair[0], 0.0) + weights.get(pair[1], 0.0)
            covered.update(pair)
        if weight > 0.1:
            reasons.append(Reason(f'reads like {_as(category)}: "{pair[0]} {pair[1]}"', weight, "text"))
    for part, weight in weights.items():
        if isinstance(part, tuple) or part in covered:
            continue
        if part == "\0hand":
            if weight > 0.1:
                reasons.append(Reason(f"typed as {_as(category)} is: its capitals, numbers and signs", weight, "text"))
        elif part == "\0bio":
            if weight > 0.1:
                reasons.append(Reason(f"their bio reads like {_as(category)}", weight, "account"))
        elif part.startswith("\0account:") and part[1:] not in _BIO:
            account += weight
        elif part.startswith("\0"):
            text = _named(part[1:])
            if weight > 0.1 and text:
                reasons.append(Reason(text, weight, "text"))
        elif weight > 0.1:
            reasons.append(Reason(f'reads like {_as(category)}: "{part}"', weight, "text"))
    if account > 0.1:
        reasons.append(Reason(account_words(author), account, "account"))
    return reasons


def _as(category: Category) -> str:
    return "a broadcast" if category == "celebrity" else category


_BIO = {
    "account:public": "their bio is that of an office, a medium, a company or a stage",
    "account:voice": "their bio is that of somebody in the news or in politics",
    "account:private": "",
}


def _named(name: str) -> str:
    told = {
        **_BIO,
        "habit:links": "nearly every post of theirs holds a link",
        "habit:answers": "they answer people",
        "habit:repeats": "they post the same again and again",
    }
    return SHAPE_WORDS.get(name) or told.get(name, "")


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

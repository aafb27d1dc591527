"""Scores a case with plain weights, and explains the score: the standard library alone, a few dozen look-ups a post."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, log1p
from typing import NamedTuple, TypeVar

from ..models.case import Case
from ..models.verdict import CATEGORIES, Category, Reason
from ..models.weights import ZEROS, FourNumbers, Linear, Weights, pack
from .features import CALL, PAIR_WEIGHT, Features, bio_features, features, whole_word, word_features
from .hand import hand
from .reasons import BIO, HAND, Shares, reasons

KINDS = 0.5
"""How far the own marks are believed on which kind of noise a post is: it matters less than whether it is noise."""

_CROWD = 0.4
"""How much less the starter believes the words for each hundredfold of an audience above a hundred people."""

_CROWD_LEFT = 0.3

WHOLE = 1.5
"""What whole words weigh in an own model, and what the hand marks, beside what else it reads."""

_WRITTEN = ("shape:", CALL)
_WORDS_REMEMBERED = 6_144
_NEW_WORDS = 4
_BIOS_REMEMBERED = 1_024
_HANDS_REMEMBERED = 2_048

_Numbers = tuple[float, float, float, float, float]
"""How many hashes a part of a text has, and what they weigh together for each category."""

_Part = TypeVar("_Part")
_Value = TypeVar("_Value")


class Typed(NamedTuple):
    """What an own model reads beside the features: what the hand says, and by what whole words are scaled."""

    hand: FourNumbers
    whole: float


@dataclass(frozen=True, slots=True)
class Scored:
    """What the classifier says of a case: a logit per category, in the order of CATEGORIES, and what it looked at."""

    logits: FourNumbers
    found: Features
    typed: Typed | None = None
    """What an own model reads more of it, where there is one."""


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
    """One linear model with what it remembers of words.

    `crowd`: before a large audience, words weigh less in it. `kinds`: how far it is believed on which kind of noise.
    """

    def __init__(self, linear: Linear, *, crowd: float = 0.0, kinds: float = 1.0) -> None:
        self._crowd = crowd
        self._kinds = kinds
        self._hashed = pack(linear.hashed)
        self._named = linear.named
        self._bias = linear.bias
        self.words: _Memory[str, _Numbers] = _Memory(lambda word: self._found(word_features(word)), _WORDS_REMEMBERED)
        self.wholes: _Memory[str, FourNumbers] = _Memory(
            lambda word: self._hashed.sum([whole_word(word)]), _WORDS_REMEMBERED
        )
        self._bios: _Memory[str, FourNumbers] = _Memory(lambda bio: self._evenly(bio_features(bio)), _BIOS_REMEMBERED)
        self._hands: _Memory[int, FourNumbers] = _Memory(lambda one: self._hashed.sum([one]), _HANDS_REMEMBERED)

    def typed(self, text: str, found: Features) -> Typed:
        """How a text is typed (filters/hand.py), of which the starter knows nothing, nor of whole words."""
        kinds, marked = hand(text)
        if not kinds:
            return Typed(ZEROS, WHOLE * len(found.words) ** -0.5 if found.words else 0.0)
        # Few kinds of tokens follow each other in few ways: most of a hand was met before.
        person, celebrity, sales, spam = map(sum, zip(*map(self._hands.__getitem__, kinds), strict=True))
        scale, whole = len(kinds) ** -0.5, WHOLE * (len(found.words) + len(marked)) ** -0.5
        four = self._hashed.sum(marked)
        return Typed(
            (
                person * scale + four[0] * whole,
                celebrity * scale + four[1] * whole,
                sales * scale + four[2] * whole,
                spam * scale + four[3] * whole,
            ),
            whole,
        )

    def logits(self, found: Features, typed: Typed | None = None) -> FourNumbers:
        """The linear score of each category; whole words and the hand are left out where `typed` is None."""
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
        fours = [self._bios[found.bio]] if found.bio else []
        if typed is not None:
            fours.append(typed.hand)
            if found.words:
                each = map(self.wholes.__getitem__, found.words)
                w_person, w_celebrity, w_sales, w_spam = map(sum, zip(*each, strict=True))
                scale = typed.whole
                fours.append((w_person * scale, w_celebrity * scale, w_sales * scale, w_spam * scale))
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

    def share(self, shares: Shares, scale: float, found: Features, category: int, typed: Typed | None = None) -> None:
        """Add how much each part of a post speaks for a kind of noise rather than for `person`, times a scale."""
        heard = self._heard(found)
        vectors, evenly = self._word_vectors(found, heard)
        factor = evenly * scale
        kinds = factor * self._kinds
        column = 1 + category
        words, pairs, named = shares.words, shares.pairs, shares.named
        for word, vector in zip(found.words, vectors, strict=False):
            words[word] = words.get(word, 0.0) + vector[column] * kinds - vector[1] * factor
        for phrase, vector in zip(found.phrases, vectors[len(found.words) :], strict=True):
            pairs[phrase] = pairs.get(phrase, 0.0) + vector[column] * kinds - vector[1] * factor
        fours, twice = self._hashed.fours, PAIR_WEIGHT * self._hashed.step
        for pair, at in zip(found.pairs, self._hashed.places(found.pairs.values()), strict=True):
            if at >= 0:
                share = (fours[at + category] * kinds - fours[at] * factor) * twice
                pairs[pair] = pairs.get(pair, 0.0) + share
        more = [(name, four, value) for name, value in found.named.items() if (four := self._named.get(name))]
        if typed is not None:
            more.append((HAND, typed.hand, 1.0))
            factor = scale * typed.whole
            for word in found.words:
                four = self.wholes[word]
                words[word] += (four[category] * self._kinds - four[0]) * factor
        if found.bio:
            more.append((BIO, self._bios[found.bio], 1.0))
        for name, four, value in more:
            value *= scale * heard if name.startswith(_WRITTEN) else scale
            named[name] = named.get(name, 0.0) + (four[category] * self._kinds - four[0]) * value

    def _heard(self, found: Features) -> float:
        """How far the words count: who speaks to a crowd is a broadcaster in a friendly tone too."""
        audience = found.named.get("account:audience", 0.0) if self._crowd else 0.0
        return max(1.0 - self._crowd * audience, _CROWD_LEFT) if audience else 1.0

    def _word_vectors(self, found: Features, heard: float) -> tuple[list[_Numbers], float]:
        """How many hashes each word has and what they weigh together; and by what words and pairs are scaled."""
        vectors = list(map(self.words.__getitem__, found.words))
        total = sum([vector[0] for vector in vectors]) + PAIR_WEIGHT * len(found.pairs)
        for hashes in found.phrases.values():
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
        self._own = None if weights.own is None else _Model(weights.own, kinds=KINDS)

    def expect(self, posts: int) -> None:
        """Remember as many words as so many posts bring."""
        for model in (self._starter, self._own):
            if model is not None:
                model.words.most = model.wholes.most = max(model.words.most, _NEW_WORDS * posts)

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
        typed = self._own.typed(case.post.text, found)
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
        shares = Shares({}, {}, {})
        self._starter.share(shares, self.weights.stack.starter, scored.found, index)
        if self._own is not None:
            self._own.share(shares, self.weights.stack.own, scored.found, index, scored.typed)
        return reasons(shares, scored.found, category, case.post.author)[:most]


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

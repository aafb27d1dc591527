"""Scores a post with plain weights and explains the score: standard library only, a few dozen look-ups per post."""

from collections.abc import Callable, Sequence
from math import exp, log, log1p
from typing import NamedTuple, TypeVar

import msgspec

from ..models.context import PostContext
from ..models.verdict import CATEGORIES, Category, Reason
from ..models.weights import ZEROS, FourNumbers, Linear, Weights, pack
from .features import CALL, PAIR_WEIGHT, Features, bio_features, features, whole_word, word_features
from .reasons import BIO, STYLE, Attributions, reasons
from .style import style

KINDS = 0.5
"""How far the personal model is trusted about the kind of noise. The kind matters less than noise or not."""

_AUDIENCE_DAMPING = 0.4
"""How much less the base model trusts words for each hundredfold of an audience above a hundred people."""

_CROWD_LEFT = 0.3

WHOLE = 1.5
"""The weights of whole words and of style in a personal model, relative to the rest."""

_WRITTEN = ("shape:", CALL)
_NO_WORDS = (0, 0.0, 0.0, 0.0, 0.0)
_WORDS_REMEMBERED = 6_144
_NEW_WORDS = 4
_BIOS_REMEMBERED = 1_024
_STYLES_REMEMBERED = 4_096
_NEW_STYLES = 2

_Numbers = tuple[float, ...]
"""The number of hashes of a part of a text, their total weight per category, and the weight of the whole word."""

_Part = TypeVar("_Part")
_Value = TypeVar("_Value")


class ModelOutput(NamedTuple):
    """The result of one model: its logits, and the parts that explain them.

    `words` and `phrases` are multiplied by `scale`; whole words, which only a personal model reads, by `whole`.
    `text_weight` is how far words count at all. `style` is the contribution of the style.
    """

    logits: FourNumbers
    words: list[_Numbers]
    phrases: list[FourNumbers]
    scale: float
    text_weight: float
    whole: float
    style: FourNumbers


class Scored(msgspec.Struct, frozen=True):
    """The result of the classifier: a logit per category, in the order of CATEGORIES, and what it looked at."""

    logits: FourNumbers
    found: Features
    base_model: ModelOutput
    personal: ModelOutput | None = None


class _Cache(dict[_Part, _Value]):
    """A cache of parts of a text. At its limit, the parts that were not used again are dropped first."""

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
    """One linear model with a cache of words.

    `audience_damping`: how much less words weigh before a large audience. `kinds`: how far it is trusted about the
    kind of noise. `uses_style_features`: whether it reads whole words and style (filters/style.py), which the base
    model does not know.
    """

    def __init__(
        self, linear: Linear, *, audience_damping: float = 0.0, kinds: float = 1.0, uses_style_features: bool = False
    ) -> None:
        self._audience_damping = audience_damping
        self._kinds = kinds
        self._uses_style_features = uses_style_features
        self._hashed = pack(linear.hashed)
        self._named = linear.named
        self._bias = linear.bias
        self.words: _Cache[str, _Numbers] = _Cache(self._word, _WORDS_REMEMBERED)
        self._bios: _Cache[str, FourNumbers] = _Cache(self._bio, _BIOS_REMEMBERED)
        self.styles: _Cache[int, FourNumbers] = _Cache(lambda one: self._hashed.sum([one]), _STYLES_REMEMBERED)

    def read(self, found: Features, text: str) -> ModelOutput:
        """The linear score of each category."""
        audience = found.named.get("account:audience", 0.0) if self._audience_damping else 0.0
        # An account with a large audience broadcasts, whatever its tone.
        text_weight = max(1.0 - self._audience_damping * audience, _CROWD_LEFT) if audience else 1.0
        person, celebrity, sales, spam = self._bias
        words = list(map(self.words.__getitem__, found.words))
        total, w_person, w_celebrity, w_sales, w_spam, *wholes = (
            map(sum, zip(*words, strict=True)) if words else _NO_WORDS
        )
        total += PAIR_WEIGHT * len(found.pairs)
        phrases = []
        for hashes in found.phrases.values():
            four = self._hashed.sum(hashes)
            total += len(hashes)
            phrases.append(four)
            w_person += four[0]
            w_celebrity += four[1]
            w_sales += four[2]
            w_spam += four[3]
        scale = total**-0.5 * text_weight if total else 0.0
        four = self._hashed.sum(found.pairs.values())
        person += (w_person + PAIR_WEIGHT * four[0]) * scale
        celebrity += (w_celebrity + PAIR_WEIGHT * four[1]) * scale
        sales += (w_sales + PAIR_WEIGHT * four[2]) * scale
        spam += (w_spam + PAIR_WEIGHT * four[3]) * scale
        fours = [self._bios[found.bio]] if found.bio else []
        whole, said = 0.0, ZEROS
        if self._uses_style_features:
            whole, said = self._style(text, len(words))
            fours.append(said)
            if words:
                fours.append((wholes[0] * whole, wholes[1] * whole, wholes[2] * whole, wholes[3] * whole))
        for four in fours:
            person += four[0]
            celebrity += four[1]
            sales += four[2]
            spam += four[3]
        named = self._named
        for name, value in found.named.items():
            weights = named.get(name)
            if weights is None:
                continue
            if text_weight != 1.0 and name.startswith(_WRITTEN):
                value *= text_weight
            person += weights[0] * value
            celebrity += weights[1] * value
            sales += weights[2] * value
            spam += weights[3] * value
        return ModelOutput((person, celebrity, sales, spam), words, phrases, scale, text_weight, whole, said)

    def attribute(self, shares: Attributions, times: float, found: Features, read: ModelOutput, category: int) -> None:
        """Add how much each part of a post speaks for a kind of noise rather than for `person`, times a factor."""
        factor, whole = read.scale * times, read.whole * times
        kinds, whole_kinds = factor * self._kinds, whole * self._kinds
        column = 1 + category
        words, pairs, named = shares.words, shares.pairs, shares.named
        for word, vector in zip(found.words, read.words, strict=True):
            share = vector[column] * kinds - vector[1] * factor
            if whole:
                share += vector[4 + column] * whole_kinds - vector[5] * whole
            words[word] = words.get(word, 0.0) + share
        for phrase, four in zip(found.phrases, read.phrases, strict=True):
            pairs[phrase] = pairs.get(phrase, 0.0) + four[category] * kinds - four[0] * factor
        fours, twice = self._hashed.class_weights, PAIR_WEIGHT * self._hashed.step
        for pair, at in zip(found.pairs, self._hashed.offsets(found.pairs.values()), strict=True):
            if at >= 0:
                share = (fours[at + category] * kinds - fours[at] * factor) * twice
                pairs[pair] = pairs.get(pair, 0.0) + share
        more = [(name, self._named[name], value) for name, value in found.named.items() if name in self._named]
        if read.style is not ZEROS:
            more.append((STYLE, read.style, 1.0))
        if found.bio:
            more.append((BIO, self._bios[found.bio], 1.0))
        for name, four, value in more:
            value *= times * read.text_weight if name.startswith(_WRITTEN) else times
            named[name] = named.get(name, 0.0) + (four[category] * self._kinds - four[0]) * value

    def _style(self, text: str, words: int) -> tuple[float, FourNumbers]:
        """The scale of the whole words, and the contribution of the style."""
        kinds, marked = style(text)
        whole = WHOLE * (words + len(marked)) ** -0.5 if words or marked else 0.0
        if not kinds:
            return whole, ZEROS
        # Few kinds of tokens follow each other in few ways, so most styles are cached.
        person, celebrity, sales, spam = map(sum, zip(*map(self.styles.__getitem__, kinds), strict=True))
        four = self._hashed.sum(marked)
        scale = len(kinds) ** -0.5
        return whole, (
            person * scale + four[0] * whole,
            celebrity * scale + four[1] * whole,
            sales * scale + four[2] * whole,
            spam * scale + four[3] * whole,
        )

    def _word(self, word: str) -> _Numbers:
        hashes = word_features(word)
        whole = self._hashed.sum([whole_word(word)]) if self._uses_style_features else ()
        return (len(hashes), *self._hashed.sum(hashes), *whole)

    def _bio(self, bio: str) -> FourNumbers:
        hashes = bio_features(bio)
        scale = len(hashes) ** -0.5 if hashes else 0.0
        person, celebrity, sales, spam = self._hashed.sum(hashes)
        return (person * scale, celebrity * scale, sales * scale, spam * scale)


class Scorer:
    """Scores posts with one set of weights. Its owner keeps it: its caches make it fast.

    It caches the words of a few pages of a timeline. `reserve` announces that many posts follow. If another scorer has
    the same base model, this one shares its cache.
    """

    def __init__(self, weights: Weights, other: "Scorer | None" = None) -> None:
        self.weights = weights
        self._base_model: _Model
        if other is not None and other.weights.base_model is weights.base_model:
            self._base_model = other._base_model
        else:
            self._base_model = _Model(weights.base_model, audience_damping=_AUDIENCE_DAMPING)
        self._personal = (
            None if weights.personal is None else _Model(weights.personal, kinds=KINDS, uses_style_features=True)
        )

    def reserve(self, posts: int) -> None:
        """Make room in the caches for the words and the style of so many posts."""
        for model in (self._base_model, self._personal):
            if model is not None:
                model.words.most = max(model.words.most, _NEW_WORDS * posts)
                model.styles.most = max(model.styles.most, _NEW_STYLES * posts)

    def score(self, context: PostContext) -> Scored:
        """The logits of a post: those of the base model, blended with the personal model's if there are marks.

        "Noise or a person" and "which kind of noise" are two questions. With one question, a kind that is seldom
        marked would make its posts look like a person's.
        """
        found = features(context)
        base_model = self._base_model.read(found, context.post.text)
        if self._personal is None:
            return Scored(base_model.logits, found, base_model)
        personal = self._personal.read(found, context.post.text)
        blend = self.weights.blend
        kinds = [logit + often for logit, often in zip(base_model.logits[1:], blend.kinds, strict=True)]
        noise = (
            blend.base_model * (_log_sum(kinds) - base_model.logits[0])
            + min(-blend.personal * personal.logits[0], blend.limit)
            + blend.shift
        )
        kinds = [logit - KINDS * _softplus(-one) for logit, one in zip(kinds, personal.logits[1:], strict=True)]
        rest = noise - _log_sum(kinds)
        celebrity, sales, spam = kinds
        return Scored((0.0, celebrity + rest, sales + rest, spam + rest), found, base_model, personal)

    def explain(self, context: PostContext, scored: Scored, category: Category, most: int = 4) -> list[Reason]:
        """The parts of the post that speak most for a category rather than for a person, strongest first."""
        index = CATEGORIES.index(category)
        if index == 0:
            return []
        shares = Attributions({}, {}, {})
        self._base_model.attribute(shares, self.weights.blend.base_model, scored.found, scored.base_model, index)
        if self._personal is not None and scored.personal is not None:
            blend = self.weights.blend
            said = -blend.personal * scored.personal.logits[0]
            # If a limit cut the sum, it cuts each part.
            times = blend.personal * min(blend.limit / said, 1.0) if said > 0 else blend.personal
            self._personal.attribute(shares, times, scored.found, scored.personal, index)
        return reasons(shares, scored.found, category, context.post)[:most]


def scorer(model: Scorer | Weights) -> Scorer:
    """The scorer itself, or a new one for these weights, whose caches nobody has filled."""
    if isinstance(model, Scorer):
        return model
    return Scorer(model)


def _log_sum(logits: Sequence[float]) -> float:
    highest = max(logits)
    return highest + log(sum(exp(logit - highest) for logit in logits))


def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))

"""Reads texts with one linear model, and caches words and texts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import TypeVar

import msgspec

from ..models.weights import ZEROS, FourNumbers, Linear, pack
from .features import CALL, PAIR_WEIGHT, Features, TextFeatures, bio_features, whole_word, word_features
from .reasons import BIO, STYLE, Attributions
from .style import StyleFeatures
from .word_vectors import word_vectors

_CROWD_LEFT = 0.3

WHOLE = 1.5
"""The weights of whole words and of style in a personal model, relative to the rest."""

_WRITTEN = ("shape:", CALL)
_WORDS_REMEMBERED = 6_144
_NEW_WORDS = 4
_BIOS_REMEMBERED = 1_024
_STYLES_REMEMBERED = 4_096
_NEW_STYLES = 2

_BITS = 64
_UNITS = 2.0**32
_UNIT = 1 / _UNITS

_Part = TypeVar("_Part")
_Value = TypeVar("_Value")


class TextOutput(msgspec.Struct, frozen=True, gc=False):
    """What one model computes from a text: its logits, and how parts of them were scaled, to explain them.

    The weights of words and pairs were multiplied by `scale`. Only a personal model reads whole words and style; whole
    words were multiplied by `whole`.
    """

    logits: FourNumbers
    scale: float
    whole: float = 0.0
    style: FourNumbers = ZEROS


class ModelOutput(msgspec.Struct, frozen=True, gc=False):
    """The result of one model: its logits, its result for the text, and `text_weight`, the weight of all words.

    `author` is the part of the logits that is the author's: the account, its bio, its habits, and a missing tie.
    """

    logits: FourNumbers
    text: TextOutput
    text_weight: float
    author: FourNumbers


class _Packing:
    """Packs several numbers into one integer: fixed point in units of 2**-32, 64 bits each, the first one lowest.

    One addition of two such integers adds all their numbers, and they take a fifth of the memory of tuples of floats.
    """

    __slots__ = ("_half", "_struct")

    def __init__(self, count: int) -> None:
        self._struct = Struct(f"<{count}q")
        self._half = sum(1 << (_BITS * place + _BITS - 1) for place in range(count))

    def pack(self, numbers: Iterable[float]) -> int:
        """The numbers as one integer."""
        half = self._half
        units = [round(number * _UNITS) for number in numbers]
        return (int.from_bytes(self._struct.pack(*units), "little") ^ half) - half

    def unpack(self, packed: int) -> tuple[int, ...]:
        """The numbers, in units of 2**-32."""
        # A negative number borrows from the next place. Adding a half at each place and subtracting it later undoes
        # that.
        half = self._half
        return self._struct.unpack(((packed + half) ^ half).to_bytes(self._struct.size, "little"))

    def some(self, many: Iterable[int], places: Struct) -> Iterator[tuple[int, ...]]:
        """Some of the numbers of many integers: those that a structure of the same size does not skip."""
        half, size = self._half, self._struct.size
        return places.iter_unpack(b"".join([((packed + half) ^ half).to_bytes(size, "little") for packed in many]))


# Per word, the number of its hashes (in units), their weight per category, and the weights of the whole word.
_WORD, _WHOLE_WORD, _STYLE = _Packing(5), _Packing(9), _Packing(4)
# Of each four weights, those for a person and for one kind of noise; of a word, then also of the whole word.
_FOUR = ("qq16x", "q8xq8x", "q16xq")
_WORD_FOR_KIND = [Struct(f"<8x{four}") for four in _FOUR]
_WHOLE_WORD_FOR_KIND = [Struct(f"<8x{four}{four}") for four in _FOUR]


class Cache(dict[_Part, _Value]):
    """A cache of texts or their parts. At its limit, entries that were not used again are evicted first.

    With `compute`, looking up a missing part computes it.
    """

    def __init__(self, most: int, compute: Callable[[_Part], _Value] | None = None) -> None:
        super().__init__()
        self.most = most
        self._compute = compute
        self._before: dict[_Part, _Value] = {}

    def find(self, part: _Part) -> _Value | None:
        """The cached value of a part, or None."""
        found = self.get(part)
        if found is None:
            found = self._before.get(part)
            if found is not None:
                self.keep(part, found)
        return found

    def keep(self, part: _Part, found: _Value) -> None:
        """Cache the value of a part."""
        if len(self) >= self.most:
            self._before = self.copy()
            self.clear()
        self[part] = found

    def __missing__(self, part: _Part) -> _Value:
        found = self._before.get(part)
        if found is None:
            if self._compute is None:
                raise KeyError(part)
            found = self._compute(part)
        self.keep(part, found)
        return found


class Model:
    """One linear model with a cache of words.

    `audience_damping`: how much less words count for accounts with a large audience. `kinds`: how far it is trusted
    about the kind of noise. `uses_style_features`: whether it reads whole words and style (filters/style.py), which are
    not in the base model.
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
        self._vector = linear.vector
        self._packing = _WHOLE_WORD if uses_style_features else _WORD
        self.words: Cache[str, int] = Cache(_WORDS_REMEMBERED, self._word)
        self._bios: Cache[str, FourNumbers] = Cache(_BIOS_REMEMBERED, self._bio)
        self.styles: Cache[int, int] = Cache(_STYLES_REMEMBERED, self._one_style)

    def read_text(self, text: TextFeatures, typed: StyleFeatures) -> TextOutput:
        """The logits of a text and its style. They depend on nothing else, so a scorer keeps them."""
        words = self._packing.unpack(sum(map(self.words.__getitem__, text.words)))
        total = words[0] + PAIR_WEIGHT * len(text.pair_hashes)
        person, celebrity, sales, spam = self._hashed.sum(text.pair_hashes)
        person = words[1] * _UNIT + person * PAIR_WEIGHT
        celebrity = words[2] * _UNIT + celebrity * PAIR_WEIGHT
        sales = words[3] * _UNIT + sales * PAIR_WEIGHT
        spam = words[4] * _UNIT + spam * PAIR_WEIGHT
        for hashes in text.phrases.values():
            four = self._hashed.sum(hashes)
            total += len(hashes)
            person += four[0]
            celebrity += four[1]
            sales += four[2]
            spam += four[3]
        scale = total**-0.5 if total else 0.0
        person *= scale
        celebrity *= scale
        sales *= scale
        spam *= scale
        whole, style = 0.0, ZEROS
        if self._uses_style_features:
            count = len(text.words) + len(typed.marked)
            whole = WHOLE * count**-0.5 if count else 0.0
            style = self._style(typed, whole)
            unit = whole * _UNIT
            person += style[0] + words[5] * unit
            celebrity += style[1] + words[6] * unit
            sales += style[2] + words[7] * unit
            spam += style[3] + words[8] * unit
        return TextOutput(self._with_named((person, celebrity, sales, spam), text.named), scale, whole, style)

    def read(self, found: Features, text: TextOutput) -> ModelOutput:
        """The linear score of each category."""
        audience = found.author.get("account:audience", 0.0) if self._audience_damping else 0.0
        # An account with a large audience is a broadcaster, whatever its words are.
        text_weight = max(1.0 - self._audience_damping * audience, _CROWD_LEFT) if audience else 1.0
        written = self._with_named(text.logits, found.shape) if found.shape else text.logits
        author = self._with_named(self._bios[found.bio] if found.bio else ZEROS, found.author)
        person, celebrity, sales, spam = self._bias
        logits = (
            person + written[0] * text_weight + author[0],
            celebrity + written[1] * text_weight + author[1],
            sales + written[2] * text_weight + author[2],
            spam + written[3] * text_weight + author[3],
        )
        return ModelOutput(logits, text, text_weight, author)

    def _with_named(self, logits: FourNumbers, found: Mapping[str, float]) -> FourNumbers:
        """Logits and the shares of named features."""
        person, celebrity, sales, spam = logits
        named = self._named
        for name, value in found.items():
            weights = named.get(name)
            if weights is not None:
                person += weights[0] * value
                celebrity += weights[1] * value
                sales += weights[2] * value
                spam += weights[3] * value
        return person, celebrity, sales, spam

    def attribute(self, shares: Attributions, times: float, read: ModelOutput, category: int) -> None:
        """Add the weight of each part of a post for a kind of noise relative to `person`, times a factor."""
        output, kinds = read.text, self._kinds
        factor = output.scale * read.text_weight * times
        text, pairs, named = shares.text, shares.pairs, shares.named
        by_word = self._attribute_words(text.words, factor, output.whole * times, category)
        if shares.words:
            by_word = [one + other for one, other in zip(shares.words.values(), by_word, strict=True)]
        shares.words.update(zip(text.words, by_word, strict=True))
        for phrase, hashes in text.phrases.items():
            four = self._hashed.sum(hashes)
            pairs[phrase] = pairs.get(phrase, 0.0) + four[category] * kinds * factor - four[0] * factor
        known = self._hashed.known(text.pair_hashes)
        if known:
            neighbours, fours, twice = text.pairs, self._hashed.class_weights, PAIR_WEIGHT * self._hashed.step * factor
            for number, at in known:
                pair = neighbours[number]
                pairs[pair] = pairs.get(pair, 0.0) + (fours[at + category] * kinds - fours[at]) * twice
        parts = [(name, self._named[name], value) for name, value in shares.values.items() if name in self._named]
        if output.style is not ZEROS:
            parts.append((STYLE, output.style, 1.0))
        if shares.bio:
            parts.append((BIO, self._bios[shares.bio], 1.0))
        for name, four, value in parts:
            value *= times * read.text_weight if name.startswith(_WRITTEN) else times
            named[name] = named.get(name, 0.0) + (four[category] * kinds - four[0]) * value

    def _attribute_words(self, words: Sequence[str], factor: float, whole: float, category: int) -> list[float]:
        """The weight of each word for a kind of noise relative to `person`."""
        packed = map(self.words.__getitem__, words)
        person_unit, kind_unit = factor * _UNIT, factor * self._kinds * _UNIT
        if not self._uses_style_features:
            some = self._packing.some(packed, _WORD_FOR_KIND[category - 1])
            return [kind * kind_unit - person * person_unit for person, kind in some]
        whole_unit, whole_kind_unit = whole * _UNIT, whole * self._kinds * _UNIT
        return [
            kind * kind_unit - person * person_unit + (whole_kind * whole_kind_unit - whole_person * whole_unit)
            for person, kind, whole_person, whole_kind in self._packing.some(packed, _WHOLE_WORD_FOR_KIND[category - 1])
        ]

    def _style(self, typed: StyleFeatures, whole: float) -> FourNumbers:
        """The contribution of the style."""
        kinds = typed.kinds
        if not kinds:
            return ZEROS
        # There are few kinds of tokens and few sequences of them, so most styles are cached.
        person, celebrity, sales, spam = _STYLE.unpack(sum(map(self.styles.__getitem__, kinds)))
        four = self._hashed.sum(typed.marked)
        scale = len(kinds) ** -0.5 * _UNIT
        return (
            person * scale + four[0] * whole,
            celebrity * scale + four[1] * whole,
            sales * scale + four[2] * whole,
            spam * scale + four[3] * whole,
        )

    def _word(self, word: str) -> int:
        hashes = word_features(word)
        whole: tuple[float, ...] = ()
        if self._uses_style_features:
            whole = self._hashed.sum([whole_word(word)])
            if self._vector:
                whole = (whole[0] + word_vectors().product(word, self._vector), *whole[1:])
        return self._packing.pack((len(hashes) * _UNIT, *self._hashed.sum(hashes), *whole))

    def _one_style(self, one: int) -> int:
        return _STYLE.pack(self._hashed.sum([one]))

    def _bio(self, bio: str) -> FourNumbers:
        hashes = bio_features(bio)
        scale = len(hashes) ** -0.5 if hashes else 0.0
        person, celebrity, sales, spam = self._hashed.sum(hashes)
        return (person * scale, celebrity * scale, sales * scale, spam * scale)

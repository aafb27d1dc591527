"""Weights: the parameters of the classifier, as plain numbers.

A linear model gives each feature one weight per category. Text features are identified by 32-bit hashes (see
filters/features.py), the others by name. The blend weighs the base model against the personal model.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

FEATURES_VERSION = 8
"""Increased whenever features change: older weights are then trained again from the marks."""

FourNumbers = tuple[float, float, float, float]
"""One number per category, in the order of CATEGORIES."""

HIDE_THRESHOLD = 0.9
"""The default probability above which the classifier hides a post; the user's marks adjust it."""

NO_LIMIT = 1_000.0
"""A limit that no log-odds reach; it is finite because JSON has no infinity."""

KindNumbers = tuple[float, float, float]
"""One number per kind of noise: celebrity, sales, spam."""

ZEROS: FourNumbers = (0.0, 0.0, 0.0, 0.0)

STARTS = 2**16 + 1

Numbers: TypeAlias = "array[int] | array[float]"


class HashedWeights(Mapping[int, FourNumbers]):
    """Weights by hash in their on-disk layout: no decoding, and a tenth of the memory of a dict of tuples.

    The hashes are sorted. For each, `low_bits` holds the lower 16 bits and `class_weights` four numbers, in the same
    order; `starts` holds, for each value of the upper 16 bits, the index where its hashes begin, and at its end the
    number of hashes. A weight is its number times `step`: integers halve the size. So do indexes of 16 bits, in memory
    only, where they suffice.
    """

    def __init__(self, starts: "array[int]", low_bits: "array[int]", class_weights: Numbers, step: float = 1.0) -> None:
        if len(low_bits) <= 0xFFFF and starts.itemsize == 4:
            starts = _halved(starts)
        self.starts, self.low_bits, self.class_weights, self.step = starts, low_bits, class_weights, step

    def known(self, hashes: Iterable[int]) -> list[tuple[int, int]]:
        """The place of each known hash among `hashes`, and where in `class_weights` its numbers begin."""
        starts, low_bits = self.starts, self.low_bits
        found = []
        for number, key in enumerate(hashes):
            high = key >> 16
            at, end = starts[high], starts[high + 1]
            if at != end:
                low = key & 0xFFFF
                at = bisect_left(low_bits, low, at, end)
                if at != end and low_bits[at] == low:
                    found.append((number, 4 * at))
        return found

    def sum(self, hashes: Iterable[int]) -> FourNumbers:
        """The summed weights of hashes, counting repeated ones each time; the object ZEROS if none is known."""
        starts, low_bits, class_weights = self.starts, self.low_bits, self.class_weights
        found = False
        person = celebrity = sales = spam = 0.0
        # `known` inlined, because judging spends most of its time here: three in four hashes are unknown.
        for key in hashes:
            high = key >> 16
            at, end = starts[high], starts[high + 1]
            if at == end:
                continue
            low = key & 0xFFFF
            if low_bits[at] != low:
                # Most places hold one hash.
                if end - at == 1:
                    continue
                at = bisect_left(low_bits, low, at + 1, end)
                if at == end or low_bits[at] != low:
                    continue
            found = True
            at *= 4
            person += class_weights[at]
            celebrity += class_weights[at + 1]
            sales += class_weights[at + 2]
            spam += class_weights[at + 3]
        if not found:
            return ZEROS
        step = self.step
        return (person * step, celebrity * step, sales * step, spam * step)

    def __getitem__(self, key: int) -> FourNumbers:
        if not self.known([key]):
            raise KeyError(key)
        return self.sum([key])

    def __iter__(self) -> Iterator[int]:
        for at, low in enumerate(self.low_bits):
            yield bisect_right(self.starts, at) - 1 << 16 | low

    def __len__(self) -> int:
        return len(self.low_bits)


class Linear(msgspec.Struct, frozen=True):
    """A linear model: one weight per category for each hashed or named feature, and a bias.

    `vector` are the weights of the dimensions of word vectors (filters/word_vectors.py), for a person against noise.
    Only a personal model has them.
    """

    hashed: Mapping[int, FourNumbers] = msgspec.field(default_factory=dict)
    named: Mapping[str, FourNumbers] = msgspec.field(default_factory=dict)
    bias: FourNumbers = ZEROS
    vector: tuple[float, ...] = ()


class Blend(msgspec.Struct, frozen=True):
    """How the two models are combined: the log-odds of noise are base_model * its odds + personal * its odds + shift.

    `kinds` is how often the user marked each kind of noise, as log-odds relative to equal shares. `threshold` is
    the probability of noise above which the classifier hides. The personal model adds at most `limit` to the
    log-odds of noise, and of what it would add the first `margin` is left out.
    """

    base_model: float = 1.0
    personal: float = 1.0
    shift: float = 0.0
    kinds: KindNumbers = (0.0, 0.0, 0.0)
    threshold: float = HIDE_THRESHOLD
    limit: float = NO_LIMIT
    margin: float = 0.0

    def of_personal(self, odds: float) -> float:
        """What the personal model adds to the log-odds of noise, if its own are `odds`."""
        added = self.personal * odds
        if added <= 0:
            return added
        return max(min(added, self.limit) - self.margin, 0.0)


class Weights(msgspec.Struct, frozen=True):
    """The base model, the personal model trained on `marks` marks (None before the first), and their blend.

    The numbers of `personal` are two models in one: the first of each four separates people from noise, the others
    distinguish the kinds of noise.
    """

    base_model: Linear
    personal: Linear | None = None
    blend: Blend = Blend()
    marks: int = 0
    name: str = ""
    """The name of the base model. A personal model that was trained with another one is trained again."""


def with_threshold(weights: Weights, percent: int) -> Weights:
    """The weights with another threshold of hiding, in percent."""
    return replace(weights, blend=replace(weights.blend, threshold=percent / 100))


def _halved(numbers: "array[int]") -> "array[int]":
    """Numbers of 32 bits below 65,536 as numbers of 16 bits."""
    halves = array("H")
    halves.frombytes(numbers.tobytes())
    return halves[sys.byteorder == "big" :: 2]


def pack(hashed: Mapping[int, FourNumbers], step: float = 1.0) -> HashedWeights:
    """Pack weights by hash. If they are multiples of `step`, they become 16-bit integers."""
    if isinstance(hashed, HashedWeights):
        return hashed
    keys = sorted(hashed)
    starts = array("I")
    if len(keys) <= 0xFFFF:
        starts = array("H")
    for number, key in enumerate(keys):
        starts.extend(array(starts.typecode, [number]) * ((key >> 16) + 1 - len(starts)))
    starts.extend(array(starts.typecode, [len(keys)]) * (STARTS - len(starts)))
    values = (value for key in keys for value in hashed[key])
    if step == 1.0:
        class_weights: Numbers = array("f", values)
    else:
        class_weights = array("h", (round(value / step) for value in values))
    return HashedWeights(starts, array("H", (key & 0xFFFF for key in keys)), class_weights, step)

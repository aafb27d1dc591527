"""Weights: everything the classifier knows, as plain numbers; and their form on disk, which is no pickle.

A linear model gives each feature one weight per category. Features of the text are named by 32-bit hashes (see
filters/features.py), the others by words. The stack says how far the starter and the user's own marks are believed.
"""

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .errors import RecordError

FEATURES_VERSION = 3
"""Raised whenever features change their meaning: older weights are then learned again from the marks."""

FourNumbers = tuple[float, float, float, float]
"""One number per category, in the order of CATEGORIES."""

LINE = 0.9
"""A guess hides a post only above this probability, until the user's marks have shown where their own line is."""

KindNumbers = tuple[float, float, float]
"""One number per kind of noise: celebrity, sales, spam."""

ZEROS: FourNumbers = (0.0, 0.0, 0.0, 0.0)


class Packed(Mapping[int, FourNumbers]):
    """Weights by hash as they lie on disk: ready at once, where a tuple for each of them would take a start's time.

    `keys` are the hashes; `values` holds four numbers for each of them, in the same order.
    """

    def __init__(self, keys: "array[int]", values: "array[float]") -> None:
        self._places = dict(zip(keys, range(0, len(values), 4), strict=True))
        self._values = values

    def __getitem__(self, key: int) -> FourNumbers:
        at = self._places[key]
        person, celebrity, sales, spam = self._values[at : at + 4]
        return (person, celebrity, sales, spam)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def of(self, hashes: Iterable[int]) -> "list[array[float]]":
        """The four numbers of each hash that is known, much quicker than one by one."""
        place, values = self._places.get, self._values
        return [values[at : at + 4] for key in hashes if (at := place(key)) is not None]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model: a weight per category for hashed features of the text and for named features, and a bias."""

    hashed: Mapping[int, FourNumbers] = field(default_factory=dict)
    named: Mapping[str, FourNumbers] = field(default_factory=dict)
    bias: FourNumbers = ZEROS


@dataclass(frozen=True, slots=True)
class Stack:
    """How the two models are added: noise or a person is starter * its odds + own * the own odds + shift.

    `kinds` is how often the user marked each kind of noise, as log-odds against an even share of them. `line` is the
    probability of noise above which a guess hides.
    """

    starter: float = 1.0
    own: float = 1.0
    shift: float = 0.0
    kinds: KindNumbers = (0.0, 0.0, 0.0)
    line: float = LINE


@dataclass(frozen=True, slots=True)
class Weights:
    """The starter, what was learned from `marks` marks (None before the first), and the stack over both.

    The numbers of `own` are two models in one: the first of each four tells a person from noise, the others which kind
    of noise it is.
    """

    starter: Linear
    own: Linear | None = None
    stack: Stack = Stack()
    marks: int = 0
    name: str = ""
    """Which starter this is, so that what was learned beside another one is learned again."""


def weights_to_bytes(weights: Weights) -> bytes:
    """Weights as bytes: a JSON head, then the hashed weights as little-endian 32-bit numbers, all compressed."""
    models = [weights.starter] if weights.own is None else [weights.starter, weights.own]
    head = {
        "features": FEATURES_VERSION,
        "name": weights.name,
        "marks": weights.marks,
        "stack": [
            weights.stack.starter,
            weights.stack.own,
            weights.stack.shift,
            weights.stack.line,
            *weights.stack.kinds,
        ],
        "models": [
            {"named": {name: list(four) for name, four in model.named.items()}, "bias": list(model.bias)}
            for model in models
        ],
        "sizes": [len(model.hashed) for model in models],
    }
    text = json.dumps(head).encode()
    parts = [struct.pack("<I", len(text)), text]
    for model in models:
        parts.append(_packed(array("I", model.hashed.keys())))
        parts.append(_packed(array("f", (value for four in model.hashed.values() for value in four))))
    return zlib.compress(b"".join(parts), 6)


def weights_from_bytes(data: bytes) -> Weights:
    """Weights as `weights_to_bytes` wrote them; RecordError where another version of the features did, or damage."""
    try:
        raw = zlib.decompress(data)
        (length,) = struct.unpack_from("<I", raw)
        head = json.loads(raw[4 : 4 + length])
        if head["features"] != FEATURES_VERSION:
            raise RecordError("these weights belong to another version of the features")
        at = 4 + length
        models = []
        for part, size in zip(head["models"], head["sizes"], strict=True):
            keys: array[int] = _unpacked(array("I"), raw[at : at + 4 * size])
            values: array[float] = _unpacked(array("f"), raw[at + 4 * size : at + 20 * size])
            if len(keys) != size or len(values) != 4 * size:
                raise RecordError("these weights are damaged")
            at += 20 * size
            named = {name: _four(four) for name, four in part["named"].items()}
            models.append(Linear(Packed(keys, values), named, _four(part["bias"])))
        starter, own, shift, line, *kinds = map(float, head["stack"])
        celebrity, sales, spam = kinds
        stack = Stack(starter, own, shift, (celebrity, sales, spam), line)
        return Weights(models[0], models[1] if len(models) > 1 else None, stack, head["marks"], head["name"])
    except (zlib.error, struct.error, ValueError, KeyError, IndexError, TypeError) as error:
        raise RecordError("these weights are damaged") from error


def _four(values: list[float]) -> FourNumbers:
    person, celebrity, sales, spam = values
    return (person, celebrity, sales, spam)


def _packed(numbers: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


Numbers = TypeVar("Numbers", "array[int]", "array[float]")


def _unpacked(numbers: Numbers, data: bytes) -> Numbers:
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers

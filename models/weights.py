"""Weights: everything the classifier knows, as plain numbers; and their form on disk, which is no pickle.

A linear model gives each feature one weight per category. Features of the text are named by 32-bit hashes (see
filters/features.py), the others by words. The stack says how far the starter and the user's own marks are believed.
"""

import json
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from .errors import RecordError

FEATURES_VERSION = 5
"""Raised whenever features change their meaning: older weights are then learned again from the marks."""

FourNumbers = tuple[float, float, float, float]
"""One number per category, in the order of CATEGORIES."""

LINE = 0.9
"""A guess hides a post only above this probability, until the user's marks have shown where their own line is."""

KindNumbers = tuple[float, float, float]
"""One number per kind of noise: celebrity, sales, spam."""

ZEROS: FourNumbers = (0.0, 0.0, 0.0, 0.0)

_STARTS = 2**16 + 1

Numbers: TypeAlias = "array[int] | array[float]"


class Packed(Mapping[int, FourNumbers]):
    """Weights by hash as they lie on disk: ready at once, and a tenth of what a dict of tuples takes.

    The hashes ascend. Of each, `lows` holds the lower 16 bits and `fours` four numbers, in the same order; `starts`
    says for each number of the upper 16 bits where its hashes begin, and last how many there are. A weight is its
    number times `step`: whole numbers take half the room.
    """

    def __init__(self, starts: "array[int]", lows: "array[int]", fours: Numbers, step: float = 1.0) -> None:
        self.starts, self.lows, self.fours, self.step = starts, lows, fours, step

    def places(self, hashes: Iterable[int]) -> list[int]:
        """Where in `fours` the numbers of each hash begin; -1 where it is not known."""
        starts, lows = self.starts, self.lows
        found = []
        for key in hashes:
            at, end, low = starts[key >> 16], starts[(key >> 16) + 1], key & 0xFFFF
            if at != end:
                at = bisect_left(lows, low, at, end)
            found.append(4 * at if at != end and lows[at] == low else -1)
        return found

    def sum(self, hashes: Iterable[int]) -> FourNumbers:
        """What hashes weigh together, a hash that comes twice twice; ZEROS itself where none is known."""
        starts, lows, fours = self.starts, self.lows, self.fours
        found = []
        # `places` once more, for this is where judging spends its time: three in four hashes are not known.
        for key in hashes:
            high = key >> 16
            at = starts[high]
            if at != (end := starts[high + 1]):
                at = bisect_left(lows, low := key & 0xFFFF, at, end)
                if at != end and lows[at] == low:
                    found.append(fours[4 * at : 4 * at + 4])
        if not found:
            return ZEROS
        person, celebrity, sales, spam = map(sum, zip(*found, strict=True))
        step = self.step
        return (person * step, celebrity * step, sales * step, spam * step)

    def __getitem__(self, key: int) -> FourNumbers:
        if self.places([key])[0] < 0:
            raise KeyError(key)
        return self.sum([key])

    def __iter__(self) -> Iterator[int]:
        for high, (start, end) in enumerate(pairwise(self.starts)):
            for low in self.lows[start:end]:
                yield high << 16 | low

    def __len__(self) -> int:
        return len(self.lows)


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


def pack(hashed: Mapping[int, FourNumbers], step: float = 1.0) -> Packed:
    """Weights by hash, packed; with a step that they are multiples of, as whole numbers of 16 bits."""
    if isinstance(hashed, Packed):
        return hashed
    keys = sorted(hashed)
    starts = array("I")
    for number, key in enumerate(keys):
        starts.extend([number] * ((key >> 16) + 1 - len(starts)))
    starts.extend([len(keys)] * (_STARTS - len(starts)))
    values = (value for key in keys for value in hashed[key])
    fours: Numbers = array("f", values) if step == 1.0 else array("h", (round(value / step) for value in values))
    return Packed(starts, array("H", (key & 0xFFFF for key in keys)), fours, step)


def weights_to_bytes(weights: Weights) -> bytes:
    """Weights as bytes: a JSON head, then the packed weights as little-endian numbers, all compressed.

    What was learned is written without the starter, which is there anyway; a starter is written as it is.
    """
    model = weights.starter if weights.own is None else weights.own
    hashed = pack(model.hashed)
    stack = weights.stack
    head = {
        "features": FEATURES_VERSION,
        "name": weights.name,
        "marks": weights.marks,
        "learned": weights.own is not None,
        "stack": [stack.starter, stack.own, stack.shift, stack.line, *stack.kinds],
        "named": {name: list(four) for name, four in model.named.items()},
        "bias": list(model.bias),
        "size": len(hashed),
        "step": hashed.step,
    }
    text = json.dumps(head).encode()
    parts = [struct.pack("<I", len(text)), text, _little(hashed.starts), _little(hashed.lows), _little(hashed.fours)]
    # The starter is read at every start, which inflating would make 3 ms longer; it is stored as it is, and checked.
    return zlib.compress(b"".join(parts), 0 if weights.own is None else 1)


def weights_from_bytes(data: bytes, starter: Weights | None = None) -> Weights:
    """Weights as `weights_to_bytes` wrote them; what was learned stands beside the starter it was learned with.

    RecordError where another version of the features wrote them, where they are damaged, and where they were learned
    beside another starter.
    """
    try:
        raw = memoryview(zlib.decompress(data))
        (length,) = struct.unpack_from("<I", raw)
        head = json.loads(bytes(raw[4 : 4 + length]))
        if head["features"] != FEATURES_VERSION:
            raise RecordError("these weights belong to another version of the features")
        start, size, learned, step = 4 + length, head["size"], head["learned"], float(head["step"])
        fours: Numbers = array("f") if step == 1.0 else array("h")
        low, four = start + 4 * _STARTS, start + 4 * _STARTS + 2 * size
        if len(raw) != four + 4 * fours.itemsize * size:
            raise RecordError("these weights are damaged")
        starts, lows = array("I"), array("H")
        for numbers, part in ((starts, raw[start:low]), (lows, raw[low:four]), (fours, raw[four:])):
            _read(numbers, part)
        if starts[-1] != size:
            raise RecordError("these weights are damaged")
        named = {name: _four(four) for name, four in head["named"].items()}
        model = Linear(Packed(starts, lows, fours, step), named, _four(head["bias"]))
        scale, own, shift, line, *kinds = map(float, head["stack"])
        celebrity, sales, spam = kinds
        stack = Stack(scale, own, shift, (celebrity, sales, spam), line)
        if not learned:
            return Weights(model, None, stack, head["marks"], head["name"])
        if starter is None or starter.name != head["name"]:
            raise RecordError("these weights were learned beside another starter")
        return Weights(starter.starter, model, stack, head["marks"], head["name"])
    except (zlib.error, struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise RecordError("these weights are damaged") from error


def _four(values: list[float]) -> FourNumbers:
    person, celebrity, sales, spam = values
    return (person, celebrity, sales, spam)


def _little(numbers: Numbers) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _read(numbers: Numbers, data: memoryview) -> None:
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()

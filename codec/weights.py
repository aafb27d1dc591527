"""The byte format of weights: plain numbers, no pickle."""

import json
import struct
import sys
import zlib
from array import array

from ..models.errors import RecordError
from ..models.weights import (
    FEATURES_VERSION,
    STARTS,
    Blend,
    FourNumbers,
    HashedWeights,
    Linear,
    Numbers,
    Weights,
    pack,
)


def weights_to_bytes(weights: Weights) -> bytes:
    """Encode weights: a JSON header, then the packed weights as little-endian numbers, all compressed.

    A personal model is written without its base model, which is part of the package.
    """
    model, compression = weights.base_model, 0
    if weights.personal is not None:
        model, compression = weights.personal, 1
    hashed = pack(model.hashed)
    blend = weights.blend
    head = {
        "features": FEATURES_VERSION,
        "name": weights.name,
        "marks": weights.marks,
        "learned": weights.personal is not None,
        "stack": [
            blend.base_model,
            blend.personal,
            blend.shift,
            blend.threshold,
            *blend.kinds,
            blend.limit,
            blend.margin,
        ],
        "named": {name: list(four) for name, four in model.named.items()},
        "bias": list(model.bias),
        "vector": list(model.vector),
        "size": len(hashed),
        "step": hashed.step,
    }
    text = json.dumps(head).encode()
    parts = [
        struct.pack("<I", len(text)),
        text,
        # In memory they may have 16 bits.
        _little(array("I", hashed.starts)),
        _little(hashed.low_bits),
        _little(hashed.class_weights),
    ]
    # The base model is loaded at every start, and decompressing it would take 3 ms. It is stored uncompressed, with a
    # checksum.
    return zlib.compress(b"".join(parts), compression)


def weights_from_bytes(data: bytes, base_model: Weights | None = None) -> Weights:
    """Decode weights; a personal model is returned together with its base model.

    Raises RecordError if they are damaged, belong to another version of the features, or were trained with another
    base model.
    """
    try:
        raw = memoryview(zlib.decompress(data))
        (length,) = struct.unpack_from("<I", raw)
        head = json.loads(bytes(raw[4 : 4 + length]))
        if head["features"] != FEATURES_VERSION:
            raise RecordError("these weights belong to another version of the features")
        start, size, learned, step = 4 + length, head["size"], head["learned"], float(head["step"])
        class_weights: Numbers
        if step == 1.0:
            class_weights = array("f")
        else:
            class_weights = array("h")
        low, four = start + 4 * STARTS, start + 4 * STARTS + 2 * size
        if len(raw) != four + 4 * class_weights.itemsize * size:
            raise RecordError("these weights are damaged")
        starts, low_bits = array("I"), array("H")
        for numbers, part in ((starts, raw[start:low]), (low_bits, raw[low:four]), (class_weights, raw[four:])):
            _read(numbers, part)
        if starts[-1] != size:
            raise RecordError("these weights are damaged")
        named = {name: _four(four) for name, four in head["named"].items()}
        vector = tuple(map(float, head.get("vector", ())))
        model = Linear(HashedWeights(starts, low_bits, class_weights, step), named, _four(head["bias"]), vector)
        scale, personal, shift, threshold, celebrity, sales, spam, limit, margin = map(float, head["stack"])
        blend = Blend(scale, personal, shift, (celebrity, sales, spam), threshold, limit, margin)
        if not learned:
            return Weights(model, None, blend, head["marks"], head["name"])
        if base_model is None or base_model.name != head["name"]:
            raise RecordError("these weights were trained with another base model")
        return Weights(base_model.base_model, model, blend, head["marks"], head["name"])
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

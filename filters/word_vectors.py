"""Vectors of common words in many languages: words of similar meaning have similar vectors.

A personal model has one weight per dimension. A word's share of the score is the product of its vector with these
weights, so each word still has one number, and a word that no mark contained counts like its neighbours in meaning.
`filters/base_model/vectors.py` builds the table.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from operator import mul
from pathlib import Path
from zlib import crc32

DIMENSIONS = 48
STEP = 1 / 160
"""A component is a signed byte times this."""

_FILE = Path(__file__).parent / "base_model" / "word_vectors.bin"
_HASH = 4
_LOW_BITS, _BEGINNINGS = 20, 4_096
_FEWEST = 4
_ENDING = 3
"""A word without a vector has that of its beginning, if it is at most three letters shorter and has at least four."""


class WordVectors:
    """A table of vectors. A file holds the sorted hashes of the words, then one signed byte per component."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data) // (_HASH + DIMENSIONS)
        hashes = array("I", data[: _HASH * self.size])
        if sys.byteorder == "big":
            hashes.byteswap()
        self._hashes = hashes
        # Where the hashes of each beginning start: two steps of a binary search are left of fourteen.
        self._starts = array("H", [bisect_left(hashes, high << _LOW_BITS) for high in range(_BEGINNINGS + 1)])
        self.components = memoryview(data)[_HASH * self.size :].cast("b")

    def find(self, word: str) -> int:
        """The number of a word in the table, or of its longest beginning, because words have endings; -1 for none."""
        at = self._find(word)
        if at < 0 and len(word) > _FEWEST and word.isalpha():
            for length in range(len(word) - 1, max(len(word) - _ENDING, _FEWEST) - 1, -1):
                at = self._find(word[:length])
                if at >= 0:
                    break
        return at

    def _find(self, word: str) -> int:
        key = word_key(word)
        high = key >> _LOW_BITS
        at = bisect_left(self._hashes, key, self._starts[high], self._starts[high + 1])
        if at < self.size and self._hashes[at] == key:
            return at
        return -1

    def product(self, word: str, weights: Sequence[float]) -> float:
        """The product of a word's vector with weights, one per dimension; 0 for a word without a vector."""
        at = self.find(word)
        if at < 0:
            return 0.0
        total: float = sum(map(mul, self.components[DIMENSIONS * at : DIMENSIONS * (at + 1)], weights))
        return STEP * total


def word_key(word: str) -> int:
    """The hash of a word in the table."""
    return crc32(word.encode("utf-8", "surrogatepass"))


@cache
def word_vectors() -> WordVectors:
    """The packaged table. It is read when the first personal model judges or is trained."""
    return WordVectors(_FILE.read_bytes())

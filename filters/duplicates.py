"""The weight of each mark in training. Near-copies count as three marks at most, one author's marks as a few.

Without this, the size of a campaign would matter: two hundred marks on one advert would outweigh everything else.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log
from zlib import crc32

from ..models.mark import Mark
from ..models.verdict import Category
from .words import words

MOST_OF_A_TEXT = 3.0
"""Near-copies of a text count as `1 + ln n` marks, and never more than this.

Counting them as one mark would be too little: users repeat a mark to teach it.
"""

AUTHOR_MARKS_IN_FULL = 3
"""How many marks on one author count in full. Each further factor of e adds one."""

_ASIDE = re.compile(r"https?://\S+|www\.\S+|@[\w.@-]+|\d+")
_BANDS = tuple(crc32(b"band%d" % number) for number in range(6))
_SAME = 0.5
_FEW_WORDS = 4
_MOST_WORDS = 60


def _words(text: str) -> list[str]:
    return words(_ASIDE.sub(" ", text[:2_000]).casefold())[:_MOST_WORDS]


@lru_cache(maxsize=8_192)
def word_set(text: str) -> frozenset[str]:
    """The distinct words of a text without links, handles and numbers. For a text with few words, its letters."""
    found = frozenset(_words(text))
    if len(found) >= _FEW_WORDS:
        return found
    return frozenset([" ".join(sorted(found))])


def word_pairs(text: str) -> frozenset[str]:
    """The distinct pairs of neighbouring words of a text without links, handles and numbers."""
    return frozenset(f"{one} {other}" for one, other in pairwise(_words(text)))


@lru_cache(maxsize=8_192)
def shingles(text: str) -> frozenset[str]:
    """The words and the pairs of neighbouring words. Texts on one subject share words; copies share pairs too."""
    return word_set(text) | word_pairs(text)


@lru_cache(maxsize=8_192)
def _sketch(text: str) -> tuple[tuple[int, ...], ...]:
    """Two texts that share a part J of their words agree in one band with probability J² (Broder 1997)."""
    parts = [part.encode("utf-8", "surrogatepass") for part in shingles(text)]
    return tuple((band, *sorted(crc32(part, band) for part in parts)[:2]) for band in _BANDS)


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two texts have in common, 0 to 1 (Jaccard)."""
    union = len(one | other)
    if union:
        return len(one & other) / union
    return 0.0


class NearCopies:
    """Groups texts by near-copies, in about constant time per text. The first text represents its group."""

    def __init__(self) -> None:
        self._bands: dict[Hashable, int] = {}
        self._groups: list[frozenset[str]] = []

    def find(self, text: str) -> int | None:
        """The number of the group that a text belongs to, or None for a new text."""
        parts = shingles(text)
        if parts == {""}:
            return None
        for band in _sketch(text):
            group = self._bands.get(band)
            if group is not None and similarity(parts, self._groups[group]) >= _SAME:
                return group
        return None

    def add(self, text: str) -> int:
        """The number of a text's group. A new text starts a new group."""
        group = self.find(text)
        if group is None:
            group = len(self._groups)
            self._groups.append(shingles(text))
            for band in _sketch(text):
                self._bands.setdefault(band, group)
        return group


def mark_weights(marks: Sequence[Mark]) -> list[float]:
    """The weight of each mark, at most 1. Marks as `person` and marks as noise never share a group."""
    copies: dict[bool, NearCopies] = {True: NearCopies(), False: NearCopies()}
    groups = [
        (_is_person(mark.category), copies[_is_person(mark.category)].add(mark.context.post.text)) for mark in marks
    ]
    sizes: dict[tuple[bool, int], int] = defaultdict(int)
    for group in groups:
        sizes[group] += 1
    weights = [min(1.0 + log(sizes[group]), MOST_OF_A_TEXT) / sizes[group] for group in groups]
    totals: dict[Hashable, float] = defaultdict(float)
    authors = [_author(mark, number) for number, mark in enumerate(marks)]
    for author, weight in zip(authors, weights, strict=True):
        totals[author] += weight
    return [weight * _limited(totals[author]) for author, weight in zip(authors, weights, strict=True)]


def _limited(total: float) -> float:
    """The factor for the marks on an author, whose weights add up to `total`."""
    if total <= AUTHOR_MARKS_IN_FULL:
        return 1.0
    return (AUTHOR_MARKS_IN_FULL + log(total / AUTHOR_MARKS_IN_FULL)) / total


def _author(mark: Mark, number: int) -> Hashable:
    post = mark.context.post
    if not post.author.id:
        return number
    return (post.account, post.author.id, _is_person(mark.category))


def _is_person(category: Category) -> bool:
    return category == "person"

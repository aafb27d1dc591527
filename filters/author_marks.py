"""Evidence from the user's marks on other posts by an author."""

from collections.abc import Mapping
from math import log

from ..models.verdict import Category, Reason
from .rules import Evidence

AUTHOR_MARKS = (0.0, 1.2, 3.4, 6.5, 7.5, 8.0)
"""Log-odds of one, two, three ... marks on the same author's posts. Three nearly decide."""


def author_evidence(marks: Mapping[Category, int]) -> list[Evidence]:
    """Evidence from the marks on other posts by this author."""
    found: list[Evidence] = []
    noise = noise_marks(marks)
    for category, count in marks.items():
        if count <= 0:
            continue
        weight = _author_weight(count)
        if category != "person":
            # Marks of several kinds of noise share the weight of their sum.
            weight = max(_author_weight(noise) + log(count / noise), 0.0)
        found.append((category, Reason("author_marks", (category, count), weight)))
    return found


def _author_weight(count: int) -> float:
    return AUTHOR_MARKS[min(count, len(AUTHOR_MARKS) - 1)]


def noise_marks(marks: Mapping[Category, int]) -> int:
    """The number of marks as any kind of noise."""
    return sum(count for category, count in marks.items() if category != "person" and count > 0)

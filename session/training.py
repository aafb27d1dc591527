"""Selects the most instructive posts: those the filter is least certain of, by different authors, of all kinds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from ..models.verdict import CATEGORIES, Category, Cause, Verdict
from ..models.view import JudgedPost, PostKey

GOAL = 20
"""The number of marks for a first training, where the curves of docs/benchmarks.md begin to flatten."""
_PER_AUTHOR = 2
_SURE = 0.9
_MIN_WORTH = 0.05
"""Less instructive posts are left out, so that the queue ends."""
_DECIDED: frozenset[Cause] = frozenset(
    ("own", "mute", "server_block", "server_mute", "server_filter", "user_rule", "label")
)


def training_queue(timeline: Sequence[JudgedPost], most: int) -> list[PostKey]:
    """The keys of at most that many posts, the most instructive first.

    Uncertainty is the entropy of the scores. Posts of known people are never hidden anyway, so they come only when
    nothing else is uncertain. Categories alternate, and authors who did not come yet go first. The queue contains at
    most two posts by one author, and none that repeats another.
    """
    candidates = sorted(
        (judged for judged in timeline if judged.mark is None and judged.post.text and not _decided(judged)),
        key=lambda judged: -_worth(judged),
    )
    chosen: list[PostKey] = []
    authors: Counter[str] = Counter()
    bags: list[frozenset[str]] = []
    for judged in _varied([judged for judged in candidates if _worth(judged) >= _MIN_WORTH]):
        if len(chosen) >= most:
            break
        # By the handle, because two accounts of the user may see the same author.
        author = judged.post.author.handle
        words = frozenset(judged.post.text.casefold().split())
        if authors[author] >= _PER_AUTHOR or any(_overlap(words, other) > 0.6 for other in bags):
            continue
        authors[author] += 1
        bags.append(words)
        chosen.append(judged.key)
    return chosen


def _varied(candidates: Sequence[JudgedPost]) -> Iterator[JudgedPost]:
    """The candidates in rounds: the first post of every author, then the second. Within a round the categories
    alternate, each in the order of the candidates.
    """
    rounds: list[dict[Category, list[JudgedPost]]] = []
    seen: Counter[str] = Counter()
    for judged in candidates:
        number = seen[judged.post.author.handle]
        seen[judged.post.author.handle] += 1
        if number == len(rounds):
            rounds.append({category: [] for category in CATEGORIES})
        rounds[number][judged.verdict.category].append(judged)
    for by_category in rounds:
        longest = max(map(len, by_category.values()))
        for place in range(longest):
            row = [each[place] for each in by_category.values() if place < len(each)]
            yield from sorted(row, key=lambda judged: -_worth(judged))


def is_unsure(judged: JudgedPost) -> bool:
    """Whether the filter is less than 90 % certain of an unmarked post, or its verdict is "unsure"."""
    verdict = judged.verdict
    return judged.mark is None and (verdict.cause == "unsure" or verdict.probability < _SURE)


def _decided(judged: JudgedPost) -> bool:
    """Whether the text had no effect: the user wrote the post, or chose to hide it whatever its text."""
    return judged.post.server_hides or judged.verdict.cause in _DECIDED


def _worth(judged: JudgedPost) -> float:
    doubt = entropy(judged.verdict)
    if judged.tie_name in ("close", "known"):
        return doubt * 0.2
    return doubt


def entropy(verdict: Verdict) -> float:
    """The uncertainty of a verdict: 0 if one category is certain, 1 if all four are equally likely."""
    return -sum(share * log(share) for share in verdict.scores.values() if share > 0) / log(4)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)

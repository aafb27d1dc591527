"""Selects the posts whose marks decide most about other posts by the same authors."""

from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec

from ..models.verdict import CATEGORIES, Category, Cause, Verdict
from ..models.view import JudgedPost, PostKey

GOAL = 20
"""The number of marks for a first training, where the curves of docs/benchmarks.md begin to flatten."""
_VARIED = 10
"""How many of the first authors alternate between categories."""
_MOST_COMPARED = 1_000
"""How many of the most uncertain posts are compared with each other for near-copies. More would be slow."""
_SURE = 0.9
_MIN_WORTH = 0.05
"""The minimum gain of a post. Others are left out, so that the queue ends."""
_DECIDED: frozenset[Cause] = frozenset(
    ("own", "mute", "server_block", "server_mute", "server_filter", "user_rule", "label")
)


class Offer(msgspec.Struct, frozen=True):
    """A post to mark. `gain` is the number of uncertain posts that its mark would decide, weighted by uncertainty."""

    judged: JudgedPost
    gain: float


def training_queue(timeline: Sequence[JudgedPost], most: int) -> list[PostKey]:
    """The keys of at most that many posts by different authors, the largest gain first.

    An author's gain is the uncertainty (entropy of the scores) of all their unmarked posts, and of near-copies of the
    offered post by others. Posts of known people are never hidden anyway, so they come only when nothing else is
    uncertain. The categories of the first ten alternate. No post repeats another.
    """
    chosen: list[JudgedPost] = []
    bags: list[frozenset[str]] = []
    for offer in _varied(_offers(timeline)):
        if len(chosen) >= most:
            break
        words = frozenset(offer.judged.post.text.casefold().split())
        if any(_overlap(words, other) > 0.6 for other in bags):
            continue
        bags.append(words)
        chosen.append(offer.judged)
    return [judged.key for judged in chosen]


def _offers(timeline: Sequence[JudgedPost]) -> list[Offer]:
    """For each author, the post whose mark decides most. The author with the largest gain comes first."""
    # Authors are identified by handle, because two accounts of the user may see the same author.
    worth: dict[PostKey, float] = {}
    by_author: dict[str, list[JudgedPost]] = {}
    for judged in timeline:
        if judged.mark is not None or not judged.post.text or _decided(judged):
            continue
        value = _worth(judged)
        if value >= _MIN_WORTH:
            worth[judged.key] = value
            by_author.setdefault(judged.post.author.handle, []).append(judged)
    copies = _gains_by_copies([judged for posts in by_author.values() for judged in posts], worth)
    offers = []
    for posts in by_author.values():
        best = max(posts, key=lambda judged: (copies.get(judged.key, 0.0), worth[judged.key]))
        offers.append(Offer(best, sum(worth[judged.key] for judged in posts) + copies.get(best.key, 0.0)))
    return sorted(offers, key=lambda offer: -offer.gain)


def _gains_by_copies(posts: Sequence[JudgedPost], worth: Mapping[PostKey, float]) -> dict[PostKey, float]:
    """For each post that has near-copies by other authors, the uncertainty of those."""
    from ..filters.duplicates import NearCopies

    groups: dict[int, list[JudgedPost]] = {}
    texts = NearCopies()
    for judged in sorted(posts, key=lambda judged: -worth[judged.key])[:_MOST_COMPARED]:
        groups.setdefault(texts.add(judged.post.text), []).append(judged)
    gains: dict[PostKey, float] = {}
    for group in groups.values():
        total = sum(worth[judged.key] for judged in group)
        own: dict[str, float] = {}
        for judged in group:
            handle = judged.post.author.handle
            own[handle] = own.get(handle, 0.0) + worth[judged.key]
        if len(own) > 1:
            gains |= {judged.key: total - own[judged.post.author.handle] for judged in group}
    return gains


def _varied(offers: Sequence[Offer]) -> Iterable[Offer]:
    """The offers with alternating categories among the first ten, then in order of their gain."""
    by_category: dict[Category, list[Offer]] = {category: [] for category in CATEGORIES}
    for offer in offers:
        by_category[offer.judged.verdict.category].append(offer)
    first: list[Offer] = []
    for place in range(_VARIED):
        row = [each[place] for each in by_category.values() if place < len(each)]
        first += sorted(row, key=lambda offer: -offer.gain)
    del first[_VARIED:]
    taken = {offer.judged.key for offer in first}
    return [*first, *(offer for offer in offers if offer.judged.key not in taken)]


def is_unsure(judged: JudgedPost) -> bool:
    """Whether the filter is less than 90 % certain of an unmarked post, or its verdict is "unsure"."""
    verdict = judged.verdict
    return judged.mark is None and (verdict.cause == "unsure" or verdict.probability < _SURE)


def _decided(judged: JudgedPost) -> bool:
    """Whether the verdict does not depend on the text: the user wrote the post, or chose to hide it."""
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

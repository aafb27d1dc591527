"""Which posts teach most: those the filter is least sure of, one of each kind, so that twenty marks go far."""

from collections.abc import Sequence
from math import log

from ..models.verdict import Cause, Verdict
from ..models.view import JudgedPost, PostKey

_AN_AUTHOR = 2
_SURE = 0.9
_DECIDED: frozenset[Cause] = frozenset(
    ("own", "mute", "server_block", "server_mute", "server_filter", "user_rule", "label")
)


def training_queue(timeline: Sequence[JudgedPost], most: int) -> list[PostKey]:
    """The keys of at most that many posts, the most instructive first.

    Uncertainty is the entropy of the scores; posts of people the user knows teach what is never hidden anyway, so they
    come only when nothing else is uncertain. Of one author there are at most two, and none that says the same again.
    """
    candidates = sorted(
        (judged for judged in timeline if judged.mark is None and judged.post.text and not _decided(judged)),
        key=lambda judged: -_worth(judged),
    )
    chosen: list[PostKey] = []
    authors: dict[tuple[str, str], int] = {}
    bags: list[frozenset[str]] = []
    for judged in candidates:
        if len(chosen) >= most or _worth(judged) < 0.05:
            break
        author = judged.post.author_key
        words = frozenset(judged.post.text.casefold().split())
        if authors.get(author, 0) >= _AN_AUTHOR or any(_overlap(words, other) > 0.6 for other in bags):
            continue
        authors[author] = authors.get(author, 0) + 1
        bags.append(words)
        chosen.append(judged.key)
    return chosen


def is_unsure(judged: JudgedPost) -> bool:
    """Whether the filter is less than nine in ten sure of a post that nobody marked, or says itself that it is not."""
    verdict = judged.verdict
    return judged.mark is None and (verdict.cause == "unsure" or verdict.probability < _SURE)


def _decided(judged: JudgedPost) -> bool:
    """Whether the text of the post plays no part: the user wrote it, or chose to hide it whatever it says."""
    return judged.post.server_hides or judged.verdict.cause in _DECIDED


def _worth(judged: JudgedPost) -> float:
    doubt = entropy(judged.verdict)
    return doubt * 0.2 if judged.tie_name in ("close", "known") else doubt


def entropy(verdict: Verdict) -> float:
    """How unsure a verdict is: 0 when one category is certain, 1 when all four are as likely."""
    return -sum(share * log(share) for share in verdict.scores.values() if share > 0) / log(4)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)

"""The user's marks on a post and on its author, and the evidence in them."""

from collections.abc import Mapping
from math import log

from ..models.mark import UserMarks
from ..models.post import Post
from ..models.tie import TieName
from ..models.verdict import Category, Reason
from .rules import Evidence

AUTHOR_MARKS = (0.0, 1.2, 3.4, 6.5, 7.5, 8.0)
"""Log-odds of one, two, three ... marks on the same author's posts. Three nearly decide."""

_NONE: Mapping[Category, int] = {}

MARKS_TO_OVERRIDE_TIE: Mapping[TieName, int] = {"known": 3, "close": 5}
"""How many marks as noise override a known person's tie, if they are at least three times the marks as `person`."""

FRIEND_BY_MARKS = 3
"""With this many marks as `person`, and none as noise, a stranger's posts are shown like an acquaintance's."""


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


def mark_on_post(post: Post, marks: UserMarks) -> Category | None:
    """The user's mark on this post, on the post that it boosts, or on another boost of that post."""
    if not marks.posts:
        return None
    found = marks.posts.get(post.key)
    if found is None and post.original_id:
        original = (post.account, post.original_id)
        return marks.posts.get(original) or marks.boosted.get(original)
    return found or marks.boosted.get(post.key)


def marks_on_author(post: Post, marks: UserMarks) -> Mapping[Category, int]:
    """How often the user marked posts by this author, per category."""
    return marks.authors.get(post.author_key, _NONE) if post.author.id else _NONE


def overridden(name: TieName, marks: Mapping[Category, int]) -> bool:
    """Whether the user's marks allow hiding this known person's posts when they read like noise."""
    against = noise_marks(marks)
    return against >= MARKS_TO_OVERRIDE_TIE[name] and against >= 3 * marks.get("person", 0)


def marks_until_override(name: TieName, marks: Mapping[Category, int]) -> int:
    """How many more marks as noise override a tie; 0 if they do already, or if the person is not known."""
    if name not in MARKS_TO_OVERRIDE_TIE:
        return 0
    needed = max(MARKS_TO_OVERRIDE_TIE[name], 3 * marks.get("person", 0))
    return max(needed - noise_marks(marks), 0)


def shown_by_marks(marks: Mapping[Category, int]) -> bool:
    """Whether a stranger's posts are shown because of the marks on them."""
    return marks.get("person", 0) >= FRIEND_BY_MARKS and not noise_marks(marks)

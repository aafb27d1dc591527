"""Finds the near-copies of a post, so that one mark acts on a whole campaign."""

from collections.abc import Iterable

from ..filters.duplicates import shingles, similarity, word_set
from ..models.post import Post
from ..models.view import JudgedPost, PostKey

_LEAST_WORDS = 8
"""Texts with fewer distinct words, such as greetings, are alike by chance."""
_LEAST_ALIKE = 0.6
_MOST = 500


def find_copies(timeline: Iterable[JudgedPost], post: Post) -> list[PostKey]:
    """The unmarked near-copies of a post that are by strangers and that the filter also scores as noise.

    A text that reads like a person's is left out: otherwise an account could get it hidden by copying it.
    """
    words = word_set(post.text)
    if len(words) < _LEAST_WORDS:
        return []
    # Comparing two texts takes some 20 us. A copy nearly always contains one of the longest words.
    one, two, three = sorted(words, key=lambda word: (-len(word), word))[:3]
    parts = shingles(post.text)
    found: list[PostKey] = []
    for judged in timeline:
        if judged.mark is not None or judged.tie_name != "stranger" or judged.verdict.category == "person":
            continue
        text = judged.post.text.casefold()
        if (one not in text and two not in text and three not in text) or judged.key == post.key:
            continue
        if similarity(parts, shingles(judged.post.text)) >= _LEAST_ALIKE:
            found.append(judged.key)
        if len(found) == _MOST:
            break
    return found

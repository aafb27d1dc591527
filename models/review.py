"""Values for checking the filter and the marks: contradictory marks, safety checks, previews of levels."""

from typing import Literal

import msgspec

from .verdict import Category, Level
from .view import PostKey


class Contradiction(msgspec.Struct, frozen=True):
    """Marks that may be wrong.

    "author": one author's posts are marked both as person and as noise. "text": the same for near-copies of one text.
    "burst": many posts were marked the same within a moment, as by a key that was held down.
    """

    id: str
    kind: Literal["author", "text", "burst"]
    keys: tuple[PostKey, ...]
    """The marked posts, oldest mark first."""
    counts: tuple[tuple[Category, int], ...]
    """How many of them are marked with each category, the most frequent first."""
    handle: str
    """The author's handle; of the first post, if there are several authors."""
    seconds: float = 0.0
    """How long a burst took."""

    @property
    def noise(self) -> Category:
        """The most frequent noise category among the marks."""
        return next(category for category, _ in self.counts if category != "person")


class Estimate(msgspec.Struct, frozen=True):
    """An estimate: `about` of 100 posts hidden by a guess are by people, between `low` and `high`, from `asked`
    answers.

    The bounds hold for 95 of 100 such estimates.
    """

    asked: int
    about: int
    low: int
    high: int


class LevelPreview(msgspec.Struct, frozen=True):
    """The loaded posts that would appear or disappear at a level, compared with the current one.

    A less quiet level only shows more posts, a quieter one only hides posts, so one of the numbers is 0. `authors` is
    the number of their authors, `top` the handles of those with most of these posts, with the number.
    """

    level: Level
    appear: int
    vanish: int
    authors: int
    top: tuple[tuple[tuple[str, ...], int], ...]


class CertaintyPreview(msgspec.Struct, frozen=True):
    """The same if a guess hid a post only when it is at least `percent` sure."""

    percent: int
    appear: int
    vanish: int
    authors: int
    top: tuple[tuple[tuple[str, ...], int], ...]

"""The user's marks in memory, prepared for judging."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..models.joined import PersonKey
from ..models.mark import Mark, UserMarks
from ..models.verdict import Category
from ..models.view import PostKey
from ..store.marks import MarkSummary, load_readable

_Made = tuple[tuple[PersonKey, ...], Category, datetime]
"""The handles of a linked person, with the category and the time of marks on their posts."""


class MarkIndex:
    """Maintains a UserMarks. `snapshot` always includes the newest mark."""

    def __init__(
        self, marks: Iterable[Mark | MarkSummary], groups: Mapping[PersonKey, tuple[PersonKey, ...]] | None = None
    ) -> None:
        self._marks: dict[PostKey, Mark | MarkSummary] = {}
        self._posts: dict[PostKey, Category] = {}
        self._authors: dict[PersonKey, dict[Category, int]] = {}
        self._authors_of: dict[PostKey, tuple[PersonKey, ...]] = {}
        self._made_at: dict[PostKey, _Made] = {}
        self._shares: dict[_Made, dict[PersonKey, int]] = {}
        """How many marks of a linked person were made at once, by handle."""
        self._boosts: dict[PostKey, dict[PostKey, Mark | MarkSummary]] = {}
        self._boosted: dict[PostKey, Category] = {}
        self._groups = groups or {}
        self.snapshot = UserMarks(self._posts, self._authors, self._boosted)
        for mark in marks:
            self.add(mark)

    def set_links(self, groups: Mapping[PersonKey, tuple[PersonKey, ...]]) -> None:
        """Set the linked handles: a mark on one handle of a person counts for all of them."""
        self._groups = groups
        for mark in self.marks:
            self.add(mark)

    def replace_all(self, marks: Iterable[Mark | MarkSummary]) -> list[PostKey]:
        """Replace all marks. Returns the keys of those that are new, removed or changed."""
        now = {mark.key: mark for mark in marks}
        gone = [key for key in self._marks if key not in now]
        other = [mark for key, mark in now.items() if not _same(mark, self._marks.get(key))]
        for key in gone:
            self.remove(key)
        for mark in other:
            self.add(mark)
        return [*gone, *(mark.key for mark in other)]

    def add(self, mark: Mark | MarkSummary) -> None:
        """Add a mark; it replaces an earlier one on the same post."""
        key = mark.key
        self.remove(key)
        self._marks[key] = mark
        self._posts[key] = mark.category
        if mark.original:
            self._boosts.setdefault((key[0], mark.original), {})[key] = mark
            self._boosts_changed((key[0], mark.original))
        if mark.author:
            author = (key[0], mark.author)
            group = self._authors_of[key] = self._groups.get(author, (author,))
            added = 1
            if len(group) > 1:
                made = self._made_at[key] = (group, mark.category, mark.at)
                added = self._share(made, author, 1)
            self._count(group, mark.category, added)

    def remove(self, key: PostKey) -> None:
        """Remove a mark and everything counted from it."""
        mark = self._marks.pop(key, None)
        if mark is not None and mark.original:
            del self._boosts[key[0], mark.original][key]
            self._boosts_changed((key[0], mark.original))
        category = self._posts.pop(key, None)
        authors = self._authors_of.pop(key, ())
        if category is None:
            return
        removed, made = -1, self._made_at.pop(key, None)
        if made is not None and mark is not None:
            removed = self._share(made, (key[0], mark.author), -1)
        self._count(authors, category, removed)

    def _share(self, made: "_Made", author: PersonKey, by: int) -> int:
        """Count a mark of a linked person, and return by how much the number of marks on them changes.

        One mark also marks the copies of a post on other networks, at the same time. It counts once: of the marks made
        at one time, those on the handle with most of them count.
        """
        shares = self._shares.setdefault(made, {})
        before = max(shares.values(), default=0)
        shares[author] = shares.get(author, 0) + by
        if not shares[author]:
            del shares[author]
        if not shares:
            del self._shares[made]
        return max(shares.values(), default=0) - before

    def _count(self, authors: tuple[PersonKey, ...], category: Category, by: int) -> None:
        if not by:
            return
        for author in authors:
            counts = self._authors.setdefault(author, {})
            counts[category] = counts.get(category, 0) + by
            if not counts[category]:
                del counts[category]
            if not counts:
                del self._authors[author]

    def _boosts_changed(self, original: PostKey) -> None:
        marks = self._boosts[original].values()
        if marks:
            self._boosted[original] = max(marks, key=lambda mark: mark.at).category
        else:
            del self._boosts[original]
            self._boosted.pop(original, None)

    @property
    def marks(self) -> list[Mark | MarkSummary]:
        """All current marks."""
        return list(self._marks.values())

    def mark(self, key: PostKey) -> Mark | None:
        """The mark on a post; None if there is none."""
        mark = self._marks.get(key)
        if mark is None:
            return None
        return next(iter(load_readable([mark])), None)


def _same(mark: Mark | MarkSummary, other: Mark | MarkSummary | None) -> bool:
    return other is not None and (mark.category, mark.at) == (other.category, other.at)

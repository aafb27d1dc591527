"""The loaded posts of each author, and which of them to judge again because more of their author's posts are known."""

from collections.abc import Collection, Iterable
from itertools import islice

from ..models.joined import PersonKey
from ..models.view import PostKey


class PostsByAuthor:
    """Loaded posts by author. Posts become stale when the number of posts by their author has grown by a third."""

    def __init__(self) -> None:
        self._posts: dict[PersonKey, list[PostKey]] = {}
        self._grown: set[PersonKey] = set()
        self._judged_with: dict[PersonKey, int] = {}
        self._stale: dict[PostKey, None] = {}

    def __contains__(self, author: PersonKey) -> bool:
        return author in self._posts

    def of(self, author: PersonKey) -> list[PostKey]:
        """The loaded posts by an author, including boosted ones."""
        return list(self._posts.get(author, ()))

    def add(self, author: PersonKey, key: PostKey) -> None:
        self._posts.setdefault(author, []).append(key)

    def note_growth(self, authors: Iterable[PersonKey]) -> None:
        """Note that earlier posts of these authors may have become stale."""
        self._grown.update(authors)

    def discard(self, authors: Iterable[PersonKey], gone: Collection[PostKey]) -> None:
        """Remove posts of these authors."""
        for author in authors:
            left = [key for key in self._posts[author] if key not in gone]
            if left:
                self._posts[author] = left
            else:
                del self._posts[author]
            self._judged_with.pop(author, None)
        for key in gone:
            self._stale.pop(key, None)
        self._grown.intersection_update(self._posts)

    def mark_stale(self, author: PersonKey) -> None:
        """Mark the posts of an author as stale."""
        self._stale |= dict.fromkeys(self._posts.get(author, ()))

    def mark_all_stale(self) -> None:
        self._judged_with, self._grown = {}, set(self._posts)

    @property
    def has_stale(self) -> bool:
        return bool(self._stale) or any(map(self._is_due, self._grown))

    def take_stale(self, most: int | None) -> list[PostKey]:
        """Remove and return at most `most` stale posts, which the caller judges again."""
        due = [author for author in self._grown if self._is_due(author)]
        for author in due:
            self._judged_with[author] = len(self._posts[author])
            self.mark_stale(author)
        self._grown.difference_update(due)
        keys = list(islice(self._stale, most))
        for key in keys:
            del self._stale[key]
        return keys

    def _is_due(self, author: PersonKey) -> bool:
        # Habits change slowly.
        return 3 * len(self._posts[author]) >= 4 * self._judged_with.get(author, 0)

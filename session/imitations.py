"""Finds accounts that imitate somebody the user follows or vouched for."""

from ..filters.imitation import KnownNames
from ..models.person import Person
from ..models.post import Post
from ..store.archive import Archive


class Imitations:
    """Compares authors with the people that the user knows. Reads those once per account, and again after a sync."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, KnownNames] = {}

    def imitated_by(self, post: Post) -> Person | None:
        """The known person that the author of a post imitates, if any."""
        known = self._known.get(post.account)
        if known is None:
            known = self._known[post.account] = KnownNames(self._archive.people.followed(post.account))
        return known.imitated_by(post.author)

    def reload(self) -> None:
        """Read the known people again when they are next needed."""
        self._known.clear()

"""Finds the people the user follows among the followers of an author."""

from ..filters.second_hop import followed_by
from ..models.context import FollowedBy
from ..models.person import Person
from ..models.post import Post
from ..store.archive import Archive


class SecondHop:
    """Reads the people the user follows once per account, and again after a sync."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._followed: dict[str, dict[str, Person]] = {}

    def of(self, post: Post) -> FollowedBy | None:
        """The people the user follows and who follow the author of a post."""
        known = post.author.known_followers
        if known is None or not known.count:
            return None
        followed = self._followed.get(post.account)
        if followed is None:
            people = self._archive.people.followed(post.account)
            followed = self._followed[post.account] = {person.id: person for person in people}
        return followed_by(known, followed)

    def reload(self) -> None:
        """Read the people again when they are next needed."""
        self._followed.clear()

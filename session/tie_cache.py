"""The ties to the people in the loaded posts, each read once."""

from collections.abc import Iterable, Sequence

from ..models.joined import PersonKey
from ..models.post import Post
from ..models.tie import NO_TIE, Tie
from .links import PersonLinks


class TieCache:
    """Caches ties by person. Reading a tie takes longer than judging a post, and people post more than once."""

    def __init__(self, links: PersonLinks) -> None:
        self._links = links
        self._ties: dict[PersonKey, Tie] = {}
        self._pending: set[PersonKey] = set()

    def get(self, account: str, person_id: str) -> Tie:
        """The cached tie to a person; NO_TIE if it was not read."""
        return self._ties.get((account, person_id), NO_TIE)

    def relationship_known(self, account: str, person_id: str) -> bool:
        """Whether the relationship with a person is known."""
        return (account, person_id) not in self._pending

    def read(self, posts: Iterable[Post]) -> None:
        """Read the missing ties to the people of these posts."""
        missing: dict[str, dict[str, str]] = {}
        for post in posts:
            for person in (post.author, post.booster):
                if person is not None and person.id and (post.account, person.id) not in self._ties:
                    missing.setdefault(post.account, {})[person.id] = person.handle
        for account, people in missing.items():
            for person_id, tie in self._links.ties(account, people).items():
                self._ties[account, person_id] = tie
            pending = self._links.pending_relationships(account, people)
            self._pending |= {(account, person_id) for person_id in pending}

    def reread(self, posts: Sequence[Post], of: Sequence[Post] | None) -> set[PersonKey]:
        """Read the ties to the people of `of` again, or all ties if it is None. Returns the people whose ties changed.

        The people of `posts` stay in the cache.
        """
        before, pending = self._ties, self._pending
        if of is None:
            self._ties, self._pending = {}, set()
            self.read(posts)
        else:
            people = {handle for post in of for person in people_of(post) for handle in self._links.keys(person)}
            self._ties = {person: tie for person, tie in before.items() if person not in people}
            self._pending = pending - people
            self.read([*posts, *of])
        changed = {person for person in before if before[person] != self._ties.get(person)}
        return changed | (pending ^ self._pending)


def people_of(post: Post) -> list[PersonKey]:
    """The author of a post, and its booster if there is one."""
    return [(post.account, person.id) for person in (post.author, post.booster) if person is not None]


def author_of(post: Post) -> PersonKey:
    """The author of a post."""
    return post.author_key

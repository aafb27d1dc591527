"""Finds accounts that imitate somebody the user knows."""

from ..filters.imitation import KnownNames
from ..models.person import Person
from ..store.archive import Archive

_MOST_CACHED = 5_000

_Profile = tuple[str, str, str | None, str | None, tuple[str, ...] | None]


class Imitations:
    """Compares people with those the user knows, which are read once per account and again after a change."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known: dict[str, KnownNames] = {}
        self._found: dict[tuple[str, _Profile], Person | None] = {}

    def imitated_by(self, account: str, person: Person) -> Person | None:
        """The known person that somebody this account sees imitates, if any."""
        # Cached, because a comparison takes up to a millisecond, and an author has many posts.
        key = (account, (person.id, person.handle, person.name, person.bio, person.links))
        if key not in self._found:
            if len(self._found) == _MOST_CACHED:
                self._found.clear()
            self._found[key] = self._names(account).imitated_by(person)
        return self._found[key]

    def looks_like(self, account: str, person: Person) -> Person | None:
        """The same, also for somebody the user follows."""
        return self._names(account).looks_like(person)

    def _names(self, account: str) -> KnownNames:
        if account not in self._known:
            self._known[account] = KnownNames(self._archive.people.protected(account))
        return self._known[account]

    def reload(self) -> None:
        """Read the known people again when they are next needed."""
        self._known.clear()
        self._found.clear()

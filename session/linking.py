"""Links handles of one person across networks. Only the user decides, and every link can be undone."""

from collections.abc import Callable, Iterable, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from ..filters.ties import name_of, strength
from ..models.errors import NotFound
from ..models.joined import DistinctPair, Handle, PersonKey, PersonLink, Proposal
from ..models.person import Person
from ..models.tie import TieName
from ..models.view import Change, ChangeKind, PostKey
from ..sources.registry import label_of
from ..store.archive import Archive
from .clock import Clock
from .history import Command, History
from .links import PersonLinks, handle_of
from .loaded import LoadedPosts
from .mark_index import MarkIndex
from .timeline import TimelineService

if TYPE_CHECKING:
    from .proposals import Proposals


class LinkCandidate(msgspec.Struct, frozen=True):
    """A candidate for a link: handle, display name, and tie to the user."""

    handle: Handle
    name: str
    tie_name: TieName


class LinkService:
    """Adds and removes links. A method that raises StoreError has changed nothing."""

    def __init__(
        self,
        archive: Archive,
        loaded: LoadedPosts,
        index: MarkIndex,
        links: PersonLinks,
        timeline: TimelineService,
        history: History,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._loaded = loaded
        self._index = index
        self._links = links
        self._timeline = timeline
        self._history = history
        self._clock = clock

    @cached_property
    def _proposals(self) -> "Proposals":
        from .proposals import Proposals

        return Proposals(self._archive)

    def all(self) -> Sequence[PersonLink]:
        """Every linked person."""
        return [
            replace(link, people=tuple(replace(each, network=label_of(each.network)) for each in link.people))
            for link in self._archive.joins.all()
        ]

    def linked_with(self, person: PersonKey) -> tuple[Handle, ...]:
        """The other handles of a person."""
        return self._links.others(person)

    def handles_of(self, person: PersonKey) -> tuple[PersonKey, ...]:
        """All handles of a person, this one first."""
        return (person, *(handle.key for handle in self._links.others(person)))

    def proposals(self, person: PersonKey) -> list[Proposal]:
        """Handles that may be the same person, without those that are linked or that the user marked as distinct."""
        me = self._archive.people.get(person)
        if me is None:
            return []
        distinct = {frozenset((pair.one.key, pair.other.key)) for pair in self._archive.joins.apart()}
        linked = self._links.keys(person)
        return [
            each
            for each in self._proposals.of(person, me)
            if each.other.key not in linked and frozenset((person, each.other.key)) not in distinct
        ]

    def proposed(self, person: PersonKey) -> list[Handle]:
        """The handles of the proposals."""
        return [each.other for each in self.proposals(person)]

    def all_proposed(self) -> list[Proposal]:
        """All proposals, each pair once."""
        pairs: dict[frozenset[PersonKey], Proposal] = {}
        for account in self._archive.accounts():
            for person in self._proposals.worth_asking(self._archive.people.all(account.key)):
                for each in self.proposals((account.key, person.id)):
                    pairs.setdefault(frozenset((each.one.key, each.other.key)), each)
        return list(pairs.values())

    def candidates(self, person: PersonKey) -> list[LinkCandidate]:
        """All people seen by the user's other accounts: those with the same name first, then the strongest ties."""
        me = self._archive.people.get(person)
        mine: frozenset[str] = frozenset()
        if me is not None:
            mine = _name_words(me)
        linked = self._links.keys(person)
        today = self._clock.today()
        found: list[tuple[int, float, LinkCandidate]] = []
        for account in self._archive.accounts():
            if account.key == person[0]:
                continue
            people = {each.id: each for each in self._archive.people.all(account.key) if each.id != account.remote_id}
            ties = self._links.ties(account.key, {each.id: each.handle for each in people.values()})
            for each in people.values():
                handle = handle_of(account.key, each)
                if handle.key not in linked and each.handle:
                    value = strength(ties[each.id], today)
                    alike = len(mine & _name_words(each))
                    found.append((alike, value, LinkCandidate(handle, each.shown_name, name_of(value))))
        found.sort(key=lambda each: (-each[0], -each[1], each[2].name.casefold()))
        return [candidate for _, _, candidate in found]

    def link(self, person: PersonKey, others: Sequence[PersonKey], key: PostKey | None = None) -> Change:
        """Treat these handles as one person: they share one tie, and a mark or mute on one applies to all.

        Raises NotFound for an unknown person, and for fewer than two handles.
        """
        people = [self._handle(each) for each in dict.fromkeys((person, *others))]
        if len(people) < 2:
            raise NotFound("These are the same handle: join two different handles of a person.")
        touched = {each for handle in people for each in self._links.keys(handle.key)}
        if len(touched) == len(self._links.keys(person)):
            return Change("already_linked", key, names=_handles(people))
        return self._run(
            "link",
            touched,
            lambda: self._archive.joins.link(people, self._clock.now()),
            people,
            key,
        )

    def unlink(self, person: PersonKey, key: PostKey | None = None) -> Change:
        """Remove the links of a handle. It is not proposed again with those it was linked with."""
        handle = self._handle(person)
        others = self._links.others(person)
        if not others:
            return Change("not_linked", key, names=(handle.handle,))
        return self._separate("unlink", handle, others, key)

    def mark_distinct(self, person: PersonKey, other: PersonKey, key: PostKey | None = None) -> Change:
        """Mark two handles as different people: remove a link between them, and do not propose them again."""
        one, two = self._handle(person), self._handle(other)
        if other in self._links.keys(person):
            return self.unlink(person, key)
        return self._separate("distinct", one, (two,), key)

    def _separate(self, kind: ChangeKind, one: Handle, others: Sequence[Handle], key: PostKey | None) -> Change:
        touched = {each for handle in (one, *others) for each in self._links.keys(handle.key)}
        now = self._clock.now()
        linked = []
        if others[0].key in self._links.keys(one.key):
            linked = [one.key]
        pairs = [DistinctPair(one, other, now) for other in others]
        return self._run(kind, touched, lambda: self._archive.joins.unlink(linked, pairs), (one, *others), key)

    def _run(
        self,
        kind: ChangeKind,
        touched: set[PersonKey],
        write: Callable[[], None],
        people: Sequence[Handle],
        key: PostKey | None,
    ) -> Change:
        """Run a command that writes links; reverting it restores the links of the touched people."""
        links = [link for link in self._archive.joins.all() if any(each.key in touched for each in link.people)]
        distinct = [
            pair for pair in self._archive.joins.apart() if pair.one.key in touched or pair.other.key in touched
        ]
        names = _handles(people)

        def rejudged(shown: Set[PostKey], done: ChangeKind) -> Change:
            self._rejudge(touched)
            return replace(self._timeline.compare(shown, done, key), names=names)

        def apply() -> Change:
            shown = self._timeline.shown()
            write()
            return rejudged(shown, kind)

        def revert() -> Change:
            shown = self._timeline.shown()
            self._archive.joins.restore(touched, links, distinct)
            return rejudged(shown, "links_restored")

        return self._history.run(Command(kind, " ".join(names), apply, revert))

    def _rejudge(self, touched: Iterable[PersonKey]) -> None:
        """Rejudge all posts of these people with the current links."""
        self.reload()
        self._loaded.reread_ties()
        self._loaded.judge_again([post for person in touched for post in self._loaded.by_author(person)])

    def reload(self) -> None:
        """Reload the links. Marks on one handle count for all handles of the person."""
        self._links.reload()
        self._index.set_links(self._links.groups)

    def accounts_changed(self) -> None:
        """Reload the links after an account was added, or removed together with its people."""
        before = self._links.groups, self._links.shared_accounts
        self.reload()
        if (self._links.groups, self._links.shared_accounts) != before:
            self._loaded.reread_ties()

    def _handle(self, key: PersonKey) -> Handle:
        person = self._archive.people.get(key)
        if person is None:
            raise NotFound(f"No account has seen a person with the id {key[1]} yet.")
        return handle_of(key[0], person)


def _handles(people: Sequence[Handle]) -> tuple[str, ...]:
    """The distinct handles."""
    return tuple(dict.fromkeys(handle.handle for handle in people))


def _name_words(person: Person) -> frozenset[str]:
    """The parts of a name that may be the same on another network: its words, and the first part of the handle."""
    separator = "."
    if "@" in person.handle:
        separator = "@"
    first = person.handle.partition(separator)[0]
    return frozenset(word for word in (*(person.name or "").casefold().split(), first.casefold()) if len(word) > 1)

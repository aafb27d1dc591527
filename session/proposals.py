"""Proposes which handles belong to one person. Only the user links them."""

from collections.abc import Iterable, Iterator

from ..filters.profiles import link_each_other, named_by
from ..models.joined import PersonKey, Proposal, ProposalReason
from ..models.person import Person
from ..sources.bridges import copies_of, original_of
from ..sources.registry import handles_in, keeps_archives
from ..store.archive import Archive
from .links import handle_of

_LONGEST = 4_000
_MOST_WORDS = 60


class Proposals:
    """Finds proposals in stored data: profiles, bridged handles, and address books."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def of(self, key: PersonKey, me: Person) -> list[Proposal]:
        """The handles on other accounts that may be the same person, without duplicates, strongest reason first."""
        one = handle_of(key[0], me)
        found: dict[PersonKey, Proposal] = {}
        searches: tuple[tuple[ProposalReason, Iterator[tuple[str, Person]]], ...] = (
            ("mutual", self._linked(me)),
            ("bridge", self._bridged(me)),
            ("contact", self._contacts(me)),
            ("profile", self._claimed(me)),
        )
        for reason, others in searches:
            for account, other in others:
                if account != key[0]:
                    handle = handle_of(account, other)
                    found.setdefault(handle.key, Proposal(one, handle, reason))
        return list(found.values())

    def worth_asking(self, people: Iterable[Person]) -> Iterator[Person]:
        """The people among these for whom `of` may find proposals, without a query for each."""
        contacts = {
            (network, handle.casefold()) for rows in self._archive.contacts.all().values() for network, handle in rows
        }
        for person in people:
            known = (person.network, person.handle.casefold()) in contacts
            if known or original_of(person.handle) or named_by(person) or any(self._claims(person)):
                yield person

    def _linked(self, me: Person) -> Iterator[tuple[str, Person]]:
        for name in sorted(named_by(me)):
            for account, other in self._archive.people.named(name):
                if link_each_other(me, other):
                    yield account, other

    def _bridged(self, me: Person) -> Iterator[tuple[str, Person]]:
        if not me.handle:
            return
        original = original_of(me.handle)
        for name in (original, *copies_of(me.handle)):
            if name:
                yield from self._archive.people.with_handle(name)

    def _contacts(self, me: Person) -> Iterator[tuple[str, Person]]:
        for network, name in self._archive.contacts.other_handles(me.network, me.handle):
            for account, other in self._archive.people.with_handle(name):
                if other.network == network:
                    yield account, other

    def _claimed(self, me: Person) -> Iterator[tuple[str, Person]]:
        """The people of an imported archive that the profile links to. The archive has no profiles that could link
        back.
        """
        for network, name in dict.fromkeys(self._claims(me)):
            for account, other in self._archive.people.with_handle(name):
                if other.network == network:
                    yield account, other

    def _claims(self, me: Person) -> Iterator[tuple[str, str]]:
        words = (me.bio or "")[:_LONGEST].split()[:_MOST_WORDS]
        for text in (*(me.links or ())[:_MOST_WORDS], *(each.strip("()<>,;") for each in words if "/" in each)):
            yield from (each for each in handles_in(text) if keeps_archives(each[0]))

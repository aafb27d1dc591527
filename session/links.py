"""Caches the links between handles, and merges the ties of linked people."""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..filters.ties import merge_ties
from ..models.joined import Handle, PersonKey
from ..models.mark import Mute, PersonMark
from ..models.person import Person
from ..models.tie import Tie, with_restrictions
from ..sources.registry import SUBSCRIBED, label_of
from ..store.archive import Archive

if TYPE_CHECKING:
    from .same_people import SamePeople


class PersonLinks:
    """The current links. Call `reload` after every change."""

    def __init__(self, archive: Archive, has_relationships: Callable[[str], bool] = lambda _account: True) -> None:
        """`has_relationships` tells whether the network of an account has relationships."""
        self._archive = archive
        self._has_relationships = has_relationships
        self._people: dict[PersonKey, tuple[Handle, ...]] = {}
        self._subscribed: dict[PersonKey, bool] = {}
        self._same: SamePeople | None = None
        self.version = 0
        """A number that changes whenever the links may have changed."""
        self.reload()

    def set_subscriptions(self, feeds: Mapping[PersonKey, bool]) -> None:
        """Set the authors of the subscribed feeds, and whether the blogroll of each names the user's blog."""
        self._subscribed = dict(feeds)

    @property
    def subscribed(self) -> Collection[PersonKey]:
        """The authors of the subscribed feeds."""
        return self._subscribed.keys()

    def reload(self) -> None:
        """Reload the links and the accounts from the store."""
        self._people = {}
        self._same = self._find_shared()
        self.version += 1
        for link in self._archive.joins.all():
            people = tuple(self._with_current_name(handle) for handle in link.people)
            self._people |= dict.fromkeys((handle.key for handle in people), people)

    def _find_shared(self) -> "SamePeople | None":
        accounts = self._archive.accounts()
        networks = [account.network for account in accounts]
        shared = [account for account in accounts if networks.count(account.network) > 1]
        if not shared:
            return None
        from .same_people import SamePeople

        return SamePeople(self._archive, shared)

    def _with_current_name(self, handle: Handle) -> Handle:
        person = self._archive.people.get(handle.key)
        name = handle.handle
        if person is not None and person.handle:
            name = person.handle
        return replace(handle, handle=name, network=label_of(handle.network))

    @property
    def groups(self) -> Mapping[PersonKey, tuple[PersonKey, ...]]:
        """Maps each linked handle to all handles of its person."""
        return {key: tuple(handle.key for handle in people) for key, people in self._people.items()}

    @property
    def shared_accounts(self) -> Mapping[str, str]:
        """The accounts that share their network with another one: the user's handle by account."""
        if self._same is None:
            return {}
        return self._same.names

    def keys(self, person: PersonKey) -> tuple[PersonKey, ...]:
        """All handles of a person, including this one, and those that the user's other accounts see."""
        name = ""
        if self._same is not None and (stored := self._archive.people.get(person)) is not None:
            name = stored.handle
        return tuple(handle.key for handle in self.handles(*person, name))

    def handles(self, account: str, person_id: str, handle: str) -> tuple[Handle, ...]:
        """All handles of a person with their names, including this one; as `keys`."""
        person = Handle(account, person_id, handle)
        return self._with_same([person]).get(person.key) or (person,)

    def _with_same(self, people: Iterable[Handle]) -> dict[PersonKey, tuple[Handle, ...]]:
        """All handles of the people who have several."""
        linked = {each.key: self._people.get(each.key, (each,)) for each in people}
        same: dict[PersonKey, list[Handle]] = {}
        if self._same is not None:
            for account, those in _by_account(linked.values()).items():
                same |= {(account, person): others for person, others in self._same.of(account, those).items()}
        found = {}
        for key, handles in linked.items():
            every = {handle.key: handle for each in handles for handle in (each, *same.get(each.key, ()))}
            if len(every) > 1:
                found[key] = tuple(every.values())
        return found

    def others(self, person: PersonKey) -> tuple[Handle, ...]:
        """The other handles that the user linked with a person."""
        return tuple(handle for handle in self._people.get(person, ()) if handle.key != person)

    def ties(self, account: str, people: Mapping[str, str]) -> dict[str, Tie]:
        """The ties to people (id -> handle) of an account. People with several handles get the merged tie of all."""
        ties = self._own_ties(account, people)
        several = self._with_same(Handle(account, person, name) for person, name in people.items())
        joined = {person: handles for (_, person), handles in several.items()}
        if not joined:
            return ties
        own = {
            (where, person): tie
            for where, those in _by_account(joined.values()).items()
            for person, tie in self._own_ties(where, those).items()
        }
        for person, handles in joined.items():
            # A block or mute on a server applies to one account, not to the whole person.
            ties[person] = with_restrictions(self._merged(handles, own), ties[person])
        return ties

    def _own_ties(self, account: str, people: Mapping[str, str]) -> dict[str, Tie]:
        """The ties to single handles, with the fields that depend on subscriptions."""
        ties = self._archive.ties.of(account, dict(people))
        for person in people:
            lists_you = self._subscribed.get((account, person))
            if lists_you is not None:
                ties[person] = replace(ties[person], subscribed=True, lists_you=lists_you)
        return ties

    def pending_relationships(self, account: str, people: Iterable[str]) -> set[str]:
        """The people among these whose relationship is unknown on any of their linked handles."""
        wanted: dict[str, set[str]] = {}
        handles = {person: self._linked_keys((account, person)) for person in people}
        for where, person in (key for keys in handles.values() for key in keys):
            wanted.setdefault(where, set()).add(person)
        pending_relationships = {
            (where, each)
            for where, those in wanted.items()
            if self._has_relationships(where)
            for each in self._archive.ties.pending_relationships(where, those)
        }
        return {person for person, keys in handles.items() if not pending_relationships.isdisjoint(keys)}

    def _linked_keys(self, person: PersonKey) -> tuple[PersonKey, ...]:
        return tuple(handle.key for handle in self._people.get(person, ())) or (person,)

    def _merged(self, handles: tuple[Handle, ...], own: Mapping[PersonKey, Tie]) -> Tie:
        networks = {handle.network for handle in handles if handle.network}
        names = {handle.handle.lower() for handle in handles}
        parts = []
        for handle in handles:
            place = f"as {handle.handle}"
            if len(names) == 1 and handle.account in self.shared_accounts:
                place = f"with your account {self.shared_accounts[handle.account]}"
            elif len(networks) > 1:
                place = f"on {handle.network}"
                if handle.network == label_of(SUBSCRIBED.name):
                    place = "on their blog"
            parts.append((place, own[handle.key]))
        tie = merge_ties(parts)
        if tie.vouched and tie.not_known:
            # Set on two handles before they were linked: the newer one applies.
            newest = self.person_marks(handles)[-1].word
            tie = replace(tie, vouched=newest == "vouched", not_known=newest == "not_known")
        return tie

    def person_marks(self, handles: tuple[Handle, ...]) -> list[PersonMark]:
        """The user's marks on these handles, including those stored by handle only, oldest first."""
        return self._archive.person_marks.about(handles)

    def mutes(self, handles: tuple[Handle, ...]) -> list[Mute]:
        """The mutes of these handles, including those stored by handle only."""
        return self._archive.mutes.about(handles)


def _by_account(people: Iterable[tuple[Handle, ...]]) -> dict[str, dict[str, str]]:
    """The handles of people by the account that sees them, as id -> handle."""
    found: dict[str, dict[str, str]] = {}
    for handle in chain.from_iterable(people):
        found.setdefault(handle.account, {})[handle.person_id] = handle.handle
    return found


def handle_of(account: str, person: Person) -> Handle:
    """The handle of a person, with the label of the network."""
    return Handle(account, person.id, person.handle, label_of(person.network))

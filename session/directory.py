"""Finds the targets of actions, and reads private data from servers: notes, follow requests, translations."""

from collections.abc import Sequence

from ..models.account import Account
from ..models.action import Target
from ..models.action_kinds import ACTION_KINDS
from ..models.errors import NotFound, NotPossible, UsageError
from ..models.joined import Handle
from ..models.person import Person
from ..models.post import Post
from ..models.source import has_lookup, has_personal, has_translate
from ..models.translation import Translation
from ..phrases.permissions import lacking_sentence
from ..sources import handle_in, write_rules
from ..sources.registry import label_of
from ..store.archive import Archive
from .accounts import Accounts
from .ingest import store_people_found
from .people import handle_of


class Directory:
    """Searches the store first, then the servers of the accounts if necessary. Raises SourceError."""

    def __init__(self, archive: Archive, accounts: Accounts) -> None:
        self._archive = archive
        self._accounts = accounts

    def acting(self, kind: str, name: str | None = None) -> list[Account]:
        """The accounts that may do a kind of action, those that may write first.

        `name` chooses among them. Raises NotFound for a name that no account has, and NotPossible if no account can.
        """
        accounts = self._accounts.all() if name is None else tuple(self._accounts.named(name))
        able = [each for each in accounts if ACTION_KINDS[kind].capability in write_rules(each.network).capabilities]
        if not accounts:
            raise NotPossible("No account is signed in: `quietfeed account add NETWORK` signs in.")
        if not able:
            raise NotPossible(lacking_sentence(kind, accounts[0].name, label_of(accounts[0].network)))
        return sorted(able, key=lambda each: not each.writing)

    async def person(self, kind: str, name: str, account: str | None = None) -> Target:
        """The person with a handle, an id or an address, in the account that acts.

        A person that no account has seen is looked up on the server. Raises NotFound, and UsageError if more than one
        account could act.
        """
        able = self.acting(kind, account)
        keys = {each.key for each in able}
        found = [each for each in self._seen(name) if each.account in keys]
        if not found:
            found = await self._looked_up(name, able)
        if not found:
            # Report that the network lacks the action, rather than that nobody was found.
            self._check_network(kind, name, account)
            raise NotFound(f"None of your accounts can find {handle_of(name)}.")
        return target_of_person(self._one(found, able))

    def tag(self, kind: str, tag: str, account: str | None = None) -> Target:
        """A hashtag in the account that acts. Raises UsageError if more than one account could."""
        able = self.acting(kind, account)
        bare = tag.removeprefix("#").strip()
        if not bare or any(each.isspace() for each in bare):
            raise UsageError(f"{tag!r} is not a hashtag.")
        (chosen,) = self._choose(able)
        return Target(chosen.key, tag=bare)

    async def note_on(self, target: Target) -> str:
        """The private note on a person, from the server. Raises SourceError."""
        account = self._account(target.account)
        source = await self._accounts.source(account)
        if not has_personal(source):
            raise NotPossible(lacking_sentence("note", account.name, label_of(account.network)))
        return await source.note_on(target.person_id)

    async def follow_requests(self, name: str | None = None) -> list[tuple[Account, Person]]:
        """The people who ask to follow the user's accounts, newest first for each. `name` chooses among the accounts.

        Raises SourceError, and NotFound for a name that no account has.
        """
        found: list[tuple[Account, Person]] = []
        for account in self.acting("accept_follow", name):
            source = await self._accounts.source(account)
            if not has_personal(source):
                raise NotPossible(lacking_sentence("accept_follow", account.name, label_of(account.network)))
            people = await source.follow_requests()
            store_people_found(self._archive, account.key, people)
            found += [(account, person) for person in people]
        return found

    async def translate(self, post: Post, language: str = "") -> Translation:
        """A translation of a post by the server of its account. Raises SourceError."""
        account = self._account(post.account)
        source = await self._accounts.source(account)
        if not has_translate(source):
            raise NotPossible(
                f"{account.name} cannot translate posts: {label_of(account.network)} does not support that."
            )
        return await source.translate(post, language)

    def _seen(self, name: str) -> list[Handle]:
        handle = handle_of(name)
        people = self._archive.people.with_handle(handle)
        if not people:
            keys = [(each.key, name) for each in self._accounts.all()]
            people = [(key[0], person) for key in keys if (person := self._archive.people.get(key)) is not None]
        return [Handle(account, person.id, person.handle, label_of(person.network)) for account, person in people]

    async def _looked_up(self, name: str, able: Sequence[Account]) -> list[Handle]:
        network, handle = handle_in(name)
        if not handle:
            return []
        found: list[Handle] = []
        for account in able:
            source = await self._accounts.source(account) if account.network == network else None
            if source is None or not has_lookup(source):
                continue
            person = await source.find_person(handle)
            if person is not None:
                store_people_found(self._archive, account.key, [person])
                found.append(Handle(account.key, person.id, person.handle, label_of(account.network)))
        return found

    def _check_network(self, kind: str, name: str, account: str | None) -> None:
        """Raise NotPossible if only accounts without the action have seen a person."""
        for person in self._seen(name):
            where = self._account(person.account)
            lacks = ACTION_KINDS[kind].capability not in write_rules(where.network).capabilities
            if lacks and (account is None or where in self._accounts.named(account)):
                raise NotPossible(lacking_sentence(kind, where.name, label_of(where.network)))

    def _one(self, found: Sequence[Handle], able: Sequence[Account]) -> Handle:
        handles = dict.fromkeys(person.handle.casefold() for person in found)
        if len(handles) > 1:
            # Two servers may give the same id to different people.
            raise UsageError(f"This names several people ({', '.join(handles)}): type the handle of one.")
        having = [each for each in able if any(person.account == each.key for person in found)]
        (chosen,) = self._choose(having)
        return next(person for person in found if person.account == chosen.key)

    def _choose(self, able: Sequence[Account]) -> tuple[Account]:
        """The account that acts: the only one, or the only one that may write."""
        writing = [each for each in able if each.writing]
        for accounts in (able, writing):
            if len(accounts) == 1:
                return (accounts[0],)
        names = ", ".join(each.name for each in able)
        raise UsageError(f"More than one account could act ({names}): choose one with --account A.")

    def _account(self, key: str) -> Account:
        return next(each for each in self._accounts.all() if each.key == key)


def target_of_person(person: Handle, item_id: str = "") -> Target:
    """A person as the target of an action. `item_id` is the post at which the user acts."""
    return Target(person.account, item_id=item_id, person_id=person.person_id, handle=person.handle)

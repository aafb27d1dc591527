"""Forgets people, accounts or everything: in the database, the journal, the backups and the caches.

Nothing is changed on a server, except that the sign-in of a forgotten account is revoked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from ..models.account import Account, accounts_named
from ..models.errors import NotFound, StoreError
from ..models.forgotten import Forgotten, Remains
from ..models.joined import Handle
from ..models.view import Change
from ..store.archive import Archive
from ..store.pictures import clear_pictures
from ..store.places import AppPaths, remove_own_files
from .accounts import Accounts
from .clock import Clock
from .events import Events, VerdictsChanged
from .history import History
from .learning import LearningService
from .linking import LinkService
from .links import PersonLinks
from .loaded import LoadedPosts
from .marks import MarkService
from .people import PeopleService, handle_of
from .subscriptions import SubscriptionService
from .unread import UnreadTracker

Deleted = Callable[[Forgotten], None]


class ForgetService:
    """Deletes permanently, without undo. An error before the deletion leaves everything unchanged."""

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        people: PeopleService,
        links: LinkService,
        person_links: PersonLinks,
        loaded: LoadedPosts,
        marks: MarkService,
        unread: UnreadTracker,
        subscriptions: SubscriptionService,
        learning: LearningService,
        history: History,
        events: Events,
        clock: Clock,
        paths: AppPaths | None,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        """`close` closes the session."""
        self._archive = archive
        self._accounts = accounts
        self._people = people
        self._links = links
        self._person_links = person_links
        self._loaded = loaded
        self._marks = marks
        self._unread = unread
        self._subscriptions = subscriptions
        self._learning = learning
        self._history = history
        self._events = events
        self._clock = clock
        self._paths = paths
        self._close = close

    def accounts_named(self, name: str) -> list[Account]:
        """The user's own accounts with a name."""
        return accounts_named((*self._accounts.all(), *self._accounts.archived), name)

    def people_named(self, name: str) -> list[Handle]:
        """All handles of the person with a name: those that accounts have seen, linked ones, and the bare handle.

        Raises NotFound if nothing stored has this name.
        """
        found = self.with_joined(self._people.find(name))
        bare = Handle("", "", handle_of(name))
        if not found and not self._archive.has_handle(bare.handle):
            raise NotFound(f"Nothing about {bare.handle or name} is stored here.")
        return [bare, *found]

    def people_behind(self, person: Handle) -> list[Handle]:
        """All handles to forget with the author of a post."""
        found = [*self.with_joined([person]), *self.people_named(person.handle)]
        return list(dict.fromkeys(found))

    def with_joined(self, people: Sequence[Handle]) -> list[Handle]:
        """People with all their linked handles."""
        handles = [
            each for one in people for each in self._person_links.handles(one.account, one.person_id, one.handle)
        ]
        return list(dict.fromkeys(handles))

    def remains_of(self, people: Sequence[Handle]) -> Remains:
        """What remains on the servers after these people are forgotten."""
        found: dict[str, list[str]] = {"follows": [], "blocks": [], "mutes": []}
        interactions = 0
        for each in people:
            if not each.person_id:
                continue
            tie = self._archive.ties.of(each.account, {each.person_id: each.handle})[each.person_id]
            for name, there in (("follows", tie.you_follow), ("blocks", tie.blocking), ("mutes", tie.muting)):
                if there:
                    found[name].append(each.handle)
            contacts = self._archive.ties.contacts(each.account, each.person_id)
            interactions += sum(not towards_you for _, towards_you in contacts)
        handles = {name: tuple(dict.fromkeys(names)) for name, names in found.items()}
        return Remains(interactions=interactions, **handles)

    async def forget_people(self, people: Sequence[Handle], deleted: Deleted = lambda _: None) -> Forgotten:
        """Forget people in every file. Raises StoreError.

        `deleted` is called as soon as no screen may show them any more. Cleaning the files then takes a while.
        """
        self._archive.restore_taught()
        remains = self.remains_of(people)
        counts = self._archive.forget_people(people)
        self._reload()
        names = tuple(dict.fromkeys(each.handle for each in people if each.handle))
        return await self._clean(Forgotten(names, counts, remains, settings=self._settings_naming(names)), deleted)

    async def forget_account(self, account: Account, deleted: Deleted = lambda _: None) -> Forgotten:
        """Sign out, and forget everything of an account in every file; as `forget_people`."""
        counts = self._archive.forget_account(account.key)
        await self._accounts.remove(account)
        self._reload()
        remains = Remains()
        if account.server:
            remains = Remains(accounts=(f"{account.handle} ({account.server})",))
        return await self._clean(Forgotten((account.name,), counts, remains), deleted)

    async def forget_all(self) -> Forgotten:
        """Sign out of all accounts and delete all files except the settings. The session cannot be used afterwards."""
        servers = tuple(f"{each.handle} ({each.server})" for each in self._accounts.all() if each.server)
        for account in self._accounts.all():
            await self._accounts.remove(account)
        try:
            await self._close()
        finally:
            if self._paths is not None:
                remove_own_files(self._paths)
        return Forgotten((), {}, Remains(accounts=servers))

    async def _clean(self, done: Forgotten, deleted: Deleted) -> Forgotten:
        deleted(done)
        try:
            clean = await self.purge()
        except StoreError:
            # The disk is full. The next start tries again.
            clean = False
        return replace(done, clean=clean)

    async def purge(self) -> bool:
        """Remove deleted data from every file. Compacting a large database takes seconds, so a thread does it.

        Returns False if another quietfeed has the database open: the next start without it finishes. Raises StoreError.
        """
        clean = await asyncio.to_thread(self._purge)
        if clean:
            self._archive.purged()
        return clean

    def _purge(self) -> bool:
        if self._paths is not None:
            clear_pictures(self._paths.cache / "pictures")
        return self._archive.purge(self._clock.now())

    @property
    def pending(self) -> bool:
        """Whether `purge` is due: an earlier run or another open quietfeed left deleted data in a file."""
        return self._archive.purge_pending

    def _reload(self) -> None:
        # Undo would restore deleted rows.
        self._history.clear()
        keys = self._loaded.keys()
        there = {post.key for _, post in self._archive.posts.get(keys)}
        self._loaded.evict([key for key in keys if key not in there])
        self._links.reload()
        self._marks.reload()
        self._subscriptions.reload()
        self._loaded.reread_ties()
        self._unread.reload()
        self._learning.start_over()
        self._events.publish(VerdictsChanged(Change("forgotten")))

    def _settings_naming(self, names: Sequence[str]) -> tuple[str, ...]:
        if self._paths is None:
            return ()
        found = []
        for path in sorted(self._paths.config.glob("*.toml")):
            try:
                text = path.read_text("utf-8", "replace").casefold()
            except OSError:
                continue
            if any(name.casefold() in text for name in names):
                found.append(path.name)
        return tuple(found)

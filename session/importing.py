"""Imports files from other programs: recognises them, previews the changes, and undoes imports.

Each import is one transaction, which records every row that it changes. A dry run is the same transaction, rolled back.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from ..codec.fields import Record
from ..codec.lines import records
from ..models.account import Account
from ..models.errors import NotFound, RecordError, UsageError
from ..models.imported import Contact, ImportedFile, ImportKind, ImportResult, ImportRun
from ..models.mark import Mute
from ..models.tie import FOREVER
from ..models.view import Change, ChangeKind
from ..sources.registry import handles_in, label_of
from ..store.archive import Archive
from .accounts import Accounts
from .clock import Clock
from .external import ExternalChanges
from .history import Command, History
from .ingest import store_contact_ties, store_file_people
from .subscriptions import SubscriptionService
from .timeline import TimelineService
from .transfer import TransferService

Lines = Sequence[tuple[int, Record | RecordError]]
"""The records of a file of quietfeed's own, or errors, with their line numbers."""


class ImportService:
    """Imports files. A method that raises leaves the store unchanged."""

    def __init__(
        self,
        archive: Archive,
        accounts: Accounts,
        transfer: TransferService,
        subscriptions: SubscriptionService,
        external: ExternalChanges,
        timeline: TimelineService,
        history: History,
        clock: Clock,
    ) -> None:
        self._archive = archive
        self._accounts = accounts
        self._transfer = transfer
        self._subscriptions = subscriptions
        self._external = external
        self._timeline = timeline
        self._history = history
        self._clock = clock

    def read(self, path: Path, wanted: ImportKind | None = None) -> ImportedFile:
        """Recognise and read a file. Thread-safe. `wanted` is the kind of a list without a header.

        Raises NotFound, RecordError, and UsageError for a file of no known kind.
        """
        from ..sources.importing import read_file

        return read_file(path, wanted)

    def read_lines(self, path: Path) -> Lines:
        """The records of a file that quietfeed exported. Raises NotFound."""
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                return list(records(file))
        except OSError as error:
            raise NotFound(f"{path} cannot be read ({error.strerror or error}).") from None

    def label(self, network: str) -> str:
        """The display name of a network; "" for a file of no network."""
        return label_of(network) if network else ""

    def preview(self, file: ImportedFile, name: str, lines: Lines = ()) -> ImportResult:
        """Preview what the import of a file would change. Raises StoreError."""
        return self._perform(file, name, lines, dry=True)

    def run(self, file: ImportedFile, name: str, lines: Lines = ()) -> tuple[Change, ImportResult]:
        """Import a file; `undo` and History.undo undo it. Raises StoreError.

        A repeated import changes nothing. A newer file of the same kind updates the older data.
        """
        shown = self._timeline.shown()
        result = self._perform(file, name, lines, dry=False)
        if not result.id:
            return Change("already_imported", names=(name,)), result

        def change(kind: ChangeKind) -> Change:
            return replace(self._timeline.compare(shown, kind), names=(name,), count=sum(result.changes.values()))

        def revert() -> Change:
            self.undo(result.id)
            return change("import_undone")

        done = change("imported")
        return self._history.run(Command("imported", name, lambda: done, revert)), result

    def all(self) -> list[ImportRun]:
        """All imports, oldest first."""
        return self._archive.imports.all()

    def undo(self, number: int) -> ImportResult:
        """Undo an import. Rows that changed after it stay.

        Raises NotFound for an unknown import or one that was undone, and UsageError if a later import of the same kind
        is built on it.
        """
        runs = self.all()
        run = next((each for each in runs if each.id == number), None)
        if run is None or run.undone:
            raise NotFound(f"There is no import {number} to undo: `quietfeed import --list` lists them.")
        for later in runs:
            if later.id > number and not later.undone and _source(later) == _source(run):
                raise UsageError(f"Import {later.id} of the same kind is later: undo it first.")
        new = {key[1] for key in self._archive.imports.added(run, "subscription")}
        if added := [each for each in self._subscriptions.all() if each.id in new]:
            # Their posts are removed too.
            self._subscriptions.unsubscribe(added)
        result = self._archive.imports.undo(run)
        self._reload()
        return result

    def _perform(self, file: ImportedFile, name: str, lines: Lines, *, dry: bool) -> ImportResult:
        owner = file.owner
        if file.account is not None:
            owner = file.account.remote_id
        run = ImportRun(0, self._clock.now(), file.kind, file.network, name, owner, {})
        counts: dict[str, int] = {}
        errors: list[tuple[int, str]] = []
        try:
            with self._archive.imports.recording(run, dry=dry) as recorded:
                if file.kind == "records":
                    good = [(number, line) for number, line in lines if isinstance(line, dict)]
                    counts, errors = self._transfer.import_records(good)
                    errors += [(number, str(line)) for number, line in lines if isinstance(line, RecordError)]
                else:
                    self._store(file, run)
        finally:
            # Also after a dry run or an error, because people were cached while they were in the store.
            self._reload()
        return replace(recorded.result, counts=tuple(counts.items()), errors=tuple(sorted(errors)))

    def _store(self, file: ImportedFile, run: ImportRun) -> None:
        if file.feeds:
            self._subscriptions.store(file.feeds)
        account = ""
        if file.account is not None:
            # The account may be signed in already, with scopes that an archive does not have.
            before = next((each for each in self._archive.accounts() if each.key == self._key(file.account)), None)
            account = self._archive.add_account(replace(file.account, scopes=before.scopes if before else ())).key
        elif file.owner:
            account = next((each.key for each in self._archive.accounts() if each.remote_id == file.owner), "")
        source = _source(run)
        store_file_people(self._archive, account, file.network, source, file.people)
        muted = {(mute.account, mute.person_id, mute.handle.casefold()) for mute in self._archive.mutes.all()}
        for person in file.people:
            handle = person.handle
            if person.muted and muted.isdisjoint(
                ((account, person.id, handle.casefold()), ("", person.id, handle.casefold()))
            ):
                self._archive.mutes.set(Mute(account, person.id, handle, FOREVER, run.at))
        self._store_contacts(file.contacts, source)

    def _key(self, account: Account) -> str:
        """The stored key of an account, or the one that it will get."""
        return self._archive.account_table.stored(account).key

    def _store_contacts(self, contacts: Iterable[Contact], source: str) -> None:
        stored = []
        handles: dict[str, None] = {}
        for contact in contacts:
            found = list(dict.fromkeys(each for address in contact.addresses for each in handles_in(address)))
            handles |= dict.fromkeys(handle for _, handle in found)
            if len(found) > 1:
                stored.append((_contact_id(found), contact.name, found))
        store_contact_ties(self._archive, source, handles)
        self._archive.contacts.save(stored)

    def _reload(self) -> None:
        self._archive.people.forget_all()
        self._accounts.reload()
        self._external.reload_all()


def _source(run: ImportRun) -> str:
    return f"{run.network}:{run.kind}:{run.owner}"


def _contact_id(handles: Iterable[tuple[str, str]]) -> str:
    """A stable id for a set of imported handles."""
    text = "\n".join(sorted(f"{network} {handle.casefold()}" for network, handle in handles))
    return sha256(text.encode()).hexdigest()[:16]

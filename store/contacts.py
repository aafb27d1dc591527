"""The handles of contacts from address books."""

from collections.abc import Iterable, Sequence

from .database import Database

ContactHandle = tuple[str, str]
"""(network name, handle)."""


class Contacts:
    """The handles of all imported contacts. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save(self, contacts: Iterable[tuple[str, str, Sequence[ContactHandle]]]) -> None:
        """Store contacts: an id that is the same in every import, a name, and the handles."""
        with self._db.transaction():
            self._db.run_many(
                "insert into contact_handle (contact, name, network, handle) values (?, ?, ?, ?)"
                " on conflict do nothing",
                [(contact, name, *handle) for contact, name, handles in contacts for handle in handles],
            )

    def all(self) -> dict[str, list[ContactHandle]]:
        """The handles of each contact, by its id."""
        found: dict[str, list[ContactHandle]] = {}
        for contact, network, handle in self._db.rows("select contact, network, handle from contact_handle order by 1"):
            found.setdefault(contact, []).append((network, handle))
        return found

    def other_handles(self, network: str, handle: str) -> list[ContactHandle]:
        """The other handles of the contacts that have this handle."""
        rows = self._db.rows(
            "select distinct other.network, other.handle from contact_handle as one join contact_handle as other"
            " using (contact) where one.handle = ? and one.network = ?",
            (handle, network),
        )
        return [row for row in rows if row[1].casefold() != handle.casefold()]

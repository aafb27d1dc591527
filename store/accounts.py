"""The user's accounts. Network, server and remote id identify an account; other tables refer to its key."""

import json

from msgspec.structs import replace

from ..models.account import Account
from .database import Database

_COLUMNS = (
    "network, server, handle, remote_id, key, id, scopes, writing,"
    " (select json_group_array(key) from former_key where owner = account.id)"
)
# An account with a global id may move from one server to another.
_SAME = "network = ?1 and remote_id = ?2 and (server = ?3 or ?4)"


class AccountTable:
    """All accounts. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[Account]:
        """The signed-in accounts, in the order they were added."""
        return [_account(row) for row in self._db.rows(f"select {_COLUMNS} from account order by id")]

    def stored(self, account: Account) -> Account:
        """The account with its stored key and settings, or with the key that a new account will get."""
        row = self._db.row(
            f"select {_COLUMNS} from account where {_SAME}",
            (account.network, account.remote_id, account.server, int(account.has_global_id)),
        )
        if row is None:
            return replace(account, key=self._free_key(account.key))
        known = _account(row)
        return replace(
            account, key=known.key, row_id=known.row_id, writing=known.writing, former_keys=known.former_keys
        )

    def save(self, account: Account) -> Account:
        """Add an account. Signing in again to the same one updates its handle, server and scopes."""
        with self._db.transaction():
            found = self.stored(account)
            values = (found.server, found.handle, json.dumps(found.scopes))
            if found.row_id:
                self._db.run(
                    "update account set server = ?, handle = ?, scopes = ? where id = ?", (*values, found.row_id)
                )
                return found
            row = self._db.row(
                "insert into account (server, handle, scopes, network, remote_id, key, writing)"
                " values (?, ?, ?, ?, ?, ?, ?) returning id",
                (*values, found.network, found.remote_id, found.key, int(found.writing)),
            )
            return replace(found, row_id=row[0])

    def set_writing(self, key: str, writing: bool) -> None:
        """Store whether the user enabled writing for an account."""
        with self._db.transaction():
            self._db.run("update account set writing = ? where key = ?", (int(writing), key))

    def remove(self, key: str) -> bool:
        """Remove an account and return whether it existed. Call it in a transaction."""
        self._db.run("delete from former_key where owner in (select id from account where key = ?)", (key,))
        return self._db.run("delete from account where key = ?", (key,)) > 0

    def _free_key(self, wanted: str) -> str:
        # Another account's key may still contain a handle that it had before.
        taken = {row[0] for row in self._db.rows("select key from account union select key from former_key")}
        key, number = wanted, 2
        while key in taken:
            key, number = f"{wanted}#{number}", number + 1
        return key


def _account(row: tuple[str, str, str, str, str, int, str, int, str]) -> Account:
    network, server, handle, remote_id, key, row_id, scopes, writing, former = row
    return Account(network, server, handle, remote_id, key, row_id, _strings(scopes), bool(writing), _strings(former))


def _strings(text: str) -> tuple[str, ...]:
    try:
        values = json.loads(text)
    except ValueError:
        return ()
    if isinstance(values, list):
        return tuple(each for each in values if isinstance(each, str))
    return ()

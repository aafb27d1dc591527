"""The Archive: everything that is kept between two starts, in one SQLite file."""

from pathlib import Path

from ..models.account import Account
from .database import Database
from .joins import Joins
from .marks import Marks
from .mutes import Mutes
from .posts import Posts
from .relationships import Relationships
from .search import Search
from .ties import Ties


class Archive:
    """One database: its posts, ties and marks, the accounts, and small facts by name. Raises StoreError."""

    def __init__(self, path: Path | None) -> None:
        self._db = Database(path)
        self.posts = Posts(self._db)
        self.ties = Ties(self._db)
        self.relationships = Relationships(self._db)
        self.marks = Marks(self._db)
        self.mutes = Mutes(self._db)
        self.joins = Joins(self._db)
        self.search = Search(self._db)

    def accounts(self) -> list[Account]:
        """The signed-in accounts, in the order they were added."""
        rows = self._db.rows("select network, server, handle, id from account order by rowid")
        return [Account(*row) for row in rows]

    def add_account(self, account: Account) -> None:
        """Keep an account; signing in again to the same one replaces it."""
        with self._db.transaction():
            self._db.run(
                "insert into account (key, network, server, handle, id) values (?, ?, ?, ?, ?)"
                " on conflict do update set server = excluded.server, id = excluded.id",
                (account.key, account.network, account.server, account.handle, account.id),
            )

    def remove_account(self, key: str) -> bool:
        """Forget an account and what was fetched for it, with whom its people were joined.

        Marks and words on people stay, they are the user's own.
        """
        with self._db.transaction():
            for table in ("post", "person", "interaction", "relationship", "silence", "unheard", "gap", "stream"):
                self._db.run(f"delete from {table} where account = ?", (key,))
            self._db.run("delete from meta where substr(name, -length(?1)) = ?1", (f":{key}",))
            self.joins.forget(key)
            return self._db.run("delete from account where key = ?", (key,)) > 0

    def get_state(self, name: str) -> str | bytes | None:
        """A small fact by name, such as the level or what was learned."""
        row = self._db.row("select value from meta where name = ?", (name,))
        return row[0] if row else None

    def set_state(self, **facts: str | bytes) -> None:
        """Keep facts by name, all in one transaction."""
        with self._db.transaction():
            self._db.run_many(
                "insert into meta (name, value) values (?, ?) on conflict do update set value = excluded.value",
                facts.items(),
            )

    def version(self) -> int:
        """A number that changes when another process changes what is kept."""
        return self._db.version()

    def check(self) -> str:
        """The health of the file: "ok", or what SQLite found."""
        return self._db.check()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

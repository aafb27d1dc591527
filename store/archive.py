"""The Archive: everything that quietfeed stores between runs, in one SQLite file."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..models.account import Account
from ..models.handle_change import HandleChange
from ..models.joined import Handle
from .accounts import AccountTable
from .database import PURGE_PENDING, Database
from .handles import open_questions, set_answered, set_reported, unreported_changes
from .joins import Joins
from .journal import TAUGHT_NAMES
from .marks import Marks
from .mutes import Mutes
from .outbox import Outbox
from .people import People
from .person_marks import PersonMarks
from .posts import Posts
from .pruning import Pruning
from .rechecks import Rechecks
from .relationships import Relationships
from .subscriptions import Subscriptions
from .tally import TallyTable
from .ties import Ties

# Tables that the first screen does not read are imported when they are first used.
if TYPE_CHECKING:
    from .chosen_posts import StoredPost
    from .contacts import Contacts
    from .drafts import Drafts
    from .imports import Imports
    from .paid import Readings, SpendingTable
    from .published import PublishedLists
    from .search import Search

_FETCHED = (
    *(
        "post",
        "person",
        "interaction",
        "relationship",
        "relationship_failure",
        "interaction_failure",
        "gap",
        "stream",
        "outbox",
    ),
    *("subscription", "file_tie", "reading", "published_list", "published_person"),
)
_TALLIED = ("tally", "tally_count", "tally_due")


class Archive:
    """One database with posts, ties, marks, accounts and named state values. Raises StoreError."""

    def __init__(self, path: Path | None, returns_replies: Callable[[str], bool] = lambda _handle: True) -> None:
        """`path` is None for a database in memory. `returns_replies`: see Ties."""
        self._path = path
        self._db = Database(path)
        self.account_table = AccountTable(self._db)
        self.people = People(self._db)
        self.posts = Posts(self._db, self.people)
        self.tally = TallyTable(self._db, self.posts)
        self.pruning = Pruning(self._db)
        self.rechecks = Rechecks(self._db, self.posts)
        self.ties = Ties(self._db, returns_replies)
        self.person_marks = PersonMarks(self._db)
        self.relationships = Relationships(self._db)
        self.marks = Marks(self._db)
        self.mutes = Mutes(self._db)
        self.joins = Joins(self._db)
        self.outbox = Outbox(self._db)
        self.subscriptions = Subscriptions(self._db, self.posts)

    @cached_property
    def search(self) -> "Search":
        """The search in stored posts."""
        from .search import Search

        return Search(self._db)

    @cached_property
    def drafts(self) -> "Drafts":
        """The user's drafts."""
        from .drafts import Drafts

        return Drafts(self._db)

    @cached_property
    def imports(self) -> "Imports":
        """The imports of files, and what each one added."""
        from .imports import Imports

        return Imports(self._db)

    @cached_property
    def contacts(self) -> "Contacts":
        """The people of imported address books."""
        from .contacts import Contacts

        return Contacts(self._db)

    @cached_property
    def spending(self) -> "SpendingTable":
        """What was spent on networks that charge."""
        from .paid import SpendingTable
        from .spent_months import SpentMonths, spent_months_path

        path = None
        if self._path is not None:
            path = spent_months_path(self._path)
        return SpendingTable(self._db, SpentMonths(path))

    @cached_property
    def readings(self) -> "Readings":
        """The positions up to which people on networks that charge were read."""
        from .paid import Readings

        return Readings(self._db)

    @cached_property
    def published(self) -> "PublishedLists":
        """The lists that quietfeed published on servers."""
        from .published import PublishedLists

        return PublishedLists(self._db)

    def posts_by_chosen(self, count: int, subscribed: Iterable[tuple[str, str]] = ()) -> "list[StoredPost]":
        """The newest stored posts, unparsed, by people whom the user chose, for example by a follow."""
        from .chosen_posts import posts_by_chosen

        return posts_by_chosen(self._db, count, subscribed)

    def accounts(self) -> list[Account]:
        """The signed-in accounts, in the order they were added."""
        return self.account_table.all()

    def add_account(self, account: Account) -> Account:
        """Store an account and return it as stored. A known account is updated."""
        return self.account_table.save(account)

    def remove_account(self, key: str, unsent: str = "", unclear: str = "") -> bool:
        """Remove an account, its fetched data, and links to its people. Marks, vouches and mutes stay.

        Its unsent posts become drafts, with the reasons `unsent` and `unclear`.
        """
        from .queued_drafts import give_back_all

        with self._db.transaction():
            give_back_all(self._db, key, unsent, unclear)
            for table in (*_FETCHED, *_TALLIED):
                self._db.run(f"delete from {table} where account = ?", (key,))
            self._db.run("delete from meta where substr(name, -length(?1)) = ?1", (f":{key}",))
            self.joins.forget(key)
            return self.account_table.remove(key)

    def get_state(self, name: str) -> str | bytes | None:
        """A state value by name, such as the level."""
        rows = self._db.rows("select value from meta where name = ?", (name,))
        if rows:
            value: str | bytes | None = rows[0][0]
            return value
        return None

    def set_state(self, **values: str | bytes) -> None:
        """Store state values by name, in one transaction."""
        with self._db.transaction():
            self._db.run_many(
                "insert into meta (name, value) values (?, ?) on conflict do update set value = excluded.value",
                values.items(),
            )

    def facts_fingerprint(self, prefix: str) -> str:
        """The state values whose names begin with `prefix`, as one text."""
        rows = self._db.rows("select name, value from meta where name >= ?1 and name < ?1 || char(1114111)", (prefix,))
        return repr(rows)

    def version(self) -> int:
        """A number that changes when another process changes the database."""
        return self._db.version()

    def check(self) -> str:
        """Check the file: "ok", or the problem that SQLite found."""
        return self._db.check()

    @property
    def notice(self) -> str:
        """A sentence about a problem when the file was opened; "" if there was none."""
        return self._db.notice

    def handle_changes(self) -> list[HandleChange]:
        """Changed handles of people the user vouched for, marked or muted, not yet reported to the user."""
        return unreported_changes(self._db)

    def set_handle_changes_reported(self, changes: Sequence[HandleChange]) -> None:
        """Record that these changes were reported. Raises StoreError."""
        set_reported(self._db, changes)

    def handle_questions(self) -> list[HandleChange]:
        """Changed handles about which the user has to decide whether a vouch is still right."""
        return open_questions(self._db)

    def set_handle_answered(self, account: str, person_id: str, handle: str) -> None:
        """Record that the user decided about a person, or about a bare handle (`person_id` ""). Raises StoreError."""
        set_answered(self._db, account, person_id, handle)

    @property
    def damage_seen(self) -> bool:
        """Whether a mark, vouch, mute or link was found damaged. `restore_taught` may restore it."""
        return not self._db.damaged.keys().isdisjoint(TAUGHT_NAMES)

    def restore_taught(self) -> int:
        """Restore damaged or missing marks, vouches, mutes and links from the journal; returns the number of rows.

        Raises StoreError.
        """
        from .taught import is_readable

        return self._db.restore_taught(is_readable)

    def forget_people(self, people: Sequence[Handle]) -> dict[str, int]:
        """Delete everything about people; returns the deleted rows by table. `purge` must follow. Raises StoreError."""
        from .forgetting import forget_people

        counts = forget_people(self._db, people)
        self.people.forget_all()
        return counts

    def forget_account(self, key: str) -> dict[str, int]:
        """Delete everything of an account, with marks and vouches. `purge` must follow. Raises StoreError."""
        from .forgetting import forget_account

        counts = forget_account(self._db, key)
        self.people.forget_all()
        return counts

    def has_handle(self, handle: str) -> bool:
        """Whether any row belongs to a handle, also one that no account has seen."""
        from .forgetting import has_handle

        return has_handle(self._db, handle)

    @property
    def purge_pending(self) -> bool:
        """Whether forgotten data is still in the files."""
        return self.get_state(PURGE_PENDING) is not None

    def purge(self, now: datetime) -> bool:
        """Remove forgotten data from every file; see Database.purge. Thread-safe. Raises StoreError."""
        return self._db.purge(now)

    def purged(self) -> None:
        """Record that no file contains forgotten data any more. Raises StoreError."""
        self._db.rewrite_journal()
        with self._db.transaction():
            self._db.run("delete from meta where name = ?", (PURGE_PENDING,))

    def back_up_if_due(self, now: datetime) -> bool:
        """Make the weekly backup if it is due, and return whether it was. Thread-safe. Raises StoreError."""
        return self._db.back_up_if_due(now)

    def damaged_rows(self) -> dict[str, set[str]]:
        """Read everything and return the damaged rows by content ("posts", "marks", "people", ...)."""
        below = None
        while page := self.posts.page(500, below):
            below = page[-1][0]
        for account in self.accounts():
            self.people.all(account.key)
        for read in (self.marks.all, self.mutes.all, self.person_marks.all, self.joins.all, self.joins.apart):
            read()
        return self._db.damaged

    def close(self) -> None:
        """Close the file."""
        self._db.close()

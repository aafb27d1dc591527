"""The charges of paid networks, and the positions up to which their timelines were read."""

from collections.abc import Callable, Iterable

import msgspec

from ..models.paid import Cost, Position
from .database import Database
from .spent_months import SpentMonths

_KEPT_MONTHS = 13
_AHEAD_MONTHS = 3


class Spent(msgspec.Struct, frozen=True):
    """Sums of one month: the total, the posts, the cost of each purpose, and the cost of each purpose on one day."""

    amount: int = 0
    posts: int = 0
    purposes: dict[str, int] = {}
    today: dict[str, int] = {}


class SpendingTable:
    """The requests to paid networks, each counted before it is sent. Raises StoreError."""

    def __init__(self, db: Database, months: SpentMonths) -> None:
        self._db = db
        self._months = months

    def reserve(self, network: str, month: str, day: int, cost: Cost, check: Callable[[Spent], None]) -> int:
        """Store the maximum cost of a request, and return its id.

        `check` raises if the current sums do not allow it. The check and the row are one transaction that other
        processes wait for, and the row is on the disk when this returns: neither a kill nor a second process can exceed
        a limit.
        """
        with self._db.transaction(durable=True):
            before = self.spent(network, month, day)
            check(before)
            # Write the file first: after a kill in between it counts too much, never too little.
            self._months.set(network, month, before.amount + cost.amount, before.posts + cost.posts)
            # Keep the newest months rather than those from `month` on, so that a clock years ahead removes nothing.
            self._db.run(
                "delete from spending where network = ?1 and month < (select min(month) from"
                " (select distinct month from spending where network = ?1 order by month desc limit ?2))",
                (network, _KEPT_MONTHS),
            )
            row = self._db.row(
                "insert into spending (network, month, day, purpose, amount, posts) values (?, ?, ?, ?, ?, ?)"
                " returning id",
                (network, month, day, cost.purpose, cost.amount, cost.posts),
            )
        if row is None:
            raise AssertionError("an insert returned no row")
        number: int = row[0]
        return number

    def settle(self, reservation: int, amount: int, posts: int) -> None:
        """Replace the maximum cost of a request by its actual cost."""
        with self._db.transaction():
            row = self._db.row("select network, month, day, amount, posts from spending where id = ?", (reservation,))
            if row is None:
                # The database was lost meanwhile, and the file counts the request in full.
                return
            network, month, day, reserved, reserved_posts = row
            before = self.spent(network, month, day)
            sums = (before.amount + amount - reserved, before.posts + posts - reserved_posts)
            self._months.set(network, month, *(max(each, 0) for each in sums))
            self._db.run("update spending set amount = ?, posts = ? where id = ?", (amount, posts, reservation))

    def later_month(self, network: str, month: str) -> str:
        """The latest of the next months in which something was spent; "" if there is none.

        A clock that was years ahead is ignored: no server accepts a connection then.
        """
        row = self._db.row(
            "select max(month) from spending where network = ? and month > ? and month <= ? and amount > 0",
            (network, month, _months_after(month, _AHEAD_MONTHS)),
        )
        return str(row[0]) if row and row[0] else ""

    def spent(self, network: str, month: str, day: int) -> Spent:
        """The sums of a month and of one of its days. The month's are at least those of the file."""
        rows = self._db.rows(
            "select purpose, sum(amount), sum(posts), sum(iif(day = ?3, amount, 0)) from spending"
            " where network = ?1 and month = ?2 group by purpose",
            (network, month, day),
        )
        amount, posts = self._months.get(network, month)
        return Spent(
            max(sum(row[1] for row in rows), amount),
            max(sum(row[2] for row in rows), posts),
            {row[0]: row[1] for row in rows},
            {row[0]: row[3] for row in rows},
        )


def _months_after(month: str, count: int) -> str:
    year, number = map(int, month.split("-"))
    months = year * 12 + number - 1 + count
    return f"{months // 12:04}-{months % 12 + 1:02}"


class Readings:
    """The positions up to which the posts of people were read on paid networks. Raises StoreError."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self, account: str) -> dict[str, Position]:
        """The positions by person id; "" is the home timeline. An unreadable one is left out, so that person is read
        again.
        """
        found = {}
        for person, data in self._db.rows("select person, data from reading where account = ?", (account,)):
            try:
                found[person] = msgspec.json.decode(data, type=Position)
            except msgspec.MsgspecError:
                continue
        return found

    def save(self, account: str, positions: Iterable[tuple[str, Position]]) -> None:
        """Store positions by person id."""
        rows = [(account, person, msgspec.json.encode(position).decode()) for person, position in positions]
        with self._db.transaction():
            self._db.run_many(
                "insert into reading (account, person, data) values (?, ?, ?)"
                " on conflict do update set data = excluded.data",
                rows,
            )

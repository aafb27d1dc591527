"""The numbers of shown and hidden posts of each author, and the authors that must be counted again.

Triggers record them (store/tally_schema.py).
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from msgspec import to_builtins
from msgspec.structs import replace

from ..models.context import Burst, Habits
from ..models.joined import PersonKey
from ..models.view import HideCause, PostKey
from .database import Database, parsed
from .posts import Posts

Judged = tuple[int, HideCause]
"""The strictest level that shows a post, and the cause that hides it above that."""

Stamps = tuple[str, str]
"""The inputs of judging: without the day, and with it. The day matters only if there was some contact."""


@dataclass(frozen=True, slots=True)
class Due:
    """An author or a person to be counted again; `serial` identifies the change."""

    person: PersonKey
    serial: int


class TallyTable:
    """The numbers by author. `stamp` identifies the inputs of judging, `code` the version that computed the habits."""

    def __init__(self, db: Database, posts: Posts) -> None:
        self._db = db
        self._posts = posts

    def is_due(self, stamps: Stamps) -> bool:
        """Whether any author must be counted again."""
        found = self._db.row(
            "select exists(select 1 from tally_due) or exists(select 1 from tally where stamp not in (?, ?))", stamps
        )
        return bool(found[0])

    def due_people(self, most: int) -> list[Due]:
        """People whose tie to the user changed."""
        rows = self._db.rows("select account, person, serial from tally_due where tie = 1 limit ?", (most,))
        return [Due((account, person), serial) for account, person, serial in rows]

    def due_authors(self, stamps: Stamps, most: int) -> list[Due]:
        """Authors whose posts must be judged again: changed ones first, then those with other stamps."""
        rows = self._db.rows("select account, person, serial from tally_due where tie = 0 limit ?", (most,))
        rows = rows or self._db.rows(
            "select account, author, 0 from tally where stamp not in (?, ?) limit ?", (*stamps, most)
        )
        return [Due((account, person), serial) for account, person, serial in rows]

    def expand(self, due: Due, people: Collection[PersonKey]) -> None:
        """Mark as due the authors whose posts a person affects: themselves, and those they boosted."""
        with self._db.transaction():
            for account, person in people:
                for source in (
                    "select 0, ?1, ?2 where exists"
                    " (select 1 from post where account = ?1 and author = ?2 and aside = 0)",
                    "select distinct 0, account, author from post where account = ?1 and booster = ?2 and aside = 0",
                ):
                    self._db.run(
                        f"insert into tally_due (tie, account, person) {source}"
                        " on conflict do update set serial = serial + 1",
                        (account, person),
                    )
            self._done(1, due)

    def keys(self, person: PersonKey) -> list[PostKey]:
        """All posts of an author in the home timeline, newest first."""
        rows = self._db.rows(
            "select id from post where account = ? and author = ? and aside = 0 order by at desc, id", person
        )
        return [(person[0], row[0]) for row in rows]

    def save(self, due: Due, stamp: str, code: str, habits: Habits | None, counts: Mapping[Judged, int]) -> None:
        """Store the numbers of an author, who is no longer due unless there was another change."""
        with self._db.transaction():
            self._db.run("delete from tally_count where account = ? and author = ?", due.person)
            self._db.run_many(
                "insert into tally_count (account, author, level, cause, number) values (?, ?, ?, ?, ?)",
                [(*due.person, *judged, number) for judged, number in counts.items()],
            )
            if counts:
                data = None
                if habits is not None:
                    data = json.dumps(to_builtins(replace(habits, texts=())))
                self._db.run(
                    "insert or replace into tally (account, author, stamp, code, habits) values (?, ?, ?, ?, ?)",
                    (*due.person, stamp, code, data),
                )
            else:
                self._db.run("delete from tally where account = ? and author = ?", due.person)
            self._done(0, due)

    def _done(self, tie: int, due: Due) -> None:
        self._db.run(
            "delete from tally_due where tie = ? and account = ? and person = ? and serial = ?",
            (tie, *due.person, due.serial),
        )

    def totals(self) -> Counter[Judged]:
        """The summed numbers of all authors, including those that are due."""
        rows = self._db.rows("select level, cause, sum(number) from tally_count group by level, cause")
        return Counter({(level, cause): number for level, cause, number in rows})

    def habits(self, people: Iterable[PersonKey], code: str) -> dict[PersonKey, Habits | None]:
        """The habits of these authors computed by the same code; None for authors with too few posts."""
        found: dict[PersonKey, Habits | None] = {}
        by_account: dict[str, list[str]] = {}
        for account, author in people:
            by_account.setdefault(account, []).append(author)
        for account, authors in by_account.items():
            marks = ",".join("?" * len(authors))
            rows = self._db.rows(
                f"select author, habits from tally where account = ? and code = ? and author in ({marks})",
                (account, code, *authors),
            )
            read = self._db.readable("habits", rows, lambda row: (row[0], _habits(row[1])))
            found |= {(account, author): seen for author, seen in read}
        return found


def _habits(data: str | None) -> Habits | None:
    if data is None:
        return None
    record = parsed(data)
    words = record.pop("words")
    if words is not None:
        words = tuple(words)
    voice = record.pop("voice", None)
    if voice is not None:
        voice = tuple(voice)
    record.pop("texts", None)
    bursts = tuple(Burst(each["host"], each["minutes"], tuple(each["posts"])) for each in record.pop("bursts", ()))
    return Habits(**record, words=words, bursts=bursts, voice=voice)

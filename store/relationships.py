"""Relationships from servers: follows, blocks and mutes, with the time of each response."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ..models.pages import Restrictions
from ..models.tie import Relationship
from .database import Database, micros

_FLAGS = (
    "you_follow",
    "follows_you",
    "blocking",
    "blocked_by",
    "muting",
    "domain_blocking",
    "boosts_muted",
    "quotes_muted",
    "requested",
)
_BATCH = 300

# The time of the response. 0: the row has no follows yet. 1: request the person again.
_PARTIAL, _OUTDATED = 0, 1
ANSWERED = "at > 0"

_NAMES = ", ".join((*_FLAGS, "list_title"))
_UPDATES = ", ".join(f"{name} = coalesce(excluded.{name}, {name})" for name in (*_FLAGS, "list_title"))
_SAVE = (
    f"insert into relationship (account, person, {_NAMES}, at) values ({', '.join('?' * (len(_FLAGS) + 4))})"
    f" on conflict do update set {_UPDATES}, at = iif(excluded.at > 0, excluded.at, at)"
)


def save_relationships(db: Database, account: str, relationships: Iterable[Relationship], at: int) -> None:
    """Store relationships with their time in microseconds. Call it in a transaction.

    Fields that a response leaves out keep their old values.
    """
    db.run_many(
        _SAVE,
        [
            (account, each.person_id, *(getattr(each, name) for name in _FLAGS), each.list_title, at)
            for each in relationships
        ],
    )


def outdate(db: Database, account: str, person: str) -> None:
    """Make the next sync request the relationship with a person again. Call it in a transaction."""
    db.run(
        f"update relationship set at = {_OUTDATED} where account = ? and person = ? and {ANSWERED}", (account, person)
    )


def read_relationships(db: Database, account: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The known relationship fields of a Tie for these people."""
    rows = db.rows(
        f"select person, {_NAMES} from relationship where account = ? and person in ({slots(ids)})", (account, *ids)
    )
    found: dict[str, dict[str, Any]] = {}
    for person, *flags, title in rows:
        found[person] = {name: None if flag is None else bool(flag) for name, flag in zip(_FLAGS, flags, strict=True)}
        found[person]["list_title"] = title or ""
    return found


class Relationships:
    """Queries that decide whose relationships a sync requests again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def follows(self, account: str) -> tuple[set[str], set[str]]:
        """The ids of the people the user follows, and of those who follow the user, as far as known."""
        rows = self._db.rows(
            "select person, you_follow = 1, follows_you = 1 from relationship"
            " where account = ? and (you_follow = 1 or follows_you = 1)",
            (account,),
        )
        return {row[0] for row in rows if row[1]}, {row[0] for row in rows if row[2]}

    def not_followed(self, account: str, ids: Sequence[str]) -> list[str]:
        """The people among these without a stored follow by the user."""
        return self._without(account, ids, "you_follow = 1")

    def not_mutual(self, account: str, ids: Iterable[str]) -> list[str]:
        """The people among these with a stored relationship that is not a mutual follow."""
        wanted = list(dict.fromkeys(ids))
        settled = set(self._without(account, wanted, "at > 0"))
        return [
            each for each in self._without(account, wanted, "you_follow = 1 and follows_you = 1") if each not in settled
        ]

    def _without(self, account: str, ids: Sequence[str], condition: str) -> list[str]:
        found: set[str] = set()
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            rows = self._db.rows(
                f"select person from relationship where account = ? and {condition} and person in ({slots(part)})",
                (account, *part),
            )
            found.update(row[0] for row in rows)
        return [each for each in ids if each not in found]

    def outdated(self, account: str, before: datetime, limit: int) -> list[str]:
        """People with stored posts or a tie whose response is older than a time; people with a follow come first."""
        rows = self._db.rows(
            "select person from relationship as known where account = ?1 and at < ?2 and ("
            " you_follow = 1 or follows_you = 1 or blocking = 1 or blocked_by = 1 or muting = 1"
            " or exists (select 1 from post where account = ?1 and author = known.person)"
            " or exists (select 1 from post where account = ?1 and booster = known.person)"
            " or exists (select 1 from interaction where account = ?1 and person = known.person))"
            " order by coalesce(you_follow, 0) + coalesce(follows_you, 0) desc, at, person limit ?3",
            (account, micros(before), limit),
        )
        return [row[0] for row in rows]

    def request_again(self, account: str, ids: Sequence[str] | None = None) -> None:
        """Make the next sync request these people, or everybody, again."""
        with self._db.transaction():
            if ids is None:
                self._db.run(f"update relationship set at = {_OUTDATED} where account = ? and at > 0", (account,))
                return
            self._db.run_many(
                f"update relationship set at = {_OUTDATED} where account = ? and person = ? and at > 0",
                [(account, each) for each in ids],
            )

    def save_partial(self, account: str, relationships: Iterable[Relationship]) -> None:
        """Store relationships included in other responses, without follows; those must still be requested."""
        with self._db.transaction():
            save_relationships(self._db, account, relationships, _PARTIAL)

    def save_restrictions(self, account: str, found: Restrictions) -> list[str]:
        """Store the blocks and mutes of the user, and remove those that ended.

        Returns the people missing from a list that was read completely but is not authoritative: request them again.
        """
        listed = {each.person_id for each in found.relationships}
        with self._db.transaction():
            missing = [each for each in self._restricted(account, found.read - found.final) if each not in listed]
            for field in sorted(found.final - {"lists"}):
                self._db.run(
                    f"update relationship set {_field(field)} = 0 where account = ? and {_field(field)} = 1"
                    " and coalesce(list_title, '') = ''",
                    (account,),
                )
            if "lists" in found.final:
                self._db.run(
                    "update relationship set muting = 0, blocking = 0, list_title = ''"
                    " where account = ? and list_title <> ''",
                    (account,),
                )
            save_relationships(self._db, account, found.relationships, _PARTIAL)
            if found.domains is not None:
                self._save_domains(account, found.domains)
        return missing

    def _restricted(self, account: str, fields: Iterable[str]) -> list[str]:
        found: dict[str, None] = {}
        for field in sorted(fields):
            rows = self._db.rows(
                f"select person from relationship where account = ? and {_field(field)} = 1", (account,)
            )
            found |= dict.fromkeys(row[0] for row in rows)
        return list(found)

    def _save_domains(self, account: str, domains: frozenset[str]) -> None:
        self._db.run(
            "update relationship set domain_blocking = 0 where account = ? and domain_blocking = 1", (account,)
        )
        if not domains:
            return
        people = self._db.rows("select id, handle from person where account = ?", (account,))
        blocked = [person for person, handle in people if handle.rpartition("@")[2].casefold() in domains]
        save_relationships(
            self._db, account, [Relationship(person, domain_blocking=True) for person in blocked], _PARTIAL
        )


def _field(name: str) -> str:
    """Check a column name. Raises ValueError for any other text."""
    if name not in _FLAGS:
        raise ValueError(name)
    return name


def slots(values: Sequence[str] | dict[str, str]) -> str:
    """SQL placeholders for these values."""
    return ",".join("?" * len(values))

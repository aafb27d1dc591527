"""Joined people: handles that the user said are one person, and those that they said are not."""

from dataclasses import dataclass, field
from datetime import datetime

PersonKey = tuple[str, str]
"""(account key, person id): one handle of somebody, as one of the user's accounts sees it."""


@dataclass(frozen=True, slots=True)
class Handle:
    """One handle of a person; `account` is the user's own account that sees it."""

    account: str
    person_id: str
    handle: str
    network: str = field(default="", compare=False)
    """The network: its name from the store, its label ("Mastodon") from the session."""

    @property
    def key(self) -> PersonKey:
        """What the handle is known by: names change, ids do not."""
        return (self.account, self.person_id)


@dataclass(frozen=True, slots=True)
class PersonLink:
    """These handles are one person, by the user's own word."""

    people: tuple[Handle, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class DistinctPair:
    """These two are not one person, by the user's own word: they are not proposed again."""

    one: Handle
    other: Handle
    at: datetime

"""Linked handles: pairs that the user confirmed or rejected as one person."""

from datetime import datetime
from typing import Literal

import msgspec

PersonKey = tuple[str, str]
"""(account key, person id): one handle of somebody, as one of the user's accounts sees it."""


class Handle(msgspec.Struct, frozen=True):
    """One handle of a person; `account` is the user's own account that sees it."""

    account: str
    person_id: str
    handle: str
    network: str = ""
    """The network: its name from the store, its label ("Mastodon") from the session.

    Handles that differ only in it are equal.
    """

    @property
    def key(self) -> PersonKey:
        """The stable key: handles change, ids do not."""
        return (self.account, self.person_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Handle) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, str, str]:
        return (self.account, self.person_id, self.handle)


class PersonLink(msgspec.Struct, frozen=True):
    """Handles that the user linked as one person."""

    people: tuple[Handle, ...]
    at: datetime


class DistinctPair(msgspec.Struct, frozen=True):
    """Two handles that the user marked as different people; they are not proposed again."""

    one: Handle
    other: Handle
    at: datetime


ProposalReason = Literal["mutual", "bridge", "contact", "profile"]
"""Both profiles link to each other; one handle is a bridge's copy of the other; both are of one contact in an address
book; or one profile links to the other, which has no profile here."""


class Proposal(msgspec.Struct, frozen=True):
    """Two handles that may be one person."""

    one: Handle
    other: Handle
    reason: ProposalReason

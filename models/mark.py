"""A Mark: the user's word on a post or on a person, and what the judgement needs to know of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .case import Case
from .verdict import Category

PersonWord = Literal["vouched", "not_known"]


@dataclass(frozen=True, slots=True)
class Mark:
    """The user's word on one post. The case is kept as it was when marked, so learning needs nothing else."""

    case: Case
    category: Category
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonMark:
    """The user's word on a person: vouched (always shown), or not known (never counts as known)."""

    account: str
    person_id: str
    handle: str
    word: PersonWord
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """Everything the user said, ready for judging: it acts at once, before anything is learned.

    `posts` maps a post's key to its mark. `authors` maps (account, person id) to how often that author's posts were
    marked with each category, boosts by others not counted against the booster.
    """

    posts: Mapping[tuple[str, str], Category] = field(default_factory=dict)
    authors: Mapping[tuple[str, str], Mapping[Category, int]] = field(default_factory=dict)


NOTHING_SAID = Said()

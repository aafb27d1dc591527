"""Marks on posts and people, mutes, and the snapshot of all of them that judging uses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from .context import PostContext
from .verdict import Category

PersonWord = Literal["vouched", "not_known"]


class Mark(msgspec.Struct, frozen=True):
    """The user's label on a post, with the context at the time of marking, which training uses."""

    context: PostContext
    category: Category
    at: datetime
    guess: Category | None = None
    """The category that the filter had guessed before; None if unknown. It shows how the filter learns."""

    @property
    def key(self) -> tuple[str, str]:
        """The key of the post."""
        return self.context.post.key

    @property
    def author(self) -> str:
        """The id of the post's author."""
        return self.context.post.author.id

    @property
    def original(self) -> str:
        """The id of the boosted post; "" if the marked post is not a boost."""
        return self.context.post.original_id

    def load(self) -> "Mark":
        """Itself. A MarkSummary (store/marks.py) loads the rest."""
        return self


class PersonMark(msgspec.Struct, frozen=True):
    """The user's mark on a person: vouched (always shown), or not known (never counts as known)."""

    account: str
    person_id: str
    handle: str
    word: PersonWord
    at: datetime


class Mute(msgspec.Struct, frozen=True):
    """Hides a person until a time; FOREVER has no end. Mutes are not used for training."""

    account: str
    person_id: str
    handle: str
    until: datetime
    at: datetime


class UserMarks(msgspec.Struct, frozen=True):
    """All marks of the user, prepared for judging: they take effect at once, before any training.

    `posts` maps a post's key to its mark. `authors` maps (account, person id) to how often that author's posts were
    marked with each category; marks on boosts do not count against the booster. `boosted` maps the key of a boosted
    post to the newest mark on one of its boosts.
    """

    posts: Mapping[tuple[str, str], Category] = msgspec.field(default_factory=dict)
    authors: Mapping[tuple[str, str], Mapping[Category, int]] = msgspec.field(default_factory=dict)
    boosted: Mapping[tuple[str, str], Category] = msgspec.field(default_factory=dict)


NO_MARKS = UserMarks()

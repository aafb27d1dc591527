"""A Tie: the relationship between the user and a Person, and the Interactions it is computed from."""

from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from .person import Person

TieName = Literal["close", "known", "acquaintance", "stranger"]
InteractionKind = Literal["reply", "mention", "like", "boost", "direct", "follow"]
Direction = Literal["to_you", "from_you"]


class Interaction(msgspec.Struct, frozen=True):
    """One interaction between the user and a person; `id` makes storing it twice harmless."""

    id: str
    person: Person
    kind: InteractionKind
    direction: Direction
    at: datetime


class Relationship(msgspec.Struct, frozen=True):
    """The relationship between the user and one person on the server; None in a field that the server left out.

    `domain_blocking`: the user blocks their whole server. `boosts_muted` hides only their boosts, `quotes_muted` only
    their posts that quote another. `list_title` names the moderation list that blocks or mutes them, "" without one.
    `requested`: the user asked to follow them, and they have not answered.
    """

    person_id: str
    you_follow: bool | None = None
    follows_you: bool | None = None
    blocking: bool | None = None
    blocked_by: bool | None = None
    muting: bool | None = None
    domain_blocking: bool | None = None
    boosts_muted: bool | None = None
    quotes_muted: bool | None = None
    list_title: str | None = None
    requested: bool | None = None

    @property
    def is_complete(self) -> bool:
        """Whether both follow fields are known, so that no request is needed."""
        return self.you_follow is not None and self.follows_you is not None


class Tie(msgspec.Struct, frozen=True, gc=False):
    """All evidence between the user and one person. None means unknown and has no effect.

    `direct_to_you` counts direct conversations in which they wrote, `direct_from_you` those in which the user wrote.
    `direct` counts direct conversations with unknown writers. `last_to_you` and `last_from_you` are the
    newest contact in each direction, `last_contact` the newest in either. `vouched`, `not_known` and `muted` are set by
    the user.
    """

    you_follow: bool | None = None
    follows_you: bool | None = None
    replies_to_you: int | None = None
    replies_from_you: int | None = None
    mentions_to_you: int | None = None
    mentions_from_you: int | None = None
    likes_to_you: int | None = None
    likes_from_you: int | None = None
    # Records use the first names of these two fields.
    boosts_to_you: int | None = msgspec.field(name="reposts_of_you", default=None)
    boosts_from_you: int | None = msgspec.field(name="reposts_by_you", default=None)
    direct: int | None = None
    direct_to_you: int | None = None
    direct_from_you: int | None = None
    first_contact: datetime | None = None
    last_contact: datetime | None = None
    last_to_you: datetime | None = None
    last_from_you: datetime | None = None
    vouched: bool = False
    not_known: bool = False
    contact: bool = False
    subscribed: bool = False
    """Whether the user subscribed to their blog. It counts like a follow by the user."""
    lists_you: bool = False
    """Whether their blogroll names the user's own blog. It counts like a follow by them."""
    muted: datetime | None = None
    """When the mute ends (FOREVER: it has no end); None: not muted."""
    blocking: bool | None = None
    """The user's block on the server; the fields up to `list_title` have the same meaning as in Relationship."""
    blocked_by: bool | None = None
    muting: bool | None = None
    domain_blocking: bool | None = None
    boosts_muted: bool | None = None
    quotes_muted: bool | None = None
    list_title: str = ""
    requested: bool | None = None
    """Whether the user asked to follow them, and they have not answered; not evidence of a tie."""
    they_follow: int | None = None
    """How many accounts they follow. The more, the less their follow counts."""
    places: tuple[str, ...] = ()
    """Where the evidence for linked handles comes from ("on Mastodon"); empty for a person with one handle."""


def with_restrictions(tie: Tie, account: Tie) -> Tie:
    """A tie with the server's blocks, mutes and follow requests of one account."""
    return replace(
        tie,
        blocking=account.blocking,
        blocked_by=account.blocked_by,
        muting=account.muting,
        domain_blocking=account.domain_blocking,
        boosts_muted=account.boosts_muted,
        quotes_muted=account.quotes_muted,
        list_title=account.list_title,
        requested=account.requested,
    )


SELECTIVE = 1_000
"""A follow, a like or a boost by somebody who follows more accounts counts less: by the square root of the ratio."""

FOREVER = datetime.max.replace(tzinfo=UTC)

UNTIL_OVER = datetime(9998, 1, 1, tzinfo=UTC)
"""The end of a mute that ends when the account, which may have been taken over, posts as usual again."""

NO_TIE = Tie()

COUNTED: dict[tuple[str, str], str] = {
    ("reply", "to_you"): "replies_to_you",
    ("reply", "from_you"): "replies_from_you",
    ("mention", "to_you"): "mentions_to_you",
    ("mention", "from_you"): "mentions_from_you",
    ("like", "to_you"): "likes_to_you",
    ("like", "from_you"): "likes_from_you",
    ("boost", "to_you"): "boosts_to_you",
    ("boost", "from_you"): "boosts_from_you",
    ("direct", "to_you"): "direct_to_you",
    ("direct", "from_you"): "direct_from_you",
}
"""The field of a Tie that counts the interactions of each kind and direction."""

TO_YOU_COUNTS = ("replies_to_you", "mentions_to_you", "likes_to_you", "boosts_to_you")
"""The fields that notifications count."""

FROM_YOU_COUNTS = ("replies_from_you", "mentions_from_you", "boosts_from_you")
"""The fields that the user's own posts count."""

LIKE_COUNTS = ("likes_from_you",)
"""The fields that the user's likes count."""

DIRECT_COUNTS = ("direct_to_you", "direct_from_you")
"""The fields that direct conversations count."""

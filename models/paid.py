"""Networks that charge for reading: prices, costs, and the protocol that counts each request before it is sent.

Amounts are integers in millionths of a dollar, so that sums are exact.
"""

from datetime import date, datetime
from typing import Literal, Protocol

import msgspec

from .person import Person
from .post import Post
from .tie import Relationship

DOLLAR = 1_000_000

Purpose = Literal["sign_in", "ties", "posts", "home"]
"""The purpose of a request: the sign-in, follows and mentions, posts of known people, the home timeline."""

Limit = Literal["month", "posts", "day", "ties"]
"""The limit that a request would exceed: the month's budget in dollars or posts, a day's share, or the share of
ties."""


class PriceList(msgspec.Struct, frozen=True):
    """What one resource costs on a network. `at` is the date of the prices, and `source` the page that states them."""

    at: date
    source: str
    post: int
    user: int
    owned: int
    """A resource of the user's own lists (follows, mentions, posts), if the app belongs to the same account."""
    most_per_post: int
    """The most that one post of the home timeline may cost, with its author and the post it quotes."""


class Cost(msgspec.Struct, frozen=True):
    """The most that one request may cost, and how many posts it may return."""

    purpose: Purpose
    amount: int
    posts: int = 0


class Spending(msgspec.Struct, frozen=True):
    """What was spent in the current month (UTC), and the limits from the settings. A `post_limit` of 0 is none."""

    spent: int
    posts: int
    budget: int
    post_limit: int
    resets_at: datetime

    @property
    def left(self) -> int:
        """What may still be spent this month."""
        return max(self.budget - self.spent, 0)


class Meter(Protocol):
    """Counts what a network charges. A request is counted on the disk before it is sent."""

    @property
    def owned(self) -> bool:
        """Whether the user's own lists have their lower price."""

    @property
    def posts_left(self) -> int | None:
        """How many posts may still be read this month; None sets no limit."""

    def left(self, purpose: Purpose) -> int:
        """How much requests for this purpose may cost now."""

    def reserve(self, cost: Cost) -> int:
        """Count the most that a request may cost; returns the id of the reservation. Raises BudgetSpent, StoreError."""

    def settle(self, reservation: int, amount: int, posts: int) -> None:
        """Replace a reservation by what the response cost. Without a call it counts in full."""


class Position(msgspec.Struct, frozen=True):
    """How far the posts of one person, or the home timeline, were read.

    Everything up to `since` was read. If `until` is set, the posts between `since` and `until` are still missing, and
    `newest` becomes `since` when they have been read. `next_at` is when to read again.
    """

    since: str = ""
    until: str = ""
    newest: str = ""
    next_at: datetime | None = None
    failures: int = 0


class Known(msgspec.Struct, frozen=True):
    """A person whose posts are read, and the position up to which they were read."""

    person: Person
    position: Position = Position()


class ReadingPlan(msgspec.Struct, frozen=True):
    """What to read from a paid network: posts of these people, in this order, or the home timeline.

    `following` and `followers` are the stored follows; `people` are all stored people by id, who need no user read.
    `home` is the position in the home timeline; None reads the posts of `known` people instead.
    """

    known: tuple[Known, ...] = ()
    home: Position | None = None
    following: frozenset[str] = frozenset()
    followers: frozenset[str] = frozenset()
    people: tuple[Person, ...] = ()


class PaidNews(msgspec.Struct, frozen=True):
    """New posts of one person, or of the home timeline if `person_id` is "", and the new position."""

    person_id: str
    posts: tuple[Post, ...]
    position: Position
    relationships: tuple[Relationship, ...] = ()

"""The capabilities of sources. The session checks capabilities, never a network's name."""

from typing import Literal, get_args

import msgspec

Capability = Literal[
    "ties", "moderation", "profiles", "count_cache", "rechecks", "threads", "feeds",
    "subscriptions", "lookup", "personal", "translate", "paid", "list_members", "known_followers",
    "like", "boost", "bookmark", "pin", "vote", "delete", "follow", "hide_boosts", "mute", "block", "report", "note",
    "follow_requests", "follow_tag", "change_list", "compose", "edit",
]  # fmt: skip
"""One for each reading protocol of models/source.py except the timeline, which every source has, and one for each
action that can be sent. "paid": the network charges for what is read.

Without "ties" nobody on the network has a relationship with the user, and authors are judged accordingly. With it,
a relationship without a response from the server is unknown.
"""

ACTIONS: frozenset[Capability] = frozenset(
    {
        *("like", "boost", "bookmark", "pin", "vote", "delete", "follow", "hide_boosts", "mute", "block", "report"),
        *("note", "follow_requests", "follow_tag", "change_list", "compose", "edit"),
    }
)
"""The capabilities that models/action_kinds.py refers to."""

READS: frozenset[Capability] = frozenset(get_args(Capability)) - ACTIONS - {"subscriptions", "paid"}
"""Everything that the source of a signed-in account can read. Subscriptions need no sign-in."""

PUBLIC_READS: frozenset[Capability] = READS - {
    "lookup",
    "personal",
    "translate",
    "moderation",
    "rechecks",
    "feeds",
    "list_members",
    "known_followers",
}
"""What can be read from a public account without a sign-in, if the network supports it."""


class WriteLimit(msgspec.Struct, frozen=True):
    """A budget for write requests: at most `points` within `seconds`."""

    points: int
    seconds: int


class WriteRules(msgspec.Struct, frozen=True):
    """The actions a network supports, its write limits, and the points that each request costs.

    `create`, `update` and `delete` are the points of a request that creates, changes or deletes a record. `list_batch`
    people are added to a list or removed from it by one request. `public_lists`: everybody can read the user's lists;
    `lists_need_follow`: they take only people the user follows.
    """

    capabilities: frozenset[Capability] = frozenset()
    limits: tuple[WriteLimit, ...] = ()
    create: int = 1
    delete: int = 1
    update: int = 1
    list_batch: int = 1
    public_lists: bool = False
    lists_need_follow: bool = False


READ_ONLY = WriteRules()

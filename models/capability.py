"""What sources can do. The session asks for capabilities and never for a network's name."""

from typing import Literal, get_args

import msgspec

Capability = Literal["ties", "moderation", "profiles", "count_cache", "rechecks", "threads", "feeds", "like"]
"""One for each reading protocol of models/source.py beside the timeline, which every source has, and one for each
action that can be sent.

Without "ties" nobody on the network has a relationship with the user: authors are judged as people without one. With
it, a relationship that the server has not answered for is unknown.
"""

ACTIONS: frozenset[Capability] = frozenset({"like"})
"""The actions."""

READS: frozenset[Capability] = frozenset(get_args(Capability)) - ACTIONS
"""Everything that a source can read."""


class WriteLimit(msgspec.Struct, frozen=True):
    """At most so many points in so many seconds."""

    points: int
    seconds: int


class WriteRules(msgspec.Struct, frozen=True):
    """What a network lets its clients write: the actions it has, its limits, and what each request costs.

    `create` and `delete` are the points of a request that makes or removes something.
    """

    capabilities: frozenset[Capability] = frozenset()
    limits: tuple[WriteLimit, ...] = ()
    create: int = 1
    delete: int = 1


READ_ONLY = WriteRules()

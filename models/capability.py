"""What a source can do beside reading, and what that costs at its server."""

from dataclasses import dataclass
from typing import Literal

Capability = Literal["like"]
"""An action that can be sent. A network that cannot do it does not list it."""


@dataclass(frozen=True, slots=True)
class WriteLimit:
    """At most so many points in so many seconds."""

    points: int
    seconds: int


@dataclass(frozen=True, slots=True)
class WriteRules:
    """What a network lets its clients write: the actions it has, its limits, and what each request costs.

    `create` and `delete` are the points of a request that makes or removes something.
    """

    capabilities: frozenset[Capability] = frozenset()
    limits: tuple[WriteLimit, ...] = ()
    create: int = 1
    delete: int = 1


READ_ONLY = WriteRules()

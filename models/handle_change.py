"""A name that means somebody else now, or a person who has another name now."""

from typing import Literal

import msgspec

HandleChangeKind = Literal["renamed", "taken"]


class HandleChange(msgspec.Struct, frozen=True):
    """A change to a handle of somebody the user said something of.

    "renamed": `person_id` was `former` and is `handle` now. "taken": `handle` belongs to `person_id` now, and to
    somebody else before, whose name is `former` now ("" where that is not known).
    """

    account: str
    person_id: str
    handle: str
    former: str
    kind: HandleChangeKind

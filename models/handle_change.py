"""Changes of handles: a person has a new handle, or a handle belongs to another person."""

from typing import Literal

import msgspec

HandleChangeKind = Literal["renamed", "taken"]


class HandleChange(msgspec.Struct, frozen=True):
    """A changed handle of somebody whom the user has marked, muted or linked.

    "renamed": `person_id` changed the handle `former` to `handle`. "taken": `handle` belongs to `person_id` now; it
    belonged to somebody else before, whose handle is now `former` ("" if unknown).
    """

    account: str
    person_id: str
    handle: str
    former: str
    kind: HandleChangeKind

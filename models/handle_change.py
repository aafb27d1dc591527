"""Changes of handles: a person has a new handle, a handle belongs to another person, or somebody first has it."""

from typing import Literal

import msgspec

HandleChangeKind = Literal["renamed", "taken", "first"]


class HandleChange(msgspec.Struct, frozen=True):
    """A changed handle of somebody the user has marked, muted or linked.

    "renamed": `person_id` changed the handle `former` to `handle`. "taken": `handle` belongs to `person_id` now; it
    belonged to somebody else before, whose handle is now `former` ("" if unknown). "first": the user vouched for
    `handle` before anybody is known to have had it, and `person_id` is the first who has it.
    """

    account: str
    person_id: str
    handle: str
    former: str
    kind: HandleChangeKind

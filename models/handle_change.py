"""Changes of handles: a person has a new handle, or a handle is first seen or belongs to another person."""

from typing import Literal

import msgspec

HandleChangeKind = Literal["renamed", "taken", "first"]


class HandleChange(msgspec.Struct, frozen=True):
    """A changed handle of somebody the user has marked, muted or linked.

    "renamed": `person_id` changed the handle `former` to `handle`. "taken": `handle` now belongs to `person_id`; its
    previous owner now has the handle `former` ("" if unknown). "first": the user vouched for `handle` before anybody
    with it was seen, and `person_id` is the first.
    """

    account: str
    person_id: str
    handle: str
    former: str
    kind: HandleChangeKind

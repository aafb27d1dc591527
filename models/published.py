"""What publishing a list of the people the user knows would change on a server."""

from typing import Literal

import msgspec

from .account import Account
from .action import ChangeList

LeftOut = Literal["not_followed", "asked", "removed", "hidden"]
"""Why a known person is left out: the list takes only people the user follows; they asked not to be shown to
everybody; the user removed them from the list; the user hides or blocks them, or they block the user."""

DEFAULT_NAME = "quietfeed"


class ListPlan(msgspec.Struct, frozen=True):
    """A planned change of a list.

    `public`: everybody can read the list. `kept` people stay in it; `by_hand` of these were added by the user.
    `left_out` are the handles of known people who are left out, by reason.
    """

    account: Account
    action: ChangeList
    public: bool
    kept: int = 0
    by_hand: int = 0
    left_out: tuple[tuple[LeftOut, tuple[str, ...]], ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to change. A new list is created only with people in it."""
        return bool(self.action.add or self.action.remove)

    @property
    def is_new(self) -> bool:
        """Whether the list does not exist yet."""
        return not self.action.list_id and not self.action.undoes

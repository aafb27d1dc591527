"""Asks whether a vouch is still right after a handle changed, once for each change."""

from collections.abc import Callable

from ..models.handle_change import HandleChange
from ..models.joined import Handle
from ..models.mark import PersonWord
from ..models.view import Change
from ..store.archive import Archive

SetMark = Callable[[Handle, PersonWord | None], Change]
"""Sets the user's mark on a person, or removes it: PeopleService.set_mark."""


class HandleQuestions:
    """Open questions about handles. Until the user answers, a vouch stays with its original account."""

    def __init__(self, archive: Archive, set_mark: SetMark) -> None:
        self._archive = archive
        self._set_mark = set_mark

    def open(self) -> list[HandleChange]:
        """The questions that the user has not answered."""
        return self._archive.handle_questions()

    def same(self, change: HandleChange) -> Change:
        """Answer that it is the same person: the vouch applies to the account. Raises StoreError."""
        if change.kind == "taken":
            return self._set_mark(_person(change), "vouched")
        self._archive.set_handle_answered(change.account, change.person_id, change.handle)
        return Change("handle_confirmed", names=(change.handle,))

    def different(self, change: HandleChange) -> Change:
        """Answer that it is somebody else: the vouch does not apply to the account. Raises StoreError."""
        if change.kind != "taken":
            return self._set_mark(_person(change), None)
        self._archive.set_handle_answered(change.account, change.person_id, change.handle)
        return Change("handle_denied", names=(change.handle,))


def _person(change: HandleChange) -> Handle:
    return Handle(change.account, change.person_id, change.handle)

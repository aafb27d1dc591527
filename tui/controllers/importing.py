"""Imports files, and shows who may be the same person."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...phrases.imports import result_text
from .view import Command, View

if TYPE_CHECKING:
    from ..screens.importing import ReadFile

_NOT_KEPT = "nothing is stored here: start quietfeed without a demo or preview to import files"


class Importing:
    """The commands for importing files."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"import": self._ask, "proposals": self._propose}

    def _ask(self) -> None:
        from ..screens.importing import ImportScreen

        if not self._view.session.is_stored:
            self._view.show_message(_NOT_KEPT)
            return
        self._view.ask(ImportScreen(self._view.session), self._import)

    def _import(self, read: "ReadFile") -> None:
        view = self._view
        change, result = view.session.importing.run(read.file, read.name, read.lines)
        view.redraw(change)
        proposed = 0
        if read.file.kind in ("archive", "contacts"):
            proposed = len(view.session.links.all_proposed())
        also = f" · {proposed} proposed to join" if proposed else ""
        view.show_message(f"{read.name}: {result_text(result, dry=False)}{also} · {view.key_of('undo')} undoes")

    def _propose(self) -> None:
        from ..screens.proposals import ProposalsScreen

        self._view.ask(ProposalsScreen(self._view.session, self._view.redraw), lambda _: None)

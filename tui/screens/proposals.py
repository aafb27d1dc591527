"""The list of proposals: which handles may be one person. Each is accepted or rejected by a key."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from ...models.errors import QuietfeedError
from ...models.handle_change import HandleChange
from ...models.joined import Proposal
from ...models.view import Change
from ...phrases.changes import change_text, count
from ...phrases.errors import error_text
from ...phrases.handles import handle_question, vouches
from ...phrases.joins import proposal_line
from ...session import Session
from ..context import app_of
from ..guard import catches_errors, close
from ..keys import rebind
from ..notices import Notices, hold_notices, show_again
from ..widgets.lines import MOVES, LineList, line_panel

_KEYS = "enter or y: the same person · n: different people · u undoes · esc closes"


@catches_errors
class ProposalsScreen(ModalScreen[None]):
    """Changed handles to confirm, and all proposals. `changed` is called after each change, to redraw the timeline."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("q", "leave", id="quit", show=False),
        *MOVES,
        Binding("y", "accept", show=False),
        Binding("n", "reject", show=False),
        Binding("u", "undo", id="undo", show=False),
    ]

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        super().__init__()
        self._session = session
        self._changed = changed
        self._all: list[HandleChange | Proposal] = []
        self._notices: Notices = []

    def compose(self) -> ComposeResult:
        """Compose the number of proposals, the list, and the keys."""
        yield from line_panel("", "", wide=True)

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)
        # Notices are drawn over the lower part of a list, and some announce these very questions.
        self._notices = hold_notices(self.app)
        self._draw(0)

    def _draw(self, at: int) -> None:
        questions, proposed = self._session.people.handle_questions.open(), self._session.links.all_proposed()
        self._all = [*questions, *proposed]
        title = f"{count(len(proposed), 'proposal')}: who may be the same person"
        if questions:
            title = f"{vouches(len(questions))} to confirm, {title}"
        self.query_one(".title", Static).update(title)
        self.query_one(LineList).set_lines(map(_line, self._all), at)
        self._show_message(_KEYS if self._all else "no proposals · esc closes")

    def _show_message(self, sentence: str) -> None:
        self.query_one(".quiet", Static).update(sentence)

    def _do(self, act: Callable[[HandleChange | Proposal], Change]) -> None:
        at = self.query_one(LineList).highlighted
        if at is None or not self._all:
            self._show_message("no proposals · esc closes")
            return
        try:
            change = act(self._all[at])
        except QuietfeedError as error:
            self._show_message(error_text(error))
            return
        self._show_change(change, at)

    def _show_change(self, change: Change, at: int) -> None:
        self._changed()
        self._draw(at)
        self._show_message(f"{change_text(change, self._session.clock.now())} · u undoes · esc closes")

    def action_accept(self) -> None:
        """Join the two handles, or confirm a vouch."""

        def accept(each: HandleChange | Proposal) -> Change:
            if isinstance(each, HandleChange):
                return self._session.people.handle_questions.same(each)
            return self._session.links.link(each.one.key, [each.other.key])

        self._do(accept)

    def action_reject(self) -> None:
        """Mark the two as different people, or remove a vouch."""

        def reject(each: HandleChange | Proposal) -> Change:
            if isinstance(each, HandleChange):
                return self._session.people.handle_questions.different(each)
            return self._session.links.mark_distinct(each.one.key, each.other.key)

        self._do(reject)

    def action_undo(self) -> None:
        """Undo the last change, unless it was made on a server: the timeline does that."""
        if self._session.history.newest_is_remote:
            self._show_message("the last change was made on a server: close this list to undo it")
            return
        change = self._session.history.undo()
        if change is not None:
            self._show_change(change, self.query_one(LineList).highlighted or 0)

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Enter and a click join."""
        message.stop()
        self.action_accept()

    def action_leave(self) -> None:
        """Close the list, and show again the notices that were shown before."""
        show_again(self.app, self._notices)
        close(self)


def _line(each: HandleChange | Proposal) -> str:
    if isinstance(each, HandleChange):
        return handle_question(each)
    return proposal_line(each)

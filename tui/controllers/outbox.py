"""Lists the actions that were not sent. The user can send or drop them."""

from collections.abc import Callable, Mapping

from ...models.action import Compose, Edit
from ...models.errors import QuietfeedError, WritingOff
from ...phrases.errors import error_text
from ...phrases.outbox import NOTHING_WAITS, outbox_text
from ...session import OutboxEntry
from .consent import ask_for_writing
from .view import Command, View

_HINT = "esc closes"


class Outbox:
    """The command for pending and failed actions."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"outbox": self._list}

    def _list(self) -> None:
        from ..screens.choice import ChoiceScreen

        found = self._view.session.outbox.lines()
        if not found:
            self._view.show_message(NOTHING_WAITS)
            return
        panel = ChoiceScreen("Not done", [line for _, line in found], _HINT)
        self._view.ask(panel, lambda number: self._ask(found[number][0]))

    def _ask(self, entry: OutboxEntry) -> None:
        from ..screens.choice import ChoiceScreen

        question = "\n".join(part for part in (outbox_text(entry.action), entry.reason) if part)
        choices: list[tuple[str, Callable[[OutboxEntry], None]]] = [("drop it", self._drop)]
        hint = _HINT
        if entry.state == "failed" and isinstance(entry.action, Compose | Edit) and entry.action.draft_id:
            hint = f"its text is a draft: {self._view.key_of('drafts')} lists it · {_HINT}"
        else:
            choices.insert(0, ("send it now", self._send))
        panel = ChoiceScreen(question, [words for words, _ in choices], hint, confirms=True)
        self._view.ask(panel, lambda number: choices[number][1](entry))

    def _send(self, entry: OutboxEntry) -> None:
        session = self._view.session
        try:
            session.outbox.confirm(entry.id)
        except WritingOff as error:
            account = session.composing.account(error.account)
            ask_for_writing(self._view.screen, session, account, self._view.ask, lambda: self._send(entry))
        except QuietfeedError as error:
            self._view.show_message(error_text(error))

    def _drop(self, entry: OutboxEntry) -> None:
        try:
            self._view.session.outbox.drop(entry.id)
        except QuietfeedError as error:
            self._view.show_message(error_text(error))
            return
        self._view.show_message(f"dropped · {outbox_text(entry.action)}")

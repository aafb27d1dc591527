"""Sends actions to servers, such as likes. Asks for permission if the account is read-only."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import NotFound, WritingOff
from ...models.view import UNCHANGED, Change, PostKey
from ...phrases.changes import NOTHING_TO_UNDO, change_text
from ...session.events import ActionChanged
from ..context import app_of
from ..guard import run_task
from .view import Command, View

_ALLOW, _HINT = "allow likes for this account", "asked once for this account · esc closes, nothing is sent"


class Acting:
    """The commands that change something on a server. The change is shown at once and sent in the background."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        return {"like": self._like}

    def _like(self) -> None:
        row = self._view.selected_post()
        if row is not None:
            self._toggle(row.key)

    def _toggle(self, key: PostKey) -> None:
        async def work() -> None:
            try:
                change = await self._view.session.actions.toggle("like", key)
            except WritingOff as error:
                self._ask_for_writing(error.account, key)
                return
            self._show(change)

        run_task(self._view.screen, work, name="liking", group="acting")

    def undo(self) -> None:
        """Undo the newest action."""

        async def work() -> None:
            change = await self._view.session.history.undo_any()
            if change is None:
                self._view.say(NOTHING_TO_UNDO)
            else:
                self._show(change, undo=True)

        run_task(self._view.screen, work, name="undoing", group="acting")

    def _show(self, change: Change, *, undo: bool = False) -> None:
        self._view.redraw(change, select=change.key if undo else None)
        if undo or change.kind in UNCHANGED:
            hint = ""
        else:
            hint = f" · {self._view.key_of('undo')} undoes"
        self._view.say(f"{change_text(change, self._view.session.clock.now())}{hint}")
        app_of(self._view.screen).send_actions()

    def changed(self, event: ActionChanged) -> None:
        """Show that an action was done, refused or postponed."""
        self._view.redraw()
        if event.state in ("done", "failed") and event.message:
            self._view.say(event.message)

    def _ask_for_writing(self, account_key: str, key: PostKey) -> None:
        """Explain what an action needs, and allow writing if the user agrees."""
        from ..screens.choice import ChoiceScreen

        account = self._account(account_key)
        question = f"quietfeed only reads {account.name} so far. A like is sent to {account.server}, for all to see."

        def take(number: int) -> None:
            if number == 0:
                run_task(self._view.screen, lambda: self._allow(account, key), name="asking", group="acting")

        self._view.ask(ChoiceScreen(question, [_ALLOW, "stay read-only"], _HINT), take)

    async def _allow(self, account: Account, key: PostKey) -> None:
        from ..screens.signin import SignInScreen

        signing_in = self._view.session.signing_in
        if await signing_in.may_write(account):
            signing_in.set_writing(account, True)
            self._toggle(key)
            return

        def signed_in(done: bool) -> None:
            if done:
                self._view.session.accounts_changed()
                self._toggle(key)

        self._view.ask(SignInScreen(self._view.session, account.network, again=account, writing=True), signed_in)

    def _account(self, key: str) -> Account:
        found = next((account for account in self._view.session.accounts if account.key == key), None)
        if found is None:
            raise NotFound("This account is not signed in any more.")
        return found

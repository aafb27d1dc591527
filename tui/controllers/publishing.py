"""Publishes the people the user knows as a list on a server, after a question that shows everything it changes."""

from collections.abc import Mapping

from ...models.account import Account
from ...models.errors import WritingOff
from ...models.published import DEFAULT_NAME, ListPlan
from ...phrases.publishing import already_text, plan_question
from ..guard import run_task
from .acting import Acting
from .consent import ask_for_writing
from .view import Command, View

_HINT = "enter or a number · esc changes nothing"


class Publishing:
    """The command that publishes a list."""

    def __init__(self, view: View, acting: Acting) -> None:
        self._view = view
        self._acting = acting

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"publish_list": self._choose}

    def _choose(self) -> None:
        """Ask for the account if there are several."""
        from ..screens.choice import ChoiceScreen

        publishing = self._view.session.publishing
        accounts = publishing.accounts()
        if len(accounts) < 2:
            self._compare(publishing.account(None))
            return

        def take(number: int) -> None:
            self._compare(accounts[number])

        names = [each.name for each in accounts]
        self._view.ask(ChoiceScreen("Publish the people you know as a list: where?", names, _HINT), take)

    def _compare(self, account: Account) -> None:
        """Compare the list with the server, after a question if the account only reads so far."""
        view = self._view
        publishing = view.session.publishing
        try:
            publishing.check(account)
        except WritingOff:
            ask_for_writing(view.screen, view.session, account, view.ask, lambda: self._compare(account))
            return
        view.show_message(f"comparing the list with {account.server} …")

        async def compare() -> None:
            self._ask(await publishing.plan(account, DEFAULT_NAME, "known"))

        run_task(view.screen, compare, name="comparing the list", group="acting")

    def _ask(self, plan: ListPlan) -> None:
        from ..screens.choice import ChoiceScreen

        if not plan.changes:
            self._view.show_message(already_text(plan))
            return

        def take(number: int) -> None:
            if number == 1:
                self._acting.start(lambda: self._view.session.publishing.publish(plan))

        panel = ChoiceScreen(plan_question(plan), ["no, change nothing", "yes, publish"], _HINT, confirms=True)
        self._view.ask(panel, take)

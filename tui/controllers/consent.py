"""Asks for permission to write before the first action of an account, until the user allows it."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from ...models.account import Account
from ...phrases.permissions import consent_question
from ...session import Session
from ..guard import run_task

_ALLOW, _HINT = "allow actions for this account", "not asked again after you allow it · esc closes, nothing is sent"

Ask = Callable[[Screen[Any], Callable[[Any], None]], None]


def ask_for_writing(
    screen: Screen[Any], session: Session, account: Account, ask: Ask, then: Callable[[], None]
) -> None:
    """Explain what an action needs. If the user agrees, allow writing and go on with `then`.

    An account whose sign-in only reads signs in again first. `ask` opens a panel and takes its answer.
    """
    from ..screens.choice import ChoiceScreen

    async def allow() -> None:
        from ..screens.signin import SignInScreen

        if await session.signing_in.allow_writing(account):
            then()
            return

        def signed_in(done: bool) -> None:
            if done:
                then()

        ask(SignInScreen(session, account.network, again=account, writing=True), signed_in)

    def take(number: int) -> None:
        if number == 0:
            run_task(screen, allow, name="asking", group="consent")

    question = consent_question(account.name, account.server)
    ask(ChoiceScreen(question, [_ALLOW, "stay read-only"], _HINT, confirms=True), take)

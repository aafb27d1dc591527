"""The palette's questions about accounts: where to sign in, and what to read on a network that charges."""

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.screen import Screen

from ..models.account import Account
from ..session import Session
from ..session.networks import SIGN_IN
from .guard import guarded
from .screens.choice import ChoiceScreen
from .screens.signin import SignInScreen


def ask_sign_in(app: App[Any], session: Session, signed_in: Callable[[], None]) -> None:
    """Ask for the network, and sign in to a new account or again to an existing one."""
    below = app.screen
    rejected = [each.account for each in session.fetching.refusals.values()]
    # Accounts whose last requests were not rejected, as far as is known.
    others = [each for each in session.signing_in.renewable() if each not in rejected]
    targets: list[tuple[str, str, Account | None]] = [
        *((f"again as {each.name}", each.network, each) for each in rejected),
        *((each.choice, each.name, None) for each in SIGN_IN),
        *((f"again as {each.name}", each.network, each) for each in others),
    ]

    def done(success: bool | None) -> None:
        if success:
            signed_in()

    def sign_in(number: int | None) -> None:
        if number is None:
            return
        _, network, again = targets[number]
        app.push_screen(SignInScreen(session, network, again=again), guarded(below, done, "the new account"))

    hint = "signing in again keeps everything · esc closes"
    choices = [text for text, _, _ in targets]
    app.push_screen(ChoiceScreen("Sign in where?", choices, hint), guarded(below, sign_in, "signing in"))


def ask_home_timeline(app: App[Any], session: Session) -> None:
    """Show the price of the home timeline, and ask what to read for each account of a network that charges."""
    spending = session.signing_in.spending
    accounts = [each for each in session.accounts if spending.prices(each.network)]
    if not accounts:
        app.notify("none of your accounts charges for its home timeline", markup=False)
        return
    below = app.screen
    options: list[tuple[Account, bool]] = [(account, on) for account in accounts for on in (True, False)]
    choices = [_home_choice(account, on, current=spending.reads_home(account.key)) for account, on in options]

    def choose(number: int | None) -> None:
        if number is None:
            return
        account, on = options[number]
        spending.set_home(account.key, on)
        _show_choice(below, account, on)

    question = "\n\n".join(dict.fromkeys(spending.home_price(each.network) for each in accounts))
    hint = "applies from the next refresh · esc changes nothing"
    app.push_screen(ChoiceScreen(question, choices, hint), guarded(below, choose, "the home timeline"))


def _home_choice(account: Account, on: bool, *, current: bool) -> str:
    what = "only the posts of people you know"
    if on:
        what = "the home timeline, at this price"
    now = ""
    if on == current:
        now = " (now)"
    return f"{account.name}: read {what}{now}"


def _show_choice(screen: Screen[Any], account: Account, on: bool) -> None:
    what = "only the posts of people you know"
    if on:
        what = "the home timeline"
    screen.app.notify(f"{account.name} reads {what} from the next refresh", markup=False)

"""The first screen of somebody new: what quietfeed is, and three ways to go on. Nothing blocks."""

import os
import webbrowser
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ..models.errors import QuietfeedError
from ..session import Session, open_demo

_WORDS = (
    "quietfeed shows only the people you actually know. Celebrities, sellers and spam are hidden: you can see each"
    " of them, with the reason, and bring it back with one key. Everything stays on this machine."
)


class WelcomeScreen(Screen[None]):
    """Sign in, or walk through the demo world."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "quit", show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        Binding("1", "choose('mastodon')", show=False),
        Binding("2", "choose('demo')", show=False),
        Binding("3", "quit", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(id="welcome")
        self.session = session

    def compose(self) -> ComposeResult:
        """The words and the choices."""
        with Vertical(classes="panel"):
            yield Static("quietfeed", classes="title")
            yield Static(f"\n{_WORDS}", markup=False)
            yield OptionList(
                Option("1  Sign in to Mastodon (GoToSocial, Pleroma, Akkoma, Pixelfed, snac)", id="mastodon"),
                Option("2  Walk through the demo world: no account, no network", id="demo"),
                Option("3  Leave", id="leave"),
            )
            yield Static("enter chooses · escape leaves", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """The choices have the keys."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Chosen with enter or the mouse."""
        self.action_choose(message.option.id or "")

    def action_choose(self, choice: str) -> None:
        """Go where the user chose."""
        if choice == "mastodon":
            self.app.push_screen(SignInScreen(self.session))
        elif choice == "demo":
            getattr(self.app, "open_session")(open_demo())  # noqa: B009
        else:
            self.action_quit()

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(0)

    def action_down(self) -> None:
        """Next choice."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Previous choice."""
        self.query_one(OptionList).action_cursor_up()


class SignInScreen(Screen[None]):
    """Asks for the server, opens the browser, and waits; or takes a pasted code. Escape leaves at every step."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__(id="welcome")
        self.session = session
        self._asking = "server"

    def compose(self) -> ComposeResult:
        """One question at a time."""
        with Vertical(classes="panel"):
            yield Static("Sign in to Mastodon", classes="title")
            yield Static("\nWhich server is your account on?", id="question", markup=False)
            yield Input(placeholder="mastodon.social", id="answer")
            yield Static("", id="told", markup=False)
            yield Static("\nquietfeed asks for reading only. escape goes back", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """The server's name, or the code."""
        answer = message.value.strip()
        if not answer:
            return
        step = self._begin(answer) if self._asking == "server" else self._finish(answer)
        self.run_worker(step, name="sign in", group="sign in", exclusive=True, exit_on_error=False)

    async def _begin(self, server: str) -> None:
        browser = not (os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        self._tell("asking the server …")
        try:
            url = await self.session.signing_in.begin("mastodon", server, loopback=browser)
            if browser and await self._opened(url):
                self._ask("Allow quietfeed in your browser.", f"If no page opened, go to:\n{url}")
                await self.session.signing_in.wait()
                self._signed_in()
                return
            if browser:
                url = await self.session.signing_in.begin("mastodon", server, loopback=False)
        except QuietfeedError as error:
            self._tell(str(error))
            return
        self._asking = "code"
        self.query_one(Input).value = ""
        self._ask("Open this address, allow quietfeed, and paste the code here.", url)

    async def _opened(self, url: str) -> bool:
        import asyncio

        return await asyncio.to_thread(webbrowser.open, url)

    async def _finish(self, code: str) -> None:
        self._tell("signing in …")
        try:
            await self.session.signing_in.finish(code)
        except QuietfeedError as error:
            self._tell(str(error))
            return
        self._signed_in()

    def _signed_in(self) -> None:
        self.session.accounts_changed()
        self.dismiss(None)
        getattr(self.app, "open_session")(self.session)  # noqa: B009

    def _ask(self, question: str, told: str) -> None:
        self.query_one("#question", Static).update(f"\n{question}")
        self._tell(told)

    def _tell(self, sentence: str) -> None:
        self.query_one("#told", Static).update(f"\n{sentence}")

    def action_leave(self) -> None:
        """Back to the welcome screen."""
        self.dismiss(None)

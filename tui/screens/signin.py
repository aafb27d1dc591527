"""Signs in to a network: asks for a server or handle, then opens the browser, or shows an address and takes a code."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar, Literal

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Input, Static

from ...models.account import Account
from ...models.text import clean_line
from ...phrases.errors import error_text
from ...session import Session, TokenFileNeeded
from ..context import app_of
from ..guard import catches_errors, close, run_task

Step = Literal["price", "where", "browser", "code", "file"]

_BROWSER = "Allow quietfeed in the browser that has just opened."
_READS = "This sign-in only reads. You can allow more later."
_WRITES = "quietfeed requests permission to read and write. It sends only what you send yourself."
_HELP: dict[Step, str] = {
    "price": "enter agrees to the price · esc goes back, and nothing is requested",
    "where": "enter connects to the server · esc goes back",
    "browser": "waiting for the browser … · enter pastes a code instead · esc goes back",
    "file": "enter stores the token in this file and signs in · esc goes back without signing in",
    "code": "enter signs in · ctrl+y copies the address · ctrl+o prints it for selecting · esc goes back",
}


@catches_errors
class SignInScreen(Screen[bool]):
    """One question at a time. The result is whether the user signed in. Escape closes at every step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("enter", "paste", show=False),
        Binding("ctrl+y", "copy", show=False),
        Binding("ctrl+o", "print", show=False),
    ]

    def __init__(self, session: Session, network: str, *, again: Account | None = None, writing: bool = False) -> None:
        """`again` is an account that signs in again. `writing` also requests permissions for actions."""
        super().__init__(classes="centred")
        self._again = again
        self._writing = writing or (again is not None and again.writing)
        self.session = session
        self.network = network
        self._prompts = session.signing_in.flow.prompts(network)
        self._step: Step = "where"
        self._price = session.signing_in.spending.sign_in_price(network)
        self._where = "" if again is None else again.server
        self._url = ""

    def compose(self) -> ComposeResult:
        """Compose the question, the field, and the message."""
        heading = f"Sign in to {self._prompts.network}"
        if self._again is not None:
            heading = f"Sign in again as {self._again.name}"
        with Vertical(classes="page"):
            yield Static(heading, classes="heading", markup=False)
            yield Static("", id="question", markup=False)
            yield Static("", id="address")
            yield Input(id="answer")
            yield Static("", id="page-message", markup=False)
            yield Static("", id="help", classes="quiet", markup=False)
            yield Static(_WRITES if self._writing else _READS, classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Show the price if there is one, and ask for the server or handle. An account that signs in again has one."""
        if self._price:
            self._ask("price")
            self._work(self._read_start)
        else:
            self._ask("where")
            if self._where:
                self._work(self._connect)

    async def _read_start(self) -> None:
        """Start with the server or handle of the account's last sign-in."""
        if self._again is not None:
            self._where = await self.session.signing_in.start_of(self._again)

    def _ask(self, step: Step, url: str = "") -> None:
        self._step = step
        self._url = url
        questions: dict[Step, str] = {
            "price": self._price,
            "where": self._prompts.question,
            "browser": _BROWSER,
            "code": self._prompts.paste,
            "file": self.session.signing_in.file_consent(),
        }
        self.query_one("#question", Static).update(questions[step])
        self.query_one("#help", Static).update(_HELP[step])
        address = self.query_one("#address", Static)
        address.display = bool(url)
        if url:
            address.update(Content.assemble((url, Style(link=url, underline=True))))
        address.remove_class("whole")
        field = self.query_one(Input)
        field.value = self._where if step == "where" else ""
        if step == "where":
            field.placeholder = self._prompts.example
        else:
            field.placeholder = self._prompts.pasted
        field.display = step in ("where", "code")
        if field.display:
            field.focus()
        else:
            self.set_focus(None)
        self.show_message("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Take a server or handle, or a pasted code."""
        typed = message.value.strip()
        if self._step == "price":
            # Textual focuses the hidden field when the screen opens.
            self._ask("where")
        elif not typed and self._step == "where":
            self.show_message(f"type it first, for example {self._prompts.example}")
        elif not typed:
            self.show_message(f"paste {self._prompts.pasted} first")
        elif self._step == "where":
            self._where = typed
            self._work(self._connect)
        else:
            self._work(partial(self._finish, typed))

    def action_paste(self) -> None:
        """Ask for the code if no browser returns it, or agree to the token file."""
        if self._step == "price":
            self._ask("where")
        elif self._step == "browser":
            self._work(partial(self._begin, loopback=False))
        elif self._step == "file":
            self._work(self._use_file)

    def action_copy(self) -> None:
        """Copy the address to the clipboard, if the terminal allows that (OSC 52)."""
        if self._url:
            self.app.copy_to_clipboard(self._url)
            self.show_message("copied, if the terminal allows it; ctrl+o prints it for selecting by hand")

    def action_print(self) -> None:
        """Print only the address on a plain terminal, where it can be selected in one piece."""
        if not self._url:
            return
        try:
            # The screen must return after any error: a suspended one does not by itself.
            with self.app.suspend(), suppress(EOFError, KeyboardInterrupt, OSError):
                print(f"\n{self._url}\n")
                input("Copy the address, then press enter to go back and paste the code. ")
        except SuspendNotSupported:
            address = self.query_one("#address", Static)
            address.add_class("whole")
            address.update(address.content)

    def _signed_in(self) -> None:
        for warning in self.session.signing_in.flow.warnings:
            self.app.notify(warning, severity="warning", timeout=20)
        close(self, True)

    def _work(self, step: Callable[[], Awaitable[None]]) -> None:
        # Exclusive, so that a late response to an earlier step is ignored.
        run_task(self, step, name="signing in", group="sign in", exclusive=True, failed=self._failed)

    def _failed(self) -> None:
        """Return to the first question, or select the code, so that the next paste replaces it."""
        if self._step == "code":
            self.query_one(Input).select_all()
        else:
            self._ask("where")

    async def _connect(self) -> None:
        browser = app_of(self).browser
        await self._begin(loopback=browser.can_open() or browser.draws_on_terminal())

    async def _begin(self, *, loopback: bool) -> None:
        self.show_message(f"connecting to {clean_line(self._where)} …")
        signing_in = self.session.signing_in
        url = await signing_in.flow.begin(self.network, self._where, loopback=loopback, writing=self._writing)
        if signing_in.flow.listens:
            if await self._browse(url):
                return
            url = await signing_in.flow.begin(self.network, self._where, loopback=False, writing=self._writing)
        self._ask("code", url)
        self.app.copy_to_clipboard(url)

    async def _browse(self, url: str) -> bool:
        """Open the browser and wait for its code. Returns False if none opened."""
        signing_in = self.session.signing_in
        self._ask("browser", url)
        browser = app_of(self).browser
        if browser.draws_on_terminal():
            opens = self._lend_terminal(url)
        else:
            opens = browser.open_without_waiting(url)
        opening, answer = asyncio.ensure_future(opens), asyncio.ensure_future(signing_in.flow.wait_for_code())
        try:
            # The browser may stay open long after the sign-in.
            await asyncio.wait((opening, answer), return_when=asyncio.FIRST_COMPLETED)
            if opening.done() and not opening.result() and not signing_in.flow.browser_returned:
                return False
            await self._sign_in(signing_in.flow.finish(await answer, self._handle))
        finally:
            answer.cancel()
        return True

    async def _lend_terminal(self, url: str) -> bool:
        """Lend the terminal to a text browser until it closes."""
        try:
            with self.app.suspend():
                return await app_of(self).browser.open_without_waiting(url)
        except SuspendNotSupported:
            return False

    async def _finish(self, code: str) -> None:
        self.show_message("signing in …")
        await self._sign_in(self.session.signing_in.flow.finish(code, self._handle))

    async def _use_file(self) -> None:
        self.show_message("signing in …")
        await self._sign_in(self.session.signing_in.flow.use_file())

    async def _sign_in(self, finishing: Awaitable[object]) -> None:
        try:
            await finishing
        except TokenFileNeeded as error:
            self._ask("file")
            self.show_message(error_text(error))
        else:
            close(self, True)

    @property
    def _handle(self) -> str | None:
        """The account that signs in again, if there is one."""
        if self._again is None:
            return None
        return self._again.handle

    def show_message(self, sentence: str) -> None:
        message = self.query_one("#page-message", Static)
        message.update(sentence)
        message.display = bool(sentence)

    def action_leave(self) -> None:
        """Close the screen. A later response is ignored."""
        self.workers.cancel_group(self, "sign in")
        close(self, False)

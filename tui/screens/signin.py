"""Signing in to a network: which server or handle, then the browser, or the address to copy and the code to paste."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import ClassVar, Literal

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Input, Static

from ...models.errors import QuietfeedError
from ...session import Session
from ...session.browser import can_open, open_in_browser

Step = Literal["where", "browser", "code"]

_BROWSER = "Allow quietfeed in the browser that has just opened."
_HELP: dict[Step, str] = {
    "where": "enter asks the server · esc goes back",
    "browser": "waiting for the browser … · enter: paste by hand instead · esc goes back",
    "code": "enter signs in · ctrl+y copies the address · ctrl+o prints it bare, to be selected · esc goes back",
}


class SignInScreen(Screen[bool]):
    """One question at a time; answers whether somebody signed in. Escape leaves at every step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("enter", "paste", show=False),
        Binding("ctrl+y", "copy", show=False),
        Binding("ctrl+o", "print", show=False),
    ]

    def __init__(self, session: Session, network: str) -> None:
        super().__init__(classes="centred")
        self.session = session
        self.network = network
        self._words = session.signing_in.words(network)
        self._step: Step = "where"
        self._where = ""
        self._url = ""

    def compose(self) -> ComposeResult:
        """The question, the field, and what the server said."""
        with Vertical(classes="page"):
            yield Static(f"Sign in to {self._words.network}", classes="heading", markup=False)
            yield Static("", id="question", markup=False)
            yield Static("", id="address")
            yield Input(id="answer")
            yield Static("", id="told", markup=False)
            yield Static("", id="help", classes="quiet", markup=False)
            yield Static("quietfeed only reads: it never posts, follows or likes.", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Ask where the account is."""
        self._ask("where")

    def _ask(self, step: Step, url: str = "") -> None:
        self._step = step
        self._url = url
        questions: dict[Step, str] = {"where": self._words.question, "browser": _BROWSER, "code": self._words.paste}
        self.query_one("#question", Static).update(questions[step])
        self.query_one("#help", Static).update(_HELP[step])
        address = self.query_one("#address", Static)
        address.update(Content.assemble((url, Style(link=url, underline=True))) if url else "")
        address.display = bool(url)
        address.remove_class("whole")
        field = self.query_one(Input)
        field.value = self._where if step == "where" else ""
        field.placeholder = self._words.example if step == "where" else self._words.pasted
        field.display = step != "browser"
        if step == "browser":
            self.set_focus(None)
        else:
            field.focus()
        self._tell("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Where the account is, or what was pasted."""
        answer = message.value.strip()
        if not answer:
            first = f"type it first, for example {self._words.example}"
            self._tell(first if self._step == "where" else f"paste {self._words.pasted} first")
        elif self._step == "where":
            self._where = answer
            self._work(self._begin(loopback=can_open()))
        else:
            self._work(self._finish(answer))

    def action_paste(self) -> None:
        """The browser is on another machine, or never came back: take the code by hand."""
        if self._step == "browser":
            self._work(self._begin(loopback=False))

    def action_copy(self) -> None:
        """The address goes to the clipboard, where the terminal allows that (OSC 52)."""
        if self._url:
            self.app.copy_to_clipboard(self._url)
            self._tell("copied, where the terminal allows it; ctrl+o prints it to be selected by hand")

    def action_print(self) -> None:
        """The address alone on a bare terminal, which can select it in one piece; here it would wrap."""
        if not self._url:
            return
        try:
            # Whatever happens inside, the screen must come back: a suspended one does not by itself.
            with self.app.suspend(), suppress(EOFError, KeyboardInterrupt, OSError):
                print(f"\n{self._url}\n")
                input("Copy the address, then press enter to go back and paste the code. ")
        except SuspendNotSupported:
            address = self.query_one("#address", Static)
            address.add_class("whole")
            address.update(address.content)

    def _work(self, step: Coroutine[object, object, None]) -> None:
        # Exclusive: an answer that comes too late for a question that was left is dropped.
        self.run_worker(step, name="sign in", group="sign in", exclusive=True, exit_on_error=False)

    async def _begin(self, *, loopback: bool) -> None:
        self._tell(f"asking {self._where} …")
        signing_in = self.session.signing_in
        try:
            url = await signing_in.begin(self.network, self._where, loopback=loopback)
            if loopback and await asyncio.to_thread(open_in_browser, url):
                self._ask("browser", url)
                await signing_in.wait()
                self.dismiss(True)
                return
            if loopback:
                url = await signing_in.begin(self.network, self._where, loopback=False)
        except QuietfeedError as error:
            self._ask("where")
            self._tell(str(error))
            return
        self._ask("code", url)
        self.app.copy_to_clipboard(url)

    async def _finish(self, code: str) -> None:
        self._tell("signing in …")
        try:
            await self.session.signing_in.finish(code)
        except QuietfeedError as error:
            self._tell(str(error))
            return
        self.dismiss(True)

    def _tell(self, sentence: str) -> None:
        told = self.query_one("#told", Static)
        told.update(sentence)
        told.display = bool(sentence)

    def action_leave(self) -> None:
        """Back to the welcome screen; whatever was asked is dropped."""
        self.workers.cancel_group(self, "sign in")
        self.dismiss(False)

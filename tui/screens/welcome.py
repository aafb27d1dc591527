"""The welcome screen: explains quietfeed, and offers to sign in or to try it."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from ...session import Session, open_demo
from ...session.networks import FREE
from ..guard import catches_errors, guarded
from .preview import PreviewScreen
from .signin import SignInScreen

_TEXT = (
    "A feed that shows only the people you actually know. Celebrities, sellers and spam are hidden, never deleted:"
    " you can see every hidden post with the reason, and bring it back with one key. Everything stays on this machine."
)
_CHOICES = (
    *((each.name, f"Sign in to {each.label}, or {each.servers}") for each in FREE),
    ("try", "Try the demo world: no account, no network"),
    ("look", "Preview a public handle: no sign-in, nothing stored"),
    ("leave", "Leave"),
)


@dataclass
class SignedIn(Message):
    """An account was added; show its timeline."""


@dataclass
class OpenTimeline(Message):
    """Open a timeline that is not stored: the demo world, or the preview of a public handle."""

    session: Session


@catches_errors
class WelcomeScreen(Screen[None]):
    """Sign in, try the demo world, or preview a public handle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "choose('leave')", show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        *(Binding(str(number), f"choose('{name}')", show=False) for number, (name, _) in enumerate(_CHOICES, 1)),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(classes="centred")
        self.session = session

    def show_message(self, sentence: str) -> None:
        self.query_one(".page > .quiet", Static).update(sentence)

    def compose(self) -> ComposeResult:
        """Compose the text and the choices."""
        with Vertical(classes="page"):
            yield Static("quietfeed", classes="heading", markup=False)
            yield Static(_TEXT, markup=False)
            yield OptionList(
                *(Option(f"{number}  {text}", id=name) for number, (name, text) in enumerate(_CHOICES, 1)),
            )
            yield Static("j k move · enter chooses · esc leaves", classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Focus the choices."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Choose with enter or the mouse."""
        self.action_choose(message.option.id or "")

    def action_choose(self, choice: str) -> None:
        """Open the chosen screen."""
        if choice == "try":
            self.post_message(OpenTimeline(open_demo(first_page=True)))
        elif choice == "look":
            self.app.push_screen(PreviewScreen(), guarded(self, self._looked, "the preview"))
        elif choice == "leave":
            self.app.exit(0)
        else:
            self.app.push_screen(SignInScreen(self.session, choice), guarded(self, self._signed_in, "signing in"))

    def _looked(self, session: Session | None) -> None:
        if session is not None:
            self.post_message(OpenTimeline(session))

    def _signed_in(self, done: bool | None) -> None:
        if done:
            self.post_message(SignedIn())

    def action_down(self) -> None:
        """Highlight the next choice."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Highlight the previous choice."""
        self.query_one(OptionList).action_cursor_up()

"""Asks whether handles belong to one person, and lists people to link."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from ...models.joined import Handle, PersonKey
from ...models.view import Change, JudgedPost
from ...phrases.changes import as_sentence
from ...phrases.joins import reason_text
from ...session import Session
from ...session.linking import LinkCandidate
from ..context import app_of
from ..guard import catches_errors, close
from ..keys import rebind
from ..widgets.lines import FIELD_MOVES, LineList, line_panel
from ..widgets.paint import TIES

_MOST = 100
"""The most people in the list. Typing finds the others."""


class LinkChoice(msgspec.Struct, frozen=True):
    """A choice and its action; None lets the user choose another person."""

    words: str
    act: Callable[[], Change] | None = None


def person_of(judged: JudgedPost) -> PersonKey:
    """The person to link: the author, or for a boost the author of the original."""
    return judged.post.author_key


def also(handles: Sequence[Handle]) -> str:
    """Handles with their networks: "@ada.example on Bluesky and @ada@old.example on Mastodon"."""
    return " and ".join(f"@{handle.handle} on {handle.network}" for handle in handles)


def link_choices(session: Session, judged: JudgedPost) -> tuple[str, list[LinkChoice]]:
    """The question about an author and its choices. No choices if no handle is linked or proposed."""
    person, name = person_of(judged), judged.post.author.shown_name
    joined, proposals = session.links.linked_with(person), session.links.proposals(person)
    proposed = [each.other for each in proposals]
    choices: list[LinkChoice] = []
    for handle in proposed:
        yes, no = f"yes: @{handle.handle} is {name}", f"no: @{handle.handle} is somebody else; never ask again"
        choices.append(LinkChoice(yes, lambda key=handle.key: session.links.link(person, [key], judged.key)))  # type: ignore[misc]
        choices.append(LinkChoice(no, lambda key=handle.key: session.links.mark_distinct(person, key, judged.key)))  # type: ignore[misc]
    question = f"Is {name} also {also(proposed)}? {as_sentence(reason_text(proposals))}"
    if joined:
        unlink = f"unlink @{judged.post.author.handle}: a separate person again"
        choices.append(LinkChoice(unlink, lambda: session.links.unlink(person, judged.key)))
        if not proposed:
            question = f"{name} is also {also(joined)}."
    if choices:
        choices.append(LinkChoice("another handle of theirs …"))
    return question, choices


@catches_errors
class PersonPicker(ModalScreen[PersonKey | None]):
    """A list of people, filtered while typing. The result is the chosen person, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        *FIELD_MOVES,
        Binding("pagedown", "move(8)", id="page_down", show=False),
        Binding("pageup", "move(-8)", id="page_up", show=False),
    ]

    def __init__(self, name: str, people: Sequence[LinkCandidate]) -> None:
        super().__init__()
        self._name = name
        self._people = people
        self._found: Sequence[LinkCandidate] = people

    def compose(self) -> ComposeResult:
        """Compose the question, the input, and the matching people."""
        field = Input(placeholder="a name or a handle", compact=True)
        yield from line_panel(f"Who is {self._name} on your other networks?", "", field=field)

    def on_mount(self) -> None:
        """List all people, and focus the input."""
        rebind(self, app_of(self).keys)
        self.query_one(Input).focus()
        self._list("")

    def on_input_changed(self, message: Input.Changed) -> None:
        """Filter the list to people whose name or handle contains every word."""
        self._list(message.value)

    def _list(self, query: str) -> None:
        words = query.casefold().replace("@", " ").split()
        self._found = [each for each in self._people if all(word in _search_text(each) for word in words)]
        self.query_one(LineList).set_lines(map(_line, self._found[:_MOST]))
        more = len(self._found) - _MOST
        hint = "no matching person"
        if self._found:
            hint = "enter links them: their ties are combined"
        if more > 0:
            hint = f"{more} more, type to find them · {hint}"
        self.query_one(".quiet", Static).update(f"{hint} · esc closes")

    def action_move(self, by: int) -> None:
        self.query_one(LineList).move(by)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter chooses the highlighted person."""
        message.stop()
        at = self.query_one(LineList).highlighted
        if at is not None:
            close(self, self._found[at].handle.key)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """A click chooses a person."""
        close(self, self._found[message.option_index].handle.key)

    def action_leave(self) -> None:
        """Close without a choice."""
        close(self, None)


def _line(each: LinkCandidate) -> str:
    return f"{TIES[each.tie_name]} {each.name}  @{each.handle.handle} · {each.handle.network}, {each.tie_name}"


def _search_text(each: LinkCandidate) -> str:
    return f"{each.name} {each.handle.handle}".casefold().replace("@", " ")

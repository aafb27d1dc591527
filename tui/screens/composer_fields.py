"""The fields of a post besides its text. Each function asks for one and changes the draft."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from textual.screen import Screen

from ...models.draft import Draft, DraftMedia, DraftPoll
from ...phrases.composing import parts_preview
from ...session.composing import ComposingService
from .choice import ChoiceScreen
from .composer_draft import (
    file_mistake,
    language_mistake,
    next_audience,
    options_in,
    options_mistake,
    with_media,
)
from .line import LineScreen

CLOSE_HINT = "esc closes"


class Editing(msgspec.Struct, frozen=True):
    """A draft in the composer, and what a dialog needs to change it.

    `ask` opens a dialog, and passes its result on unless it was closed. `change` stores and shows a changed draft.
    """

    draft: Draft
    composing: ComposingService
    now: datetime
    ask: Callable[[Screen[Any], Callable[[Any], None]], None]
    change: Callable[[Draft], None]
    show_message: Callable[[str], None]


def change_audience(editing: Editing) -> None:
    """Switch to the next audience that the account has."""
    composing, draft = editing.composing, editing.draft
    rules = composing.rules.of(composing.account(draft.accounts[0]))
    if len(rules.visibilities) < 2:
        editing.show_message("every post is public on this network")
        return
    editing.change(replace(draft, visibility=next_audience(draft, rules.visibilities)))


def ask_warning(editing: Editing) -> None:
    """Ask for the content warning."""

    def take(typed: str) -> None:
        editing.change(replace(editing.draft, warning=typed.strip()))

    editing.ask(LineScreen("Content warning (empty: none)", editing.draft.warning), take)


def ask_language(editing: Editing) -> None:
    """Ask for the language. It becomes the language of the account's next posts too."""
    composing, draft = editing.composing, editing.draft

    def take(typed: str) -> None:
        language = typed.strip()
        composing.rules.choose_language(composing.account(draft.accounts[0]), language)
        editing.change(replace(draft, language=language))

    question = "Language of the post, such as en or de"
    editing.ask(LineScreen(question, draft.language, mistake_in=language_mistake), take)


def ask_account(editing: Editing) -> None:
    """Choose the account that sends it, or all of them."""
    draft = editing.draft
    able = editing.composing.accounts()
    if draft.reply_to or draft.quote or draft.edits:
        editing.show_message("only the account that sees the post can send this")
        return
    if len(able) < 2:
        editing.show_message("there is no other account that can send posts")
        return
    choices = [*(each.name for each in able), "all of them"]
    picks = [*((each.key,) for each in able), tuple(each.key for each in able)]

    def take(choice: int) -> None:
        editing.change(replace(draft, accounts=picks[choice]))

    editing.ask(ChoiceScreen("Which account sends it?", choices, CLOSE_HINT), take)


def ask_attachment(editing: Editing) -> None:
    """Ask for a file, then for its description."""

    def take_path(typed: str) -> None:
        path = typed.strip()
        if path:
            _ask_description(editing, str(Path(path).expanduser()))
        else:
            editing.change(replace(editing.draft, media=()))

    hint = "its path · empty removes all attachments · esc closes"
    editing.ask(LineScreen("Attach which file?", hint=hint, mistake_in=file_mistake), take_path)


def _ask_description(editing: Editing, path: str) -> None:
    def take(alt: str) -> None:
        editing.change(with_media(editing.draft, DraftMedia(path, alt.strip())))

    editing.ask(LineScreen("Describe it for people who cannot see it."), take)


def ask_poll(editing: Editing) -> None:
    """Ask for the options of a poll."""
    draft = editing.draft
    before = ""
    if draft.poll:
        before = " | ".join(draft.poll.options)

    def take(typed: str) -> None:
        options = options_in(typed)
        poll = None
        if options:
            poll = DraftPoll(options)
        editing.change(replace(draft, poll=poll))

    hint = "empty: no poll · esc closes"
    editing.ask(LineScreen("The options of a poll, separated by |", before, hint, options_mistake), take)


def split_thread(editing: Editing) -> None:
    """Split a long text into a thread after a preview; again undoes that."""
    draft = editing.draft
    if draft.thread:
        editing.change(replace(draft, thread=False))
        return
    threaded = replace(draft, thread=True)
    parts = editing.composing.parts(replace(threaded, accounts=threaded.accounts[:1]))
    if len(parts) < 2:
        editing.show_message("the text fits into one post")
        return

    def take(choice: int) -> None:
        if choice == 0:
            editing.change(threaded)

    preview = parts_preview([part.text for part in parts])
    editing.ask(ChoiceScreen(preview, ["split it", "keep writing"], CLOSE_HINT), take)


FIELDS: Mapping[str, Callable[[Editing], None]] = {
    "write_audience": change_audience,
    "write_warning": ask_warning,
    "write_language": ask_language,
    "write_account": ask_account,
    "write_attach": ask_attachment,
    "write_poll": ask_poll,
    "write_thread": split_thread,
}
"""The functions by the ids of their actions in phrases/action_table.py."""

"""The composer: a text below the answered post, with its length, audience, warning, language and account."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static, TextArea

from ...models.draft import Draft
from ...models.errors import NotFound, NotPossible, StoreError, WritingOff
from ...models.view import JudgedPost
from ...phrases.action_table import COMPOSER_ACTIONS
from ...phrases.composing import (
    composer_line,
    composer_notes,
    draft_not_saved,
    you_answer,
)
from ...phrases.errors import error_text
from ...phrases.posts import COVERED, warning_text
from ...session import Session
from ...session.completing import Completer
from ..context import app_of, key_of
from ..controllers.consent import ask_for_writing
from ..guard import catches_errors, close, guarded, run_task
from ..keys import first_key, rebind, writing_action
from ..widgets.status import MessageLine, set_text
from ..widgets.writing import WritingArea
from .choice import ChoiceScreen
from .composer_draft import COVERS, SIGNS, draft_kept
from .composer_fields import CLOSE_HINT, FIELDS, Editing
from .composer_settings import ask_settings
from .editor import edit_elsewhere


@catches_errors
class ComposerScreen(Screen[list[int] | None]):
    """Edits one draft, which is stored from its first letter on. The result is the numbers of the queued actions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.vim, writing_action(each), id=each.id, show=False, priority=True) for each in COMPOSER_ACTIONS
    ]

    own_commands = COMPOSER_ACTIONS
    """The actions that the palette lists on this screen."""

    def __init__(self, session: Session, draft: Draft, answered: JudgedPost | None = None, number: int = 0) -> None:
        """`answered` is the answered or quoted post. `number` identifies the stored draft; 0 for a new one."""
        super().__init__()
        self.session = session
        self.draft = draft
        self._started_with = draft.text
        self._number = number
        self._unsaved = False
        self._may_lose = False
        self._answered = answered
        self._area = WritingArea(draft.text, id="writing")
        self._tie = Static("", id="answering", markup=False)
        self._notes = Static("", id="notes", markup=False)
        self._count = Static("", id="count", markup=False)
        self._keys = Static("", id="keys", markup=False)
        self._message = MessageLine(id="message")
        self._completer: Completer | None = None
        self._offered: list[str] = []
        self._typed = ""
        self._commands: Mapping[str, Callable[[], None]] = {
            "write_send": self._check_and_send,
            "write_keep": self._keep,
            "write_complete": self._take_completion,
            "write_editor": self._edit_elsewhere,
            "write_settings": lambda: ask_settings(self._editing()),
        }

    def compose(self) -> ComposeResult:
        """Compose the answered post, the text below it, and the status lines."""
        if self._answered is not None:
            with VerticalScroll(id="answered", can_focus=False):
                yield Static(_read(self._answered, covers=self.session.preferences.covers_private()), markup=False)
        yield self._tie
        yield self._area
        yield self._notes
        yield self._message
        yield self._count
        yield self._keys

    def show_message(self, sentence: str) -> None:
        self._message.show(sentence)

    def action_write(self, name: str) -> None:
        """Run an action of the composer by its id."""
        ask_field = FIELDS.get(name)
        if ask_field is None:
            self._commands[name]()
        else:
            ask_field(self._editing())

    def _editing(self) -> Editing:
        now = self.session.clock.now()
        return Editing(self.draft, self.session.composing, now, self._ask, self._change, self.show_message)

    def on_mount(self) -> None:
        """Put the cursor after the text, and request the server's rules."""
        rebind(self, app_of(self).keys)
        self._area.focus()
        self._area.move_cursor(self._area.document.end)
        self._show()
        run_task(self, self._fetch_rules, name="fetching the rules of the server", group="rules")

    async def _fetch_rules(self) -> None:
        await self.session.composing.prepare(self.draft)
        self._change(self.session.composing.with_accounts(self.draft, self.draft.accounts))

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width:
            set_text(self._keys, _hints(app_of(self).keys, event.size.width - 2))

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Store the draft, and show its length and completions."""
        message.stop()
        self._change(replace(self.draft, text=self._area.text))
        self._offer()

    def _change(self, draft: Draft) -> None:
        if draft != self.draft or not self._number:
            if draft.accounts != self.draft.accounts:
                self._completer = None
                draft = self.session.composing.with_accounts(draft, draft.accounts)
            self.draft = draft
            if draft_kept(draft, self._started_with) or self._number:
                self._save()
        self._show()

    def _save(self) -> None:
        """Store the draft. Raises StoreError, for example if the disk is full."""
        self._unsaved = True
        self._number = self.session.composing.save(self.draft, self._number)
        self._unsaved = False

    def _show(self) -> None:
        composing, draft = self.session.composing, self.draft
        length = composing.measure(draft)
        self._area.mark_excess(None if draft.thread else length.excess_at)
        names = [composing.account(key).name for key in draft.accounts]
        parts = 1
        if draft.thread:
            parts = len(composing.parts(draft)) // max(len(draft.accounts), 1)
        set_text(self._count, composer_line(draft, length, names, parts))
        if draft.reply_to is not None:
            view = self.session.people.tie_to((draft.reply_to.account, draft.reply_to.person_id))
            if not view.handle:
                view = replace(view, handle=draft.reply_to.handle)
            set_text(self._tie, you_answer(view))
        self._tie.display = draft.reply_to is not None
        notes = composer_notes(composing.warnings(draft), self._offered, key_of(self, "write_complete"))
        self._notes.display = bool(notes)
        set_text(self._notes, "\n".join(notes))

    def _offer(self) -> None:
        before = self._area.before_cursor()
        if before[-1:].isspace() or not any(sign in before for sign in SIGNS):
            offered: list[str] = []
        else:
            self._typed, offered = self._complete().complete(before)
        if offered != self._offered:
            self._offered = offered
            self._show()

    def _complete(self) -> Completer:
        if self._completer is None:
            account = self.draft.accounts[0]
            known = self.session.people.known(account, 0.0)
            self._completer = Completer(known, self.session.timeline.posts, account)
        return self._completer

    def _take_completion(self) -> None:
        """Take the first offered completion."""
        if not self._offered:
            self.show_message(
                f"nothing to complete: {key_of(self, 'write_complete')} completes @names, #tags and :emoji:"
            )
            return
        row, column = self._area.cursor_location
        self._area.replace(self._offered[0], (row, column - len(self._typed)), (row, column))

    def _check_and_send(self) -> None:
        """Queue the draft, after showing problems that prevent sending, and warnings."""
        composing = self.session.composing
        problems = composing.problems(self.draft)
        if problems:
            self.show_message(problems[0])
            return
        warnings = composing.warnings(self.draft)
        if composing.replaces(self.draft):
            warnings.append(
                "This network does not support edits: the post is deleted and sent again, without its likes."
            )
        if not warnings:
            self._send()
            return
        panel = ChoiceScreen("\n".join(warnings), ["keep writing", "send it anyway"], CLOSE_HINT, confirms=True)

        def take(choice: int) -> None:
            if choice == 1:
                self._send()

        self._ask(panel, take)

    def _send(self) -> None:
        composing = self.session.composing
        try:
            if self._number:
                composing.unsent(self._number)
        except NotFound:
            self._number = 0
            key = key_of(self, "write_send")
            self.show_message(f"this draft was sent or deleted elsewhere: {key} sends it as a new post")
            return
        except NotPossible as error:
            self.show_message(error_text(error))
            return
        self._number = composing.save(self.draft, self._number)

        async def work() -> None:
            try:
                entries = await composing.send(self._number)
            except WritingOff as error:
                account = composing.account(error.account)
                ask_for_writing(self, self.session, account, self._ask, self._send)
                return
            except NotPossible as error:
                self.show_message(error_text(error))
                return
            close(self, [entry.id for entry in entries])

        run_task(self, work, name="sending", group="composing", exclusive=True)

    def _keep(self) -> None:
        """Close. A draft with a text stays on disk; an empty one is deleted. One that cannot be stored closes on the
        second press."""
        if self._unsaved and draft_kept(self.draft, self._started_with) and not self._may_lose:
            try:
                self._save()
            except StoreError as error:
                self._may_lose = True
                self.app.copy_to_clipboard(self._area.text)
                self.show_message(draft_not_saved(error_text(error), key_of(self, "write_keep")))
                return
        if self._number and not draft_kept(self.draft, self._started_with):
            self.session.composing.delete(self._number)
            self._number = 0
        close(self, [] if self._number else None)

    def _ask(self, panel: Screen[Any], then: Callable[[Any], None]) -> None:
        def closed(result: object) -> None:
            self._area.focus()
            if result is not None:
                then(result)

        self.app.push_screen(panel, guarded(self, closed, "the choice"))

    def _edit_elsewhere(self) -> None:
        """Write the text in $EDITOR."""
        text = edit_elsewhere(self.app, self._area.text)
        self.refresh(layout=True)
        if text is None:
            self.show_message("set $EDITOR to write in your own editor")
        else:
            self._area.text = text
            self._area.move_cursor(self._area.document.end)


def _read(judged: JudgedPost, *, covers: bool) -> Content:
    """The answered post: its author and its text."""
    post = judged.post
    text = post.text
    if post.is_private and covers:
        text = COVERED
    elif post.warning:
        text = f"{warning_text(post)}\n{text}"
    name = post.author.shown_name or post.author.handle
    return Content.assemble((name, "bold"), f"  @{post.author.handle}\n", text or COVERS)


def _hints(keys: Mapping[str, str], width: int) -> Content:
    """The keys of the composer, which are also buttons for the mouse. No line ends between a key and its word."""
    parts: list[Content | tuple[str, Style]] = []
    used = 0
    for each in COMPOSER_ACTIONS:
        press = Style.from_meta({"@click": f"screen.{writing_action(each)}"})
        key = first_key(keys, each.id)
        cells = len(f"{key} {each.short}".strip())
        if used and used + 2 + cells > width:
            parts.append(Content("\n"))
            used = 0
        elif used:
            parts.append(Content("  "))
            used += 2
        used += cells
        if key:
            parts.append((f"{key} ", Style(bold=True) + press))
        parts.append((each.short, press))
    return Content.assemble(*parts)

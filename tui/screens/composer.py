"""The composer: a text below the answered post, with its length, audience, warning, language and account."""

from collections.abc import Callable, Mapping
from pathlib import Path
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

from ...models.draft import Draft, DraftMedia, DraftPoll
from ...models.errors import NotPossible, WritingOff
from ...models.view import JudgedPost
from ...phrases.action_table import COMPOSER_ACTIONS
from ...phrases.composing import (
    composer_line,
    composer_notes,
    parts_preview,
    you_answer,
)
from ...phrases.errors import error_text
from ...phrases.posts import COVERED, warning_text
from ...session import Session
from ...session.completing import Completer
from ..context import app_of, key_of
from ..controllers.consent import ask_for_writing
from ..guard import catches_errors, close, guarded, run_task
from ..keys import first_key, method_of, rebind
from ..widgets.status import MessageLine, set_text
from ..widgets.writing import WritingArea
from .choice import ChoiceScreen
from .composer_draft import (
    COVERS,
    SIGNS,
    draft_kept,
    file_mistake,
    language_mistake,
    next_audience,
    options_in,
    options_mistake,
    with_media,
)
from .composer_settings import Desk, ask_settings
from .editor import edit_elsewhere
from .line import LineScreen

_CLOSE_HINT = "esc closes"


@catches_errors
class ComposerScreen(Screen[list[int] | None]):
    """Edits one draft, which is stored from its first letter on. The result is the numbers of the queued actions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(each.vim, method_of(each), id=each.id, show=False, priority=True) for each in COMPOSER_ACTIONS
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

    def on_mount(self) -> None:
        """Put the cursor after the text, and request the server's rules."""
        rebind(self, app_of(self).keys)
        self._area.focus()
        self._area.move_cursor(self._area.document.end)
        self._show()
        run_task(self, self._fetch_rules, name="fetching the rules of the server", group="rules")

    async def _fetch_rules(self) -> None:
        composing = self.session.composing
        for key in self.draft.accounts:
            await composing.rules.refresh(composing.account(key))
        self._show()

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
            self.draft = draft
            if draft_kept(draft, self._started_with) or self._number:
                self._number = self.session.composing.save(draft, self._number)
        self._show()

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

    # Completing.

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

    def action_complete(self) -> None:
        """Take the first offered completion."""
        if not self._offered:
            self.show_message(
                f"nothing to complete: {key_of(self, 'write_complete')} completes @names, #tags and :emoji:"
            )
            return
        row, column = self._area.cursor_location
        self._area.replace(self._offered[0], (row, column - len(self._typed)), (row, column))

    # Sending and leaving.

    def action_send(self) -> None:
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
        panel = ChoiceScreen("\n".join(warnings), ["keep writing", "send it anyway"], _CLOSE_HINT, confirms=True)

        def take(choice: int) -> None:
            if choice == 1:
                self._send()

        self._ask(panel, take)

    def _send(self) -> None:
        composing = self.session.composing
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

    def action_keep(self) -> None:
        """Close. A draft with a text stays on disk; an empty one is deleted."""
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

    # The other fields of the post.

    def action_editor(self) -> None:
        """Write the text in $EDITOR."""
        text = edit_elsewhere(self.app, self._area.text)
        self.refresh(layout=True)
        if text is None:
            self.show_message("set $EDITOR to write in your own editor")
        else:
            self._area.text = text
            self._area.move_cursor(self._area.document.end)

    def action_audience(self) -> None:
        """Switch to the next audience that the account has."""
        rules = self.session.composing.rules.of(self.session.composing.account(self.draft.accounts[0]))
        if len(rules.visibilities) < 2:
            self.show_message("every post is public on this network")
            return
        self._change(replace(self.draft, visibility=next_audience(self.draft, rules.visibilities)))

    def action_warning(self) -> None:
        """Ask for the content warning."""
        self._ask(
            LineScreen("Content warning (empty: none)", self.draft.warning),
            lambda typed: self._change(replace(self.draft, warning=typed.strip())),
        )

    def action_language(self) -> None:
        """Ask for the language."""

        def take(typed: str) -> None:
            language = typed.strip()
            self.session.composing.rules.choose_language(
                self.session.composing.account(self.draft.accounts[0]), language
            )
            self._change(replace(self.draft, language=language))

        question = "Language of the post, such as en or de"
        self._ask(LineScreen(question, self.draft.language, mistake_in=language_mistake), take)

    def action_account(self) -> None:
        """Choose the account that sends it, or all of them."""
        able = self.session.composing.accounts()
        if self.draft.reply_to or self.draft.quote or self.draft.edits:
            self.show_message("only the account that sees the post can send this")
            return
        if len(able) < 2:
            self.show_message("there is no other account that can send posts")
            return
        choices = [*(each.name for each in able), "all of them"]
        picks = [*((each.key,) for each in able), tuple(each.key for each in able)]

        def take(choice: int) -> None:
            self._completer = None
            self._change(replace(self.draft, accounts=picks[choice]))

        self._ask(ChoiceScreen("Which account sends it?", choices, _CLOSE_HINT), take)

    def action_attach(self) -> None:
        """Ask for a file, then for its description."""

        def describe(path: str) -> None:
            def take(alt: str) -> None:
                self._change(with_media(self.draft, DraftMedia(str(Path(path).expanduser()), alt.strip())))

            self._ask(LineScreen("Describe it for people who cannot see it."), take)

        def take_path(path: str) -> None:
            if path.strip():
                describe(path.strip())
            else:
                self._change(replace(self.draft, media=()))

        hint = "its path · empty removes all attachments · esc closes"
        self._ask(LineScreen("Attach which file?", hint=hint, mistake_in=file_mistake), take_path)

    def action_poll(self) -> None:
        """Ask for the options of a poll."""
        known = ""
        if self.draft.poll:
            known = " | ".join(self.draft.poll.options)

        def take(typed: str) -> None:
            options = options_in(typed)
            self._change(replace(self.draft, poll=DraftPoll(options) if options else None))

        hint = "empty: no poll · esc closes"
        self._ask(LineScreen("The options of a poll, separated by |", known, hint, options_mistake), take)

    def action_settings(self) -> None:
        """Ask for rarely used settings: who may reply or quote, when it is sent, the link preview."""
        composing = self.session.composing
        able = [composing.rules.of(composing.account(key)).features for key in self.draft.accounts]
        features = frozenset.intersection(*able)
        ask_settings(Desk(self.draft, features, self.session.clock.now(), self._ask, self._change, self.show_message))

    def action_thread(self) -> None:
        """Split a long text into a thread after a preview; again undoes that."""
        if self.draft.thread:
            self._change(replace(self.draft, thread=False))
            return
        threaded = replace(self.draft, thread=True)
        parts = self.session.composing.parts(replace(threaded, accounts=threaded.accounts[:1]))
        if len(parts) < 2:
            self.show_message("the text fits into one post")
            return
        panel = ChoiceScreen(parts_preview([part.text for part in parts]), ["split it", "keep writing"], _CLOSE_HINT)

        def take(choice: int) -> None:
            if choice == 0:
                self._change(threaded)

        self._ask(panel, take)


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
        press = Style.from_meta({"@click": f"screen.{method_of(each)}"})
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

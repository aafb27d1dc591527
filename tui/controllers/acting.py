"""Queues actions on the post under the cursor or on a person. Asks for confirmation and permission where needed."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from ...models.account import Account
from ...models.action import Action, Report, SetNote, author_of, target_of
from ...models.action_kinds import ACTION_KINDS, kind_of, make_action
from ...models.errors import WritingOff
from ...models.view import UNCHANGED, Change, JudgedPost, PostKey
from ...phrases.actions import REPORT_REASONS, question_of
from ...phrases.changes import NOTHING_TO_UNDO, change_text
from ...session.events import ActionChanged
from ..guard import run_task
from .consent import ask_for_writing
from .view import Command, View

_NO = "no, cancel"

Subject = Callable[[], JudgedPost]
Work = Callable[[], Awaitable[Change | None]]


class Acting:
    """The commands that change something on a server. The change is shown at once and sent in the background.

    `subject` returns the person of a person view. Without it, `+` and `-` only show a hint.
    """

    def __init__(self, view: View, subject: Subject | None = None) -> None:
        self._view = view
        self._subject = subject

    def commands(self) -> Mapping[str, Command]:
        toggles = {kind: partial(self._toggle_here, kind) for kind in ("like", "boost", "bookmark", "pin")}
        persons = {"hide_boosts": "hide_boosts", "mute_server": "mute", "block": "block"}
        return {
            **toggles,
            **{name: partial(self._toggle_person, kind) for name, kind in persons.items()},
            "follow": partial(self._follow, "follow"),
            "unfollow": partial(self._follow, "unfollow"),
            "delete": self._on_post_here("delete"),
            "report_person": self._on_post_here("report"),
            "note": self._on_post_here("note"),
        }

    def do(self, kind: str, judged: JudgedPost) -> None:
        """Do an action on a post or its author, after a confirmation if the kind requires one."""
        entry = ACTION_KINDS[kind]
        if kind == "report":
            self._report(judged)
        elif kind == "note":
            self._note(judged)
        elif entry.subject == "person":
            self._ask_then(make_action(kind, author_of(judged.post)))
        elif entry.asks:
            self._ask_then(make_action(kind, target_of(judged.post)), judged.key)
        else:
            self.start(lambda: self._view.session.actions.on_post(kind, judged.key))

    def start(self, work: Work) -> None:
        """Queue an action in the background and show it. Ask for permission if the account is read-only."""

        async def queue() -> None:
            try:
                change = await work()
            except WritingOff as error:
                self._ask_for_writing(error.account, work)
                return
            if change is not None:
                self._show(change)

        run_task(self._view.screen, queue, name="acting", group="acting")

    def _on_post_here(self, kind: str) -> Command:
        def run() -> None:
            judged = self.here()
            if judged is not None:
                self.do(kind, judged)

        return run

    def here(self) -> JudgedPost | None:
        """The post under the cursor; None, with a message, if there is none."""
        row = self._view.selected_post()
        if row is None:
            return None
        return row.judged

    def _toggle_here(self, kind: str) -> None:
        judged = self.here()
        if judged is not None:
            key = judged.key
            self.start(lambda: self._view.session.actions.toggle(kind, key))

    def _toggle_person(self, kind: str) -> None:
        judged = self.here()
        if judged is not None:
            if self._view.session.actions.is_done(kind, author_of(judged.post)):
                kind = ACTION_KINDS[kind].opposite
            self.do(kind, judged)

    def _follow(self, kind: str) -> None:
        if self._subject is None:
            self._view.show_message(f"{self._view.key_of('author')} shows the author, where this key works")
        else:
            self.do(kind, self._subject())

    def _ask_then(self, action: Action, key: PostKey | None = None) -> None:
        """Queue an action, after a confirmation if its kind requires one."""
        from ..screens.choice import ChoiceScreen

        kind, actions = kind_of(action), self._view.session.actions

        def queue() -> Awaitable[Change]:
            if key is None:
                return actions.on_person(action)
            return actions.on_post(kind.name, key)

        if not kind.asks:
            self.start(queue)
            return

        def take(number: int) -> None:
            if number == 1:
                self.start(queue)

        panel = ChoiceScreen(question_of(action), [_NO, f"yes, {kind.name}"], "esc closes", confirms=True)
        self._view.ask(panel, take)

    def _report(self, judged: JudgedPost) -> None:
        from ..screens.choice import ChoiceScreen

        target = target_of(judged.post)

        def reason(number: int) -> None:
            self._ask_then(Report(target, REPORT_REASONS[number]))

        question = f"Report the post by {target.handle}: why?"
        self._view.ask(ChoiceScreen(question, REPORT_REASONS, "asks for confirmation · esc closes"), reason)

    def _note(self, judged: JudgedPost) -> None:
        from ..screens.line import LineScreen

        target, session = author_of(judged.post), self._view.session

        async def show() -> None:
            before = await session.directory.note_on(target)

            def take(text: str) -> None:
                self.start(lambda: session.actions.on_person(SetNote(target, text.strip(), before)))

            hint = "only you see it · enter saves it on your server · esc closes"
            self._view.ask(LineScreen(f"Your note on {target.handle}", before, hint), take)

        run_task(self._view.screen, show, name="reading the note", group="acting")

    def undo(self) -> None:
        """Undo the newest action."""

        async def work() -> None:
            change = await self._view.session.history.undo_any()
            if change is None:
                self._view.show_message(NOTHING_TO_UNDO)
            else:
                self._show(change, undo=True)

        run_task(self._view.screen, work, name="undoing", group="acting")

    def _show(self, change: Change, *, undo: bool = False) -> None:
        self._view.redraw(change, select=change.key if undo else None)
        hint = ""
        if not undo and change.kind not in UNCHANGED and ACTION_KINDS[change.action].opposite:
            hint = f" · {self._view.key_of('undo')} undoes"
        sentence = change_text(change, self._view.session.clock.now())
        self._view.show_message(f"{sentence}{self._as_account_name(change)}{hint}")

    def _as_account_name(self, change: Change) -> str:
        """The account that acts, if there are several of the network."""
        if change.action not in ACTION_KINDS or change.key is None:
            return ""
        return self._as_account(change.action, change.key[0])

    def _as_account(self, kind: str, key: str) -> str:
        able = self._view.session.actions.accounts_for(kind)
        name = next((each.name for each in able if each.key == key), "")
        if name and len(able) > 1:
            return f" · as {name}"
        return ""

    def changed(self, event: ActionChanged) -> None:
        """Show that an action was done, rejected or postponed."""
        self._view.redraw()
        if event.state in ("done", "failed") and event.message:
            account = self._as_account("like", event.key[0]) if event.key is not None else ""
            self._view.show_message(f"{event.message}{account}")

    def _ask_for_writing(self, account_key: str, work: Work) -> None:
        view, account = self._view, self._account(account_key)
        ask_for_writing(view.screen, view.session, account, view.ask, lambda: self.start(work))

    def _account(self, key: str) -> Account:
        return self._view.session.composing.account(key)

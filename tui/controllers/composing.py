"""Opens the composer for a new post, a reply, a quote, an edit or a draft. Asks before quitting with a waiting post."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...models.action import Edit
from ...models.draft import Draft
from ...models.errors import QuietfeedError
from ...models.view import JudgedPost
from ...phrases.composing import NO_DRAFTS, draft_line, held_text, kept_sentence, waiting_posts
from ...phrases.errors import error_text
from ...phrases.posts import COVERED
from ..guard import run_task
from .view import Command, View

if TYPE_CHECKING:
    from ...models.view import PostKey

_NOW, _BACK = range(2)
"""The choices when quitting with a waiting post; the third is to stay."""


class Composing:
    """The commands for writing posts."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        return {
            "reply": self._reply,
            "quote": self._quote,
            "edit": self._edit,
            "compose": self._new,
            "drafts": self._drafts,
        }

    def _new(self) -> None:
        self._open(self._view.session.composing.new())

    def _reply(self) -> None:
        judged = self._selected()
        if judged is not None:
            self._open(self._view.session.composing.reply(self._fitting(judged)), judged)

    def _quote(self) -> None:
        """Quote the post under the cursor, after requesting the rules of its server."""
        judged = self._selected()
        if judged is None:
            return
        key = self._fitting(judged)

        async def work() -> None:
            self._open(await self._view.session.composing.quote(key), judged)

        run_task(self._view.screen, work, name="reading the server's rules", group="composing", exclusive=True)

    def _fitting(self, judged: JudgedPost) -> "PostKey":
        """The post as an account that can write sees it."""
        return self._view.session.actions.fitting("compose", judged.key)

    def _edit(self) -> None:
        """Edit one of the user's posts, after fetching its text as it was written."""
        judged = self._selected()
        if judged is None:
            return

        async def work() -> None:
            self._open(await self._view.session.composing.edit(judged.key))

        run_task(self._view.screen, work, name="fetching the text", group="composing", exclusive=True)

    def _selected(self) -> JudgedPost | None:
        """The post under the cursor; None, with a message, if it is covered or there is none."""
        row = self._view.selected_post()
        if row is None:
            return None
        if not self._view.hides(row.judged.post):
            return row.judged
        self._view.show_message(f"{COVERED}: {self._view.key_of('private')} shows it")
        return None

    def _open(self, draft: Draft, answered: JudgedPost | None = None, number: int = 0) -> None:
        from ..screens.composer import ComposerScreen

        self._view.ask(ComposerScreen(self._view.session, draft, answered, number), self._closed)

    def _closed(self, entries: list[int]) -> None:
        """Show that the draft was saved, or how long its posts wait."""
        self._view.redraw()
        if not entries:
            self._view.show_message(kept_sentence(self._view.key_of("drafts")))
            return
        outbox = self._view.session.outbox
        held = outbox.held()
        if held:
            until = max(each.hold_until or each.next_at for each in held)
            seconds = round((until - self._view.session.clock.now()).total_seconds())
            edits = all(isinstance(each.action, Edit) for each in held)
            self._view.show_message(held_text(len(held), seconds, self._view.key_of("undo"), edits=edits))

    def _drafts(self) -> None:
        """List the drafts; the chosen one is opened or deleted."""
        from ..screens.choice import ChoiceScreen

        drafts = [each for each in self._view.session.composing.drafts() if not each.queued]
        if not drafts:
            self._view.show_message(NO_DRAFTS)
            return

        def chosen(number: int) -> None:
            stored = drafts[number]
            question = "\n".join(part for part in (stored.draft.text[:600], stored.reason) if part)
            panel = ChoiceScreen(question or "an empty draft", ["continue", "delete it"], "esc closes", confirms=True)

            def take(choice: int) -> None:
                if choice == 0:
                    self._resume(stored.id)
                else:
                    self._delete(stored.id)

            self._view.ask(panel, take)

        lines = [draft_line(each.draft, each.reason) for each in drafts]
        self._view.ask(ChoiceScreen("Drafts", lines, "esc closes"), chosen)

    def _resume(self, number: int) -> None:
        stored = self._view.session.composing.unsent(number)
        pointer = stored.draft.reply_to or stored.draft.quote
        answered = None
        if pointer is not None:
            keys = [(pointer.account, pointer.item_id), (pointer.account, pointer.post_id)]
            answered = next(iter(self._view.session.timeline.get_or_load([key for key in keys if key[1]])), None)
        self._open(stored.draft, answered, number)

    def _delete(self, number: int) -> None:
        try:
            self._view.session.composing.delete(number)
        except QuietfeedError as error:
            self._view.show_message(error_text(error))
            return
        self._view.show_message("the draft is deleted")

    def leave(self, leave: Command) -> None:
        """Quit. Ask first if a post is waiting to be sent."""
        from ..screens.choice import ChoiceScreen

        held = self._view.session.outbox.held()
        if not held:
            leave()
            return

        async def send() -> None:
            await self._view.session.composing.send_now(held)
            leave()

        def answered(choice: int) -> None:
            if choice == _NOW:
                run_task(self._view.screen, send, name="sending", group="composing", exclusive=True)
            elif choice == _BACK:
                self._view.session.composing.return_to_drafts(held)
                leave()

        choices = ["send it now and quit", "keep it as a draft and quit", "stay"]
        self._view.ask(ChoiceScreen(waiting_posts(len(held)), choices, "esc stays", confirms=True), answered)

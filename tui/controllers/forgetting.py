"""Forgets the author of a post on this machine, after a question."""

from collections.abc import Mapping

from ...models.forgotten import Forgotten
from ...models.joined import Handle
from ...phrases.forgetting import forgotten_sentences, person_question
from ..guard import run_task
from .acting import Acting
from .view import Command, View

_SECONDS = 20.0
"""Seconds that the report of what remains on servers stays."""


class Forgetting:
    """The command that forgets a person."""

    def __init__(self, view: View, acting: Acting) -> None:
        self._view = view
        self._acting = acting

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"forget": self._ask}

    def _ask(self) -> None:
        from ..screens.choice import ChoiceScreen

        judged = self._acting.here()
        if judged is None:
            return
        author, session = judged.post.author, self._view.session
        if not session.is_stored:
            self._view.show_message("nothing is stored here: there is nothing to forget")
            return
        if session.people.tie_to((judged.post.account, author.id)).own:
            self._view.show_message("this is you: `quietfeed forget ACCOUNT` forgets an account of yours")
            return
        people = session.forgetting.people_behind(Handle(judged.post.account, author.id, author.handle))

        def take(number: int) -> None:
            if number == 1:
                self._forget(people)

        question = person_question(list(dict.fromkeys(each.handle for each in people)))
        choices = ["keep everything", "forget them"]
        self._view.ask(ChoiceScreen(question, choices, "enter or a number · esc keeps everything", confirms=True), take)

    def _forget(self, people: list[Handle]) -> None:
        def deleted(done: Forgotten) -> None:
            self._view.redraw()
            self._view.show_message(forgotten_sentences(done)[0])

        async def forget() -> None:
            self._report(await self._view.session.forgetting.forget_people(people, deleted))

        run_task(self._view.screen, forget, name="forgetting", group="upkeep")

    def _report(self, done: Forgotten) -> None:
        for sentence in forgotten_sentences(done):
            self._view.screen.app.notify(sentence, timeout=_SECONDS, markup=False)

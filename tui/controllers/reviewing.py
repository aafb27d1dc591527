"""Opens the safety check, and asks about contradictory marks."""

from collections.abc import Callable, Mapping
from functools import partial

from ...models.review import Contradiction
from ...models.verdict import Category
from ...models.view import Change
from ...phrases.review import (
    KEPT,
    NO_CONTRADICTION,
    NOTHING_TO_CHECK,
    contradiction_text,
    contradictions_title,
    keep_choice,
    settle_choices,
)
from ..messages import ShowPosts
from .view import Command, View

_HINT = "a number or enter chooses · esc closes"


class Reviewing:
    """The commands that let the user check guesses and marks. `act` makes a change that can be undone."""

    def __init__(self, view: View, act: Callable[[Callable[[], Change | None]], bool]) -> None:
        self._view = view
        self._act = act

    def commands(self) -> Mapping[str, Command]:
        """The commands by the ids of their actions."""
        return {"safety": self._check, "contradictions": self._list}

    def _check(self) -> None:
        from ..screens.check import CheckScreen

        if self._view.session.safety.posts():
            self._view.screen.app.push_screen(CheckScreen(self._view.session))
        else:
            self._view.show_message(NOTHING_TO_CHECK)

    def _list(self) -> None:
        """List the contradictions; the chosen one is asked about, then the others are listed again."""
        from ..screens.choice import ChoiceScreen

        found = self._view.session.contradictions.find()
        if not found:
            self._view.show_message(NO_CONTRADICTION)
            return
        words = [contradiction_text(each) for each in found]
        panel = ChoiceScreen(contradictions_title(len(found)), words, _HINT)
        self._view.ask(panel, lambda number: self._ask(found[number]))

    def _ask(self, each: Contradiction) -> None:
        from ..screens.choice import ChoiceScreen

        answers: list[tuple[str, Command]] = [
            (words, partial(self._settle, each, category)) for words, category in settle_choices(each)
        ]
        answers.append((keep_choice(each), lambda: self._keep(each)))
        answers.append(("show these posts", lambda: self._show(each)))
        panel = ChoiceScreen(contradiction_text(each), [words for words, _ in answers], _HINT)
        self._view.ask(panel, lambda number: answers[number][1]())

    def _settle(self, each: Contradiction, category: Category | None) -> None:
        if self._act(lambda: self._view.session.contradictions.settle(each, category)):
            self._list_others()

    def _keep(self, each: Contradiction) -> None:
        self._view.session.contradictions.keep(each)
        self._view.show_message(KEPT)
        self._list_others()

    def _list_others(self) -> None:
        if self._view.session.contradictions.find():
            self._list()

    def _show(self, each: Contradiction) -> None:
        self._view.session.timeline.get_or_load(each.keys)
        self._view.screen.post_message(ShowPosts(contradiction_text(each), each.keys))

"""A key with its command: the example of CONTRIBUTING.md, "Adding a key". `Z` counts the words of a post."""

from collections.abc import Callable, Mapping

from textual.binding import BindingsMap

from quietfeed.phrases.action_table import SCREEN_ACTIONS, Action
from quietfeed.phrases.palette import search_rank
from quietfeed.session import Session
from quietfeed.tui.app import QuietfeedApp
from quietfeed.tui.controllers.view import Command, View
from quietfeed.tui.keys import binding_of, keys_of
from quietfeed.tui.screens.home import HomeScreen
from quietfeed.tui.widgets.status import MessageLine

# In the program this is one line in phrases/action_table.py.
COUNT_WORDS = Action(
    "count_words", "Z", "Z", "Looking", "count the words of this post", search=("words",), not_plain="an example"
)


class Words:
    """A controller: it maps the ids of actions to commands. In the program it is an entry of Controls.commands."""

    def __init__(self, view: View) -> None:
        self._view = view

    def commands(self) -> Mapping[str, Command]:
        return {COUNT_WORDS.id: self._count}

    def _count(self) -> None:
        row = self._view.selected_post()
        if row is not None:
            self._view.show_message(f"{len(row.judged.post.text.split())} words")


def test_the_key_is_free_in_every_set() -> None:
    for keyset in ("vim", "arrows", "emacs"):
        used = {key for keys in keys_of(keyset, {}).values() for key in keys.split(",")}
        assert COUNT_WORDS.vim not in used


def test_the_palette_finds_it_first() -> None:
    ranked = sorted((*SCREEN_ACTIONS, COUNT_WORDS), key=lambda action: -search_rank(action, "words"))
    assert ranked[0] is COUNT_WORDS


async def test_the_key_runs_the_command(demo_world: Callable[..., Session]) -> None:
    app = QuietfeedApp(demo_world())
    async with app.run_test() as pilot:
        await pilot.pause()
        home = app.screen
        assert isinstance(home, HomeScreen)
        home.commands.table = {**home.commands.table, **Words(home.controls.view).commands()}
        home._bindings = BindingsMap.merge([home._bindings, BindingsMap([binding_of(COUNT_WORDS)])])
        row = home.controls.view.selected_post()
        assert row is not None
        await pilot.press("Z")
        await pilot.pause()
        message = str(home.query_one(MessageLine).render())
        assert message == f"{len(row.judged.post.text.split())} words"

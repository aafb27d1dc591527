"""The command palette: every action of the keys table by its words, and the themes."""

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .context import app_of
from .keys import ACTIONS, OF_THE_APP, shown_keys

_WORDS = {
    "undo": "undo",
    "quit": "quit",
    "open": "thread, replies",
    "hidden": "hidden",
    "refresh": "refresh",
    "theme": "theme",
    "help": "help",
    "mute": "mute",
    "vouch": "vouch",
    "why": "why",
}
"""What people type for an action whose text says it otherwise."""


class Commands(Provider):
    """Finds actions of the screen below the palette."""

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for text, run, help_text in self._commands():
            yield DiscoveryHit(text, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """The actions whose words match."""
        matcher = self.matcher(query)
        for text, run, help_text in self._commands():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), run, help=help_text)

    def _commands(self) -> Iterator[tuple[str, Callable[[], object], str]]:
        keys = app_of(self.screen).keys
        for action in (each for each in ACTIONS if each.id not in OF_THE_APP):
            bound = shown_keys(keys.get(action.id, ""))
            word = "level" if action.group == "Levels" else _WORDS.get(action.id, "")
            text = f"{word}: {action.text}" if word else action.text
            yield text, partial(self._run, action.id), f"key: {bound}" if bound else "no key"
        yield "add account: sign in to another one, or again", app_of(self.screen).open_sign_in, "nothing is lost by it"
        yield "choose a theme: any of Textual's", self.app.search_themes, "kept for the next start"

    async def _run(self, name: str) -> None:
        await self.app.run_action(f"app.do('{name}')")

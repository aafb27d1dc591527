"""The command palette: all actions by title and search words, and the themes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider

from ..phrases.action_table import MENU_ACTIONS, PALETTE_ONLY, SCREEN_ACTIONS, Action
from ..phrases.palette import search_rank, title
from .context import app_of
from .keys import OF_THE_APP, shown_keys, writing_action


@runtime_checkable
class HasOwnCommands(Protocol):
    """A screen with commands of its own, which takes no others."""

    own_commands: Sequence[Action]


class Commands(Provider):
    """Finds the actions of the screen below the palette."""

    async def discover(self) -> Hits:
        """List all actions before anything is typed."""
        for action, run, help_text in self._commands():
            yield DiscoveryHit(title(action), run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Find actions by their words. If no action has them, find titles that contain the letters in this order."""
        matcher = self.matcher(query)
        commands = list(self._commands())
        ranks = [search_rank(action, query) for action, _, _ in commands]
        for (action, run, help_text), rank in zip(commands, ranks, strict=True):
            text = title(action)
            score = float(rank)
            if not any(ranks):
                score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), run, help=help_text)

    def _commands(self) -> Iterator[tuple[Action, Callable[[], object], str]]:
        screen, app = self.screen, app_of(self.screen)
        if isinstance(screen, HasOwnCommands):
            for own in screen.own_commands:
                run = partial(self.app.run_action, writing_action(own), default_namespace=screen)
                yield own, run, _key_text(app.keys, own)
            yield from ((each, app.open_sign_in, "") for each in PALETTE_ONLY if each.id == "sign_in")
            return
        for action in (each for each in SCREEN_ACTIONS if each.id not in OF_THE_APP):
            yield action, partial(self._run, action.id), _key_text(app.keys, action)
        for action in MENU_ACTIONS:
            yield action, partial(self._run, action.id), ""
        runs: Mapping[str, Callable[[], object]] = {
            "sign_in": app.open_sign_in,
            "home_timeline": app.open_home_timeline,
            "choose_theme": self.app.search_themes,
        }
        for action in PALETTE_ONLY:
            yield action, runs[action.id], ""

    async def _run(self, name: str) -> None:
        await self.app.run_action(f"app.do('{name}')")


def _key_text(keys: Mapping[str, str], action: Action) -> str:
    bound = shown_keys(keys.get(action.id, ""))
    if bound:
        return f"key: {bound}"
    return "no key"

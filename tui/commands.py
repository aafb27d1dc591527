"""The command palette: every action of the keys table, by its words."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from .keys import ACTIONS, shown_keys


class Commands(Provider):
    """Finds actions of the screen below the palette."""

    async def discover(self) -> Hits:
        """All actions, before anything is typed."""
        for action in ACTIONS:
            yield DiscoveryHit(action.text, partial(self._run, action.id), help=self._help(action.id))

    async def search(self, query: str) -> Hits:
        """The actions whose words match."""
        matcher = self.matcher(query)
        for action in ACTIONS:
            score = matcher.match(f"{action.text} {action.id}")
            if score > 0:
                yield Hit(
                    score, matcher.highlight(action.text), partial(self._run, action.id), help=self._help(action.id)
                )

    def _help(self, name: str) -> str:
        keys = getattr(self.app, "keys", {})
        return f"key: {shown_keys(keys.get(name, ''))}"

    async def _run(self, name: str) -> None:
        await self.screen.run_action(f"do('{name}')")

"""The keys that switch the level, for every screen that shows posts by it."""

from ..models.verdict import Level
from .moving import MovingScreen


class LevelScreen(MovingScreen):
    """Switches with a key per level, and with one that goes round. A subclass does it in `switch_level`."""

    def switch_level(self, level: Level) -> None:
        """Show the posts of a level, and say what that changed."""
        raise NotImplementedError

    def do_level(self) -> None:
        """The next level and after the last the first, or the one that was counted to."""
        levels = list(Level)
        number = self._times - 1 if self._counted else self.session.level % len(levels)
        self.switch_level(levels[min(number, len(levels) - 1)])

    def do_level_1(self) -> None:
        """Everything."""
        self.switch_level(Level.everything)

    def do_level_2(self) -> None:
        """Noise."""
        self.switch_level(Level.noise)

    def do_level_3(self) -> None:
        """Quiet."""
        self.switch_level(Level.quiet)

    def do_level_4(self) -> None:
        """Known."""
        self.switch_level(Level.known)

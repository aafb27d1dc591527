"""A screen that shows posts by the level: the keys that switch it, and what stays or is unfolded against it."""

from ...models.verdict import Level
from ...models.view import Change, PostKey
from ...session import Session
from ..widgets.rows import HiddenRow
from .marking import MarkingScreen, keys_to_see


class LevelScreen(MarkingScreen):
    """Switches with a key per level, and with one that goes round. A subclass does it in `switch_level`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._retained: set[PostKey] = set()
        self._unfolded: set[PostKey] = set()

    def retain_visible(self, effect: Change | None, select: PostKey | None) -> None:
        """What an action hides while it is on the screen fades, and goes once it is off it; `select` is unfolded."""
        visible = {row.key for row in self.timeline.visible_rows()}
        self._retained = (self._retained & visible) | keys_to_see(effect, self.timeline)
        if select is not None:
            self._retained.discard(select)
            self._unfolded.add(select)

    def unfold(self, row: HiddenRow) -> None:
        """Show the posts of a quiet line in their places."""
        self._unfolded.update(row.keys)
        self.redraw(select=row.keys[0])
        self.say(f"unfolded {len(row.keys)}: they fold again when the level is switched")

    def fold_again(self) -> None:
        """Another level: nothing stays or is unfolded against it."""
        self._retained.clear()
        self._unfolded.clear()
        self.redraw()

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

"""Switches the level of a screen, and tracks posts that stay visible against it."""

from collections.abc import Callable, Mapping

from ...models.verdict import Level, is_unlike
from ...models.view import Change, PostKey
from ...phrases.posts import takeover_text, unfolded_text
from ..widgets.rows import HiddenRow, PostRow
from ..widgets.timeline import Timeline
from .commands import Count, Restore
from .view import Command, View


class Levels:
    """The level keys. `describe` returns the sentence about a switch."""

    def __init__(self, view: View, count: Count, describe: Callable[[Change], str]) -> None:
        self._view = view
        self._count = count
        self._describe = describe
        self.retained: set[PostKey] = set()
        """Posts that became hidden while on the screen. They fade, and disappear once they are scrolled off it."""
        self.unfolded: set[PostKey] = set()
        """Posts that the user unfolded: hidden ones, and those of accounts that may have been taken over."""

    def commands(self) -> Mapping[str, Command]:
        return {
            "level": self._next,
            "level_1": lambda: self.switch(Level.everything),
            "level_2": lambda: self.switch(Level.noise),
            "level_3": lambda: self.switch(Level.quiet),
            "level_4": lambda: self.switch(Level.known),
        }

    def switch(self, level: Level) -> None:
        """Switch to a level, and show the effect."""
        effect = self._view.session.timeline.set_level(level)
        self.retained.clear()
        self.unfolded.clear()
        self._view.redraw()
        self._view.show_message(self._describe(effect))

    def retain_visible(self, effect: Change | None, select: PostKey | None) -> None:
        """Before a redraw: keep visible posts that an action hides. `select` is unfolded."""
        visible = {row.key for row in self._view.timeline.visible_rows()}
        self.retained = (self.retained & visible) | hidden_on_screen(effect, self._view.timeline)
        if select is not None:
            self.retained.discard(select)
            self.unfolded.add(select)

    def unfold_takeover(self, row: PostRow) -> None:
        """Unfold the posts of an account that may have been taken over."""
        keys = (row.key, *row.folded)
        self.unfolded.update(keys)
        self._view.redraw(select=row.key)
        mute, fold = self._view.key_of("mute"), self._view.key_of("fold")
        self._view.show_message(
            f"{takeover_text(row.judged.post.author, len(keys))}; {mute} hides them until it is over, {fold} folds them"
        )

    def unfold(self, row: HiddenRow) -> None:
        """Unfold the posts of a quiet line."""
        self.unfolded.update(row.keys)
        self._view.redraw(select=row.keys[0])
        fold = self._view.key_of("fold")
        self._view.show_message(unfolded_text(len(row.keys), fold))

    def fold(self, row: PostRow) -> bool:
        """Fold the unfolded posts around this one again. Returns False if it was not unfolded."""
        if row.unlike:
            self.unfold_takeover(row)
            return True
        if row.key not in self.unfolded:
            return False
        if is_unlike(row.judged.verdict) and not row.fading:
            return self._fold_takeover(row)
        rows = self._view.timeline.rows
        number = self._view.timeline.find(row.key)
        if number is None:
            return False
        first = last = number
        while first > 0 and rows[first - 1].key in self.unfolded:
            first -= 1
        while last + 1 < len(rows) and rows[last + 1].key in self.unfolded:
            last += 1
        together = {each.key for each in rows[first : last + 1]}
        self.unfolded -= together
        self.retained -= together
        self._view.redraw()
        self._view.show_message(f"folded {len(together)} hidden post{'s' if len(together) != 1 else ''}")
        return True

    def _fold_takeover(self, row: PostRow) -> bool:
        author = row.judged.post.author_key
        together = {
            each.key
            for each in self._view.timeline.rows
            if isinstance(each, PostRow) and each.judged.post.author_key == author and is_unlike(each.judged.verdict)
        }
        self.unfolded -= together
        self._view.redraw()
        self._view.show_message(
            f"folded {len(together)} post{'s' if len(together) != 1 else ''} unlike their author's others"
        )
        return True

    def snapshot(self) -> Restore:
        """Save level, cursor, scroll position and unread posts. Returns the function that restores them."""
        session, timeline = self._view.session, self._view.timeline
        level, selected, offset = session.timeline.level, timeline.selected, timeline.cursor_line
        unread, unfolded, retained = set(session.unread.unread), set(self.unfolded), set(self.retained)

        def restore() -> None:
            if session.timeline.level != level:
                # The switch is the last change, so undoing it restores the undo list.
                session.history.undo()
            self.unfolded, self.retained = set(unfolded), set(retained)
            self._view.redraw()
            if selected is not None:
                timeline.put_cursor(selected.key, offset)
            session.unread.mark_unread(unread - set(session.unread.unread))

        return restore

    def _next(self) -> None:
        """Switch to the next level, or to the one with the count's number. The first follows the last."""
        levels = list(Level)
        number = self._view.session.timeline.level % len(levels)
        if self._count.given:
            number = self._count.times - 1
        self.switch(levels[min(number, len(levels) - 1)])


def hidden_on_screen(effect: Change | None, timeline: Timeline) -> set[PostKey]:
    """The posts on the screen that an action hid. They fade instead of disappearing under the reader."""
    if effect is None:
        return set()
    visible = {row.key for row in timeline.visible_rows() if isinstance(row, PostRow)}
    return visible & {*effect.hid, *((effect.key,) if effect.key else ())}

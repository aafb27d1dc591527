"""The parts of a screen that controllers use: session, timeline and message line."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from textual.screen import Screen

from ...models.post import Post
from ...models.view import Change, PostKey
from ...session import Session
from ..context import is_on_top, key_of
from ..guard import guarded
from ..widgets.rows import HiddenRow, NoteRow, PostRow
from ..widgets.status import MessageLine
from ..widgets.timeline import Timeline

Command = Callable[[], None]


class Redraw(Protocol):
    """Redraws the posts with their current verdicts."""

    def __call__(self, effect: Change | None = None, *, select: PostKey | None = None) -> None:
        """`effect` is the change that an action just made. `select` moves the cursor to a post."""


class View(msgspec.Struct, frozen=True):
    """The parts of a screen with a timeline."""

    screen: Screen[Any]
    session: Session
    timeline: Timeline
    message: MessageLine
    redraw: Redraw

    def __post_init__(self) -> None:
        """Show the time of the session's clock, and cover private posts while the user wants that."""
        self.timeline.keep_time(self.session.clock.now())
        self.timeline.drawer.covers_private = self.session.preferences.covers_private

    def hides(self, post: Post) -> bool:
        """Whether the text of a post is covered now."""
        return post.is_private and self.session.preferences.covers_private()

    def show_message(self, sentence: str) -> None:
        self.message.show(sentence)

    def key_of(self, action: str) -> str:
        """The key that an action is bound to."""
        return key_of(self.screen, action)

    @property
    def is_active(self) -> bool:
        """Whether no screen is above this one."""
        return is_on_top(self.screen)

    def selected_post(self) -> PostRow | None:
        """The post under the cursor. On another row, show a message and return None."""
        row = self.timeline.selected
        if isinstance(row, PostRow):
            return row
        if row is None:
            self.show_message("there is no post here")
        elif isinstance(row, NoteRow):
            self.show_message(row.text)
        elif isinstance(row, HiddenRow):
            self.show_message(f"the posts here are hidden: {self.key_of('open')} shows them")
        else:
            self.show_message(f"the posts here are not fetched: {self.key_of('open')} fetches them")
        return None

    def ask(self, panel: Screen[Any], then: Callable[[Any], None]) -> None:
        """Open a panel over the screen, and pass its result to `then` unless it is None."""

        def closed(result: object) -> None:
            if result is not None:
                then(result)

        self.screen.app.push_screen(panel, guarded(self.screen, closed, "the choice"))

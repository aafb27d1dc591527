"""The second pane: a full post, the reasons why it is shown or hidden, and the tie to its author."""

from collections.abc import Sequence

from msgspec.structs import replace
from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from ...models.errors import NotFound
from ...models.verdict import Reason
from ...models.view import TieView, Why
from ...phrases.posts import warning_text
from ...phrases.reasons import reason_text
from ...phrases.ties import tie_line, tie_text
from ...phrases.verdicts import headline
from ...session import Session
from ..guard import catches_errors
from ..messages import OpenLink
from .paint import WIDEST, paint_safely
from .pieces import PaintedLine, link_at
from .rows import PostRow, Row
from .timeline import Timeline
from .wrap import wrap

_QUOTING = frozenset({"wording", "host"})
"""Kinds of reasons that quote a part of the post."""
_MARGIN = "   "


@catches_errors
class Pane(Widget, can_focus=False):
    """Shows one post with its reasons, from loaded data only, in the style of the timeline beside it."""

    ALLOW_SELECT = False

    def __init__(self, session: Session, timeline: Timeline) -> None:
        super().__init__(id="pane")
        self._session = session
        self._timeline = timeline
        self._row: PostRow | None = None
        self._drawn: object = None
        self._lines: Sequence[PaintedLine] = ()

    def show(self, row: Row | None) -> None:
        """Show the post of a row; nothing for other rows."""
        self._row = None
        if isinstance(row, PostRow):
            self._row = row
        drawn = (self._row, self._session.timeline.level, self._timeline.drawer.covers_private(), self.size)
        if drawn != self._drawn:
            self._drawn = drawn
            self.draw_anew()

    def draw_anew(self) -> None:
        """Draw the same post again."""
        self._lines = ()
        if self._row is not None:
            self._lines = self._about(self._row)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the pane."""
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [Segment(text, self._timeline.style_of(style)) for text, style, _ in line]
        return Strip(segments).adjust_cell_length(self.size.width, self._timeline.style_of(""))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new size."""
        del event
        self.draw_anew()

    def on_click(self, event: events.Click) -> None:
        """Open a link of the post, unless the cursor is on another post by now."""
        at = event.get_content_offset(self)
        if at is None:
            return
        link = link_at(self._lines, at.y, at.x)
        selected = self._timeline.selected
        if link and self._row is not None and selected is not None and selected.key == self._row.key:
            self.post_message(OpenLink(link))

    def notify_style_update(self) -> None:
        """Redraw in the colours of another theme."""
        super().notify_style_update()
        self.refresh()

    def _about(self, row: PostRow) -> Sequence[PaintedLine]:
        """The post and the reasons, as far as they fit. A long post is cut to leave room for the reasons."""
        width, height = self.size
        why = self._why(row, max(min(width - len(_MARGIN) - 1, WIDEST), 8))
        # A warning stays in place of the text until the user opens the post.
        whole = row.open or not warning_text(row.judged.post)
        alone = replace(row, open=whole, fading=False, note="", indent=0, folded=(), picture_lines=0)
        post = paint_safely(alone, width, self._session.clock.now(), cover=self._timeline.drawer.covers_private())
        room = max(height - len(why), height // 2)
        if len(post) > room:
            cut = max(room - 2, 0)
            post = [*post[:cut], [(f"{_MARGIN}… {len(post) - 1 - cut} more lines · enter", "more", "")], []]
        return [*post, *why][:height]

    def _why(self, row: PostRow, room: int) -> list[PaintedLine]:
        """Whether the post is shown and why, then the ties."""
        lines = _wrapped(headline(row.judged.verdict, self._session.timeline.level), room, "name")
        reasons = [reason_text(reason) for reason in self._reasons(row)]
        for reason in reasons:
            lines += _wrapped(reason, room, "text", sign="· ")
        lines.append([])
        for tie in _ties(self._why_of(row)):
            # The tie is often the reason. Show it only once.
            if tie_text(tie) not in reasons:
                lines += _wrapped(tie_line(tie), room, "handle")
        return lines

    def _reasons(self, row: PostRow) -> Sequence[Reason]:
        """The reasons, strongest first. None quotes covered text, and a covered private post shows none."""
        post, reasons = row.judged.post, row.judged.verdict.reasons
        if post.is_private and self._timeline.drawer.covers_private():
            return ()
        if warning_text(post) and not row.open:
            return [reason for reason in reasons if reason.kind not in _QUOTING]
        return reasons

    def _why_of(self, row: PostRow) -> Why | None:
        try:
            return self._session.timeline.why(row.key)
        except NotFound:
            return None


def _ties(why: Why | None) -> Sequence[TieView]:
    """The ties to the author and the booster; none for a post that is no longer loaded."""
    if why is None:
        return ()
    return [tie for tie in (why.tie, why.booster_tie) if tie is not None]


def _wrapped(text: str, room: int, style: str, sign: str = "") -> list[PaintedLine]:
    """A sentence wrapped into lines, with a sign before the first."""
    lines = [text[start:end] for start, end in wrap(text, max(room - len(sign), 4))]
    signs = (sign, *(" " * len(sign) for _ in lines))
    return [[(f"{_MARGIN}{before}{line}", style, "")] for before, line in zip(signs, lines, strict=False)]

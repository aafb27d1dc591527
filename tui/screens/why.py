"""The why panel: the reasons of a verdict, strongest first, with bars."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ...models.verdict import CATEGORIES, Level
from ...models.view import JudgedPost, Why
from ...phrases.ties import tie_line
from ...phrases.verdicts import headline, reason_lines
from ..context import app_of
from ..guard import catches_errors
from ..keys import rebind
from ..widgets.charts import STYLES, Line
from ..widgets.wrap import clip, wrap
from .panels import HEADING, QUIET, PanelCommands, compose_panel, labelled_bar, panel_bindings, panel_width

_BAR = 14
_ROOMY = 80
"""From this many cells on, the four levels are on one line."""


@catches_errors
class WhyScreen(ModalScreen[str | None]):
    """Explains why a post is shown or hidden, with the verdict's own reasons. Marks work here too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *panel_bindings(
            (
                *("why", "mark_person", "mark_celebrity", "mark_sales", "mark_spam", "vouch", "not_known"),
                *("mute", "join", "undo", "author"),
            )
        )
    ]

    def __init__(self, why: Why, judged: JudgedPost) -> None:
        super().__init__()
        self._why = why
        self._judged = judged
        self._width = 0
        self.commands = PanelCommands(self, "why")

    def compose(self) -> ComposeResult:
        """Compose the text in a scrolling box."""
        yield from compose_panel(self._pieces())

    def on_mount(self) -> None:
        rebind(self, app_of(self).keys)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the text out for a new width."""
        if event.size.width != self._width:
            self._width = event.size.width
            self.query_one("#panel-text", Static).update(Content.assemble(*self._pieces()))

    def _pieces(self) -> list[Line]:
        """The headline, the reasons, the scores, the ties, and the levels."""
        why, post = self._why, self._judged.post
        lines: list[Line] = [(f"{headline(why.verdict, why.level)}\n", "bold")]
        lines.append((clip(f"{post.author.shown_name} @{post.author.handle}", panel_width(self)) + "\n", QUIET))
        if post.booster is not None:
            booster = f"boosted by {post.booster.shown_name} @{post.booster.handle}"
            lines.append((clip(booster, panel_width(self)) + "\n", QUIET))
        lines.append(("\nReasons, strongest first\n", HEADING))
        taken_for = max(CATEGORIES, key=lambda category: why.verdict.scores.get(category, 0.0))
        colour = STYLES[taken_for]
        size = _BAR if panel_width(self) >= 4 * _BAR else _BAR // 2
        reasons = reason_lines(why.verdict)
        strongest = max((weight for _, weight in reasons), default=0.0) or 1.0
        for sentence, weight in reasons:
            lines += [labelled_bar(weight / strongest, size, colour), f"{self._beside(sentence, size + 1)}\n"]
        lines.append(("\nScore per category\n", HEADING))
        for category in CATEGORIES:
            share = why.verdict.scores.get(category, 0.0)
            style = "bold" if category == taken_for else QUIET
            lines += [labelled_bar(share, size, STYLES[category]), (f"{share:>6.1%}  {category}\n", style)]
        lines += [("\nBetween you\n", HEADING), f"{tie_line(why.tie)}\n"]
        if why.booster_tie is not None:
            lines.append(f"{tie_line(why.booster_tie)}\n")
        lines.append(("\nAt each level\n", HEADING))
        for number, level in enumerate(Level, 1):
            shown = why.verdict.shown_at(level)
            if shown:
                lines.append(f"● {number} {level.name}: shown")
            else:
                lines.append((f"○ {number} {level.name}: hidden", QUIET))
            lines.append("   " if panel_width(self) >= _ROOMY and number < len(Level) else "\n")
        lines.append(("\nthe keys that mark, vouch and undo work here too · esc closes", QUIET))
        return lines

    def _beside(self, sentence: str, at: int) -> str:
        """A sentence that wraps in its own column beside a bar."""
        room = max(panel_width(self) - at, 8)
        return ("\n" + " " * at).join(sentence[start:end] for start, end in wrap(sentence, room))

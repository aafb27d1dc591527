"""The why panel: what decided a verdict, strongest first, with bars."""

from typing import ClassVar

from textual.binding import BindingType

from ...models.verdict import CATEGORIES, Level
from ...models.view import JudgedPost, Why
from ..keys import bindings
from ..widgets.charts import STYLES, Line
from ..widgets.wrap import clip, wrap
from .panels import HEADING, QUIET, PanelScreen, labelled_bar

_BAR = 14
_ROOMY = 80
"""In so many cells the four levels stand beside each other."""


class WhyScreen(PanelScreen):
    """Why a post is shown or hidden; the lines are the reasons the judgement itself made. Marks work here too."""

    OPENED_BY = "why"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(("why", "mark_person", "mark_celebrity", "mark_sales", "mark_spam", "vouch", "not_known")),
        *bindings(("mute", "join", "undo", "author")),
    ]

    def __init__(self, why: Why, judged: JudgedPost) -> None:
        super().__init__()
        self._why = why
        self._judged = judged

    def pieces(self) -> list[Line]:
        """Headline, what decided, what it is taken for, the tie, the levels."""
        why, post = self._why, self._judged.post
        lines: list[Line] = [(f"{why.headline}\n", "bold")]
        lines.append((clip(f"{post.author.shown_name} @{post.author.handle}", self.room) + "\n", QUIET))
        if post.booster is not None:
            booster = f"boosted by {post.booster.shown_name} @{post.booster.handle}"
            lines.append((clip(booster, self.room) + "\n", QUIET))
        lines.append(("\nWhat decided, strongest first\n", HEADING))
        taken_for = max(CATEGORIES, key=lambda category: why.scores.get(category, 0.0))
        colour = STYLES[taken_for]
        size = _BAR if self.room >= 4 * _BAR else _BAR // 2
        strongest = max((weight for _, weight in why.lines), default=0.0) or 1.0
        for sentence, weight in why.lines:
            lines += [labelled_bar(weight / strongest, size, colour), f"{self._beside(sentence, size + 1)}\n"]
        lines.append(("\nWhat it is taken for\n", HEADING))
        for category in CATEGORIES:
            share = why.scores.get(category, 0.0)
            words = f"{share:>6.1%}  {category}\n"
            lines += [labelled_bar(share, size, STYLES[category]), (words, "bold" if category == taken_for else QUIET)]
        lines += [("\nBetween you\n", HEADING), f"{why.tie}\n"]
        if why.booster_tie:
            lines.append(f"{why.booster_tie}\n")
        lines.append(("\nAt the four levels\n", HEADING))
        for number, (level, shown) in enumerate(why.levels.items(), 1):
            sign = "●" if shown else "○"
            lines.append((f"{sign} {number} {level.name}: {'shown' if shown else 'hidden'}", "" if shown else QUIET))
            lines.append("   " if self.room >= _ROOMY and number < len(Level) else "\n")
        lines.append(("\nthe keys that mark, vouch and undo work here too · esc closes", QUIET))
        return lines

    def _beside(self, sentence: str, at: int) -> str:
        """A sentence that keeps to its own column beside a bar."""
        room = max(self.room - at, 8)
        return ("\n" + " " * at).join(sentence[start:end] for start, end in wrap(sentence, room))

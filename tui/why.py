"""The why panel: what decided a verdict, strongest first, with bars."""

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from ..models.verdict import CATEGORIES
from ..models.view import Judged, Why
from .panels import PanelScreen, bar
from .wrap import clip

_BAR = 16


class WhyScreen(PanelScreen):
    """Why a post is shown or hidden; the lines are the reasons the judgement itself made."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "dismiss", show=False)]

    def __init__(self, why: Why, judged: Judged) -> None:
        super().__init__()
        self._why = why
        self._judged = judged

    def text(self) -> Text:
        """Headline, reasons, scores, tie, levels."""
        why, post = self._why, self._judged.post
        text = Text()
        text.append(f"{why.headline}\n", style="bold")
        text.append(clip(f"{post.author.shown_name} @{post.author.handle}", 76) + "\n")
        if post.booster is not None:
            text.append(clip(f"boosted by {post.booster.shown_name} @{post.booster.handle}", 76) + "\n", style="dim")
        text.append("\nWhat decided\n", style="bold")
        strongest = max((weight for _, weight in why.lines), default=1.0) or 1.0
        for sentence, weight in why.lines:
            text.append(f"{bar(weight / strongest, _BAR):<{_BAR}} ", style="dim")
            text.append(f"{sentence}\n")
        text.append("\nWhat it is taken for\n", style="bold")
        for category in CATEGORIES:
            share = why.scores.get(category, 0.0)
            text.append(f"{bar(share, _BAR):<{_BAR}} ", style="dim")
            text.append(f"{category:<10} {share:>6.1%}\n")
        text.append("\nBetween you\n", style="bold")
        text.append(f"{why.tie}\n")
        if why.booster_tie:
            text.append(f"{why.booster_tie}\n")
        text.append("\nLevels\n", style="bold")
        for number, (level, shown) in enumerate(why.levels.items(), 1):
            text.append(f"{number} {level.name:<11} {'shown' if shown else 'hidden'}\n")
        text.append("\np c s x mark · v vouch · esc closes", style="dim")
        return text

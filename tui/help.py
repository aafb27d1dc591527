"""The help screen: every key, made from the keys table."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType

from .keys import table
from .panels import PanelScreen


class HelpScreen(PanelScreen):
    """All actions by group with their keys as they are bound now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark", "dismiss", show=False)]

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def text(self) -> Text:
        """Groups of keys, then what the signs mean."""
        text = Text()
        for group, rows in table(self._keys):
            text.append(f"{group}\n", style="bold")
            for keys, words, name in rows:
                text.append(f"  {keys}{' ' * max(18 - cell_len(keys), 1)}{words}")
                text.append(f"  {name}\n", style="dim")
            text.append("\n")
        text.append("Signs\n", style="bold")
        text.append("  ●  close or known    ◐  acquaintance    ○  stranger\n")
        text.append("  ↻  boosted    ↩  an answer    ⚠  content warning    ▣  picture, described\n\n")
        text.append("ctrl+p finds every action by its words. The dim names rebind keys in config.toml:\n", style="dim")
        text.append('[keys]  mark_sales = "s,$"\n', style="dim")
        return text

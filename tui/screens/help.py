"""The help screen: every key, made from the keys table."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from ..keys import bindings, keys_of, table
from ..widgets.charts import Line
from ..widgets.wrap import wrap
from .panels import HEADING, QUIET, PanelScreen

_SIGNS = """\
  ●  close or known    ◐  acquaintance    ○  stranger    •  unread
  ↻  boosted    ↩  an answer    ⚠  content warning    ▸  folded
  ▣  picture, with its description
"""
_KEYS = 20
"""The column where the words begin."""
_LEAST = 24
"""In fewer cells than this the words stand below their keys."""


class HelpScreen(PanelScreen):
    """All actions by group with the keys they are bound to now."""

    OPENED_BY = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(("help",))]

    def __init__(self, keys: Mapping[str, str], keyset: str = "vim") -> None:
        super().__init__()
        self._keys = keys
        self._keyset = keyset

    def pieces(self) -> list[Line]:
        """Groups of keys, what the signs mean, and how keys are rebound."""
        usual = keys_of(self._keyset, {})
        lines: list[Line] = []
        for group, rows in table(self._keys):
            lines.append((f"{group}\n", HEADING))
            for keys, words, name in rows:
                rebound = " (rebound)" if self._keys[name] != usual[name] else ""
                lines += self._row(f"  {keys or 'no key'}", words + rebound)
            lines.append("\n")
        lines += ["  In the hidden tray ", ("tab", "bold"), " and ", ("1-6", "bold"), " choose a kind\n\n"]
        lines += [("Signs\n", HEADING), _SIGNS, "\n", ("Rebinding, in config.toml\n", HEADING)]
        lines += ['  [keys]\n  mark_sales = "s,$"\n\n', (", ".join(self._keys), QUIET), "\n"]
        return lines

    def _row(self, keys: str, words: str) -> list[Line]:
        """One action: its words wrap in their own column, or below the keys where there is little room."""
        below = self.room - _KEYS < _LEAST
        indent = 4 if below else _KEYS
        gap = "\n" + " " * indent
        first = gap if below else " " * max(indent - cell_len(keys), 1)
        room = self.room - max(indent, 0 if below else cell_len(keys) + 1)
        return [(keys + first, "bold"), gap.join(words[start:end] for start, end in wrap(words, room)) + "\n"]

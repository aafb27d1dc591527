"""The help screen: every key, made from the keys table."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from .keys import bindings, keys_of, table
from .panels import HEADING, QUIET, Line, PanelScreen

_SIGNS = """\
  ●  close or known    ◐  acquaintance    ○  stranger
  ↻  boosted    ↩  an answer    ⚠  content warning    ▣  picture, with its description
"""


class HelpScreen(PanelScreen):
    """All actions by group with the keys they are bound to now."""

    OPENED_BY = "help"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(("help",))]

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def pieces(self) -> list[Line]:
        """Groups of keys, then what the signs mean."""
        usual = keys_of("vim", {})
        lines: list[Line] = []
        for group, rows in table(self._keys):
            lines.append((f"{group}\n", HEADING))
            for keys, words, name in rows:
                space = " " * max(18 - cell_len(keys), 1)
                rebound = " (rebound)" if self._keys[name] != usual[name] else ""
                lines += [(f"  {keys or 'no key'}{space}", "bold"), f"{words}{rebound}", (f"  {name}\n", QUIET)]
            lines.append("\n")
        lines += [("Signs\n", HEADING), _SIGNS, "\n"]
        lines.append(("esc goes back, ctrl+p finds every action by its words. In the hidden tray, tab and\n", QUIET))
        lines.append(("1-5 choose a kind. The quiet names at the right rebind keys in config.toml:\n", QUIET))
        lines.append('  [keys]\n  mark_sales = "s,$"\n')
        return lines

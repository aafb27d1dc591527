"""The help screen: every key, made from the keys table."""

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from .keys import bindings, keys_of, table
from .panels import HEADING, QUIET, Line, PanelScreen

_SIGNS = """\
  •  unread    ●  close or known    ◐  acquaintance    ○  stranger
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
        """Groups of keys, what the signs mean, and how keys are rebound."""
        usual = keys_of("vim", {})
        lines: list[Line] = []
        for group, rows in table(self._keys):
            lines.append((f"{group}\n", HEADING))
            for keys, words, name in rows:
                space = " " * max(18 - cell_len(keys or "no key"), 1)
                rebound = " (rebound)" if self._keys[name] != usual[name] else ""
                lines += [(f"  {keys or 'no key'}{space}", "bold"), f"{words}{rebound}\n"]
            lines.append("\n")
        lines += [("  esc", "bold"), " goes back, ", ("ctrl+p", "bold"), " finds every action by its words;\n"]
        lines += ["  in the hidden tray ", ("tab", "bold"), " and ", ("1-6", "bold"), " choose a kind\n\n"]
        lines += [("Signs\n", HEADING), _SIGNS, "\n", ("Rebinding, in config.toml\n", HEADING)]
        lines += ['  [keys]\n  mark_sales = "s,$"\n\n', (", ".join(self._keys), QUIET), "\n"]
        return lines

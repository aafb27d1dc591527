"""The help screen: all keys, from the table of actions."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ...phrases.action_table import ACTIONS, COMPOSER_ACTIONS, KEYLESS
from ..guard import catches_errors
from ..keys import first_key, keys_of, rebind, table
from ..widgets.charts import Line
from ..widgets.wrap import wrap
from .panels import HEADING, QUIET, PanelCommands, panel_bindings, panel_width

_SIGNS = """\
  ●  close or known    ◐  acquaintance    ○  stranger    •  unread
  ↻  boosted    ↩  a reply    ⚠  content warning    ▸  folded
  ▣  picture, with its description
"""
_SEARCH_WORDS = {action.id: action.search for action in (*ACTIONS, *COMPOSER_ACTIONS)}
_KEYS = 20
"""The column in which the texts begin."""
_LEAST = 24
"""On narrower screens the texts are below their keys."""


@catches_errors
class HelpScreen(ModalScreen[str | None]):
    """All actions by group with their current keys. A search narrows them."""

    BINDINGS: ClassVar[list[BindingType]] = [*panel_bindings(("help", "search"))]

    def __init__(self, keys: Mapping[str, str], keyset: str = "vim", settings: str = "config.toml") -> None:
        """`settings` is the path of the file that rebinds keys."""
        super().__init__()
        self._settings = settings
        self._keys = keys
        self._keyset = keyset
        self._width = 0
        self._query = ""
        self.commands = HelpCommands(self)

    def compose(self) -> ComposeResult:
        """Compose the hint about searching, and the keys."""
        with VerticalScroll(classes="panel", can_focus=False):
            yield Static(f"{first_key(self._keys, 'search')} searches · esc closes", id="help-hint", classes="quiet")
            yield Static(Content.assemble(*self._pieces()), id="panel-text")

    def on_mount(self) -> None:
        rebind(self, self._keys)

    def on_resize(self, event: events.Resize) -> None:
        """Lay the text out for a new width."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._draw()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Filter the actions to those that contain every word."""
        message.stop()
        self._query = message.value
        self._draw()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the results, and focus the panel."""
        message.stop()
        message.input.remove()

    def search(self) -> None:
        """Open the search line."""
        if not self.query(Input):
            line = Input(placeholder="words about the action", id="help-search", compact=True)
            self.query_one(VerticalScroll).mount(line, before="#help-hint")
            line.focus()

    def end_search(self) -> bool:
        """End the search. Returns whether there was one."""
        lines = self.query(Input)
        if not lines and not self._query:
            return False
        lines.remove()
        self._query = ""
        self._draw()
        return True

    def _draw(self) -> None:
        self.query_one("#panel-text", Static).update(Content.assemble(*self._pieces()))

    def _pieces(self) -> list[Line]:
        """Groups of keys, the meaning of signs, and how to rebind keys. In a search only the keys."""
        usual = keys_of(self._keyset, {})
        wanted = self._query.casefold().split()
        lines: list[Line] = []
        for group, rows in table(self._keys):
            found = [row for row in rows if _has(wanted, group, *row, *_SEARCH_WORDS[row[2]])]
            if not found:
                continue
            lines.append((f"{group}\n", HEADING))
            for keys, words, name in found:
                if self._keys.get(name) != usual.get(name):
                    rebound = " (rebound)"
                else:
                    rebound = ""
                lines += self._row(f"  {keys or 'no key'}", words + rebound)
            lines.append("\n")
        keyless = [each for each in KEYLESS if _has(wanted, each.group, each.text, *each.search)]
        if keyless:
            lines.append((f"Without a key: {first_key(self._keys, 'palette')} finds them\n", HEADING))
            for action in keyless:
                lines += self._row(f"  {action.search[0]}", action.text)
            lines.append("\n")
        if wanted:
            return lines or [("no matching action\n", QUIET)]
        lines += ["  In the hidden tray ", ("tab", "bold"), " and ", ("1-6", "bold"), " choose a kind\n\n"]
        lines += [("Signs\n", HEADING), _SIGNS, "\n", ("Rebinding, in the settings\n", HEADING)]
        lines += [(f"{self._settings}\n", QUIET)]
        lines += ['  [keys]\n  mark_sales = "s,$"\n\n', (", ".join(self._keys), QUIET), "\n"]
        return lines

    def _row(self, keys: str, words: str) -> list[Line]:
        """One action. Its text wraps in its own column, or below the keys on narrow screens."""
        width = panel_width(self)
        if width - _KEYS < _LEAST:
            indent, first, room = 4, "\n" + " " * 4, width - 4
        else:
            indent, first = _KEYS, " " * max(_KEYS - cell_len(keys), 1)
            room = width - max(_KEYS, cell_len(keys) + 1)
        gap = "\n" + " " * indent
        return [(keys + first, "bold"), gap.join(words[start:end] for start, end in wrap(words, room)) + "\n"]


def _has(wanted: Sequence[str], *texts: str) -> bool:
    """Whether the texts contain all words."""
    text = " ".join(texts).casefold()
    return all(word in text for word in wanted)


class HelpCommands:
    """The commands of a panel, and the search."""

    def __init__(self, screen: HelpScreen) -> None:
        self._screen = screen
        self._panel = PanelCommands(screen, "help")

    def run(self, name: str) -> None:
        if name == "search":
            self._screen.search()
        else:
            self._panel.run(name)

    def add_digit(self, digit: str) -> None:
        """Do nothing: the help has no counts."""

    def back(self) -> None:
        """End the search, or close the help."""
        if not self._screen.end_search():
            self._panel.back()
